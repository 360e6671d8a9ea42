import type { TargetState } from '../model/dry-run-report.ts'
import type { RunPlan, TargetPlan } from '../model/plan.ts'
import { formatBytes, formatCount } from './format.ts'

/** What the guard has to know of a target and of the load that is meant for it. */
export interface GuardedLoad {
  readonly plan: RunPlan
  readonly state: Omit<TargetState, 'user' | 'other_clients'>
  readonly writes: boolean
  readonly connections: number
  /** What the keys of the load will take, as far as that can be said; bytes. */
  readonly growthBytes: number
}

/** What the guard has against a target. */
export interface Objection {
  /** In one line, with numbers. */
  readonly text: string
  /** Said, and no reason to refuse: it is a server of this machine, which is here to be tried on. */
  readonly isWarning: boolean
}

/** On a server that is neither on this machine nor in a private network. */
const MOST_KEYS = 10_000
/** Of `maxclients`, and of `maxmemory` while it evicts. */
const NEARLY_FULL = 0.8
/** Of the memory that is free below `maxmemory`. */
const MOST_OF_FREE = 0.5
/** A replica this far behind may have to begin anew under load: the replication backlog is 1 MB by default. */
const MOST_LAG_BYTES = 16_777_216

/**
 * What speaks against putting this load on this target. Nothing does for the embedded server; on this machine it is all
 * warnings, and in a private network the number of keys is nobody's concern.
 */
export function* objectionsTo(load: GuardedLoad): Generator<Objection> {
  const { plan, state } = load
  if (plan.target.embedded) return
  const isWarning = state.place === 'this machine'
  for (const text of reasonsIn(load)) yield { text, isWarning }
}

function* reasonsIn(load: GuardedLoad): Generator<string> {
  const { plan, state } = load
  const isNear = state.place === 'this machine' || state.place === 'a private address'
  if (!isNear && state.keys === null)
    yield `${nameOf(plan.target, state)} does not say how many keys it holds: others may need it`
  if (!isNear && state.keys !== null && state.keys > MOST_KEYS)
    yield `${nameOf(plan.target, state)} holds ${formatCount(state.keys)} keys: others may need it`
  yield* reasonsOfClients(load)
  if (load.writes) yield* reasonsOfMemory(load)
  const { replica_lag_bytes: lag } = state
  if (load.writes && lag !== null && lag > MOST_LAG_BYTES)
    yield `a replica is ${formatBytes(lag)} behind: under load it may fall behind for good, and a failover would lose that much`
  if (
    state.busy_with.includes('loading its data') ||
    state.busy_with.includes('loading data from its master')
  )
    yield 'the server is loading its data: it would refuse the load, or slow it down'
}

function* reasonsOfClients({ state, connections }: GuardedLoad): Generator<string> {
  const { clients, max_clients: limit } = state
  if (clients === null || limit === null || limit <= 0 || clients + connections <= NEARLY_FULL * limit) return
  yield `${formatCount(connections)} connections and ${formatCount(clients)} that are there are more than ${percent(NEARLY_FULL)} of maxclients (${formatCount(limit)}): others may be refused`
}

function* reasonsOfMemory({ state, growthBytes }: GuardedLoad): Generator<string> {
  const { used_memory_bytes: used, max_memory_bytes: limit, eviction_policy: policy } = state
  if (used === null || limit === null || limit <= 0) return
  const free = Math.max(0, limit - used)
  if (used > NEARLY_FULL * limit && policy !== null && policy !== 'noeviction')
    yield `${formatBytes(used)} of ${formatBytes(limit)} are used, and ${policy} evicts: keys of others would go`
  if (growthBytes > MOST_OF_FREE * free)
    yield `the keys of the load take about ${formatBytes(growthBytes)}, more than ${percent(MOST_OF_FREE)} of the ${formatBytes(free)} that are free below maxmemory`
}

/** The names of a target that say that it is in production; they need a word of their own, wherever they lead to. */
export function productionNamesOf(target: TargetPlan): string[] {
  if (target.embedded) return []
  const names =
    target.socket === null
      ? [target.host, target.tls.server_name, ...target.nodes, ...target.sentinel.nodes]
      : [target.socket]
  return names.filter((name) => name !== null).filter((name) => /prod/i.test(name))
}

function nameOf({ host }: TargetPlan, { place, address }: GuardedLoad['state']): string {
  return host === address ? `${host} (${place})` : `${host} (${address}, ${place})`
}

function percent(share: number): string {
  return `${share * 100} %`
}
