import type { Permission } from '../model/check-report.ts'
import type { KeySpaceEstimate, TargetState } from '../model/dry-run-report.ts'
import type { RunPlan } from '../model/plan.ts'
import { formatBytes, formatCount, formatMillis } from './format.ts'

export interface DangerInput {
  readonly plan: RunPlan
  readonly state: TargetState
  readonly readOnly: boolean
  /** Of the workload; what is refused here fails in every command. */
  readonly permissions: readonly Permission[]
  readonly connections: number
  readonly keySpaces: readonly KeySpaceEstimate[]
  readonly hasOtherKeys: boolean
  readonly roundTripP50Millis: number
}

/** From here on a limit is near. */
const NEAR = 0.8
const FAR_MILLIS = 5

/** Reasons for which the load cannot run, beyond those of the preflight. */
export function* obstaclesOf({ state, permissions, connections }: DangerInput): Generator<string> {
  for (const { command, allowed, error } of permissions)
    if (!allowed)
      yield `the server refuses ${command} (${error ?? 'unknown'}): every ${command} of the load would fail`
  const { clients, max_clients: limit } = state
  if (clients !== null && limit !== null && clients + connections > limit)
    yield `${formatCount(connections)} connections do not fit: ${formatCount(clients)} of at most ${formatCount(limit)} clients are connected (maxclients)`
}

/** What can go wrong with this load on this server, one sentence each. */
export function* dangersOf(input: DangerInput): Generator<string> {
  const { plan, state, readOnly, roundTripP50Millis } = input
  if (!plan.target.embedded) yield* dangersOfPlace(plan, state)
  if (state.keys !== null && state.keys > 0)
    yield `there ${state.keys === 1 ? 'is 1 key' : `are ${formatCount(state.keys)} keys`} of others on this server`
  if (state.other_clients !== null && state.other_clients > 0)
    yield `${formatCount(state.other_clients)} other client${state.other_clients === 1 ? ' is' : 's are'} connected: the load disturbs them, and the counts cannot be compared with the server's`
  if (state.role === 'slave' && readOnly) yield 'the server is a replica: what is read may be stale'
  if (state.cluster_enabled) yield 'cluster mode is enabled on this server'
  yield* dangersOfClients(input)
  yield* dangersOfMemory(input)
  for (const work of state.busy_with) yield `the server is ${work}: latencies will show it`
  if (roundTripP50Millis > FAR_MILLIS)
    yield `a round trip takes ${formatMillis(roundTripP50Millis)} ms: that is the least that every command takes`
}

function* dangersOfPlace(
  { target }: RunPlan,
  { place, address, is_open: isOpen }: TargetState,
): Generator<string> {
  if (place === 'this machine') return
  yield `the server is not this machine: ${target.host === address ? address : `${target.host} (${address})`}, ${place}`
  if (place === 'a private address') return
  if (isOpen) yield 'the server lets everybody in without a password'
  if (!target.tls.enabled)
    yield `without TLS everything is readable on the way${target.password === null ? '' : ', the password as well'}`
}

function* dangersOfClients({ state, connections }: DangerInput): Generator<string> {
  const { clients, max_clients: limit } = state
  if (clients === null || limit === null) return
  const after = clients + connections
  if (after <= limit && after > NEAR * limit)
    yield `with ${formatCount(connections)} connections ${formatCount(after)} of at most ${formatCount(limit)} clients are connected (maxclients)`
}

function* dangersOfMemory({ state, keySpaces, hasOtherKeys }: DangerInput): Generator<string> {
  if (hasOtherKeys || keySpaces.some(({ total_bytes }) => total_bytes === null))
    yield 'nobody knows how much memory all keys will take: some grow with the run, or cannot be listed'
  const { used_memory_bytes: used, max_memory_bytes: limit, system_memory_bytes: system } = state
  const growth = keySpaces.reduce((sum, { total_bytes }) => sum + (total_bytes ?? 0), 0)
  if (used === null || growth === 0) return
  const after = used + growth
  const sentence = (bound: number, name: string): string =>
    `the data of the load (about ${formatBytes(growth)}) brings the server to ${formatBytes(after)} of ${formatBytes(bound)} (${name})`
  if (limit !== null && limit > 0) {
    if (after > limit) yield `${sentence(limit, 'maxmemory')}: ${effectOf(state.eviction_policy)}`
    else if (after > NEAR * limit) yield sentence(limit, 'maxmemory')
  } else if (system !== null && system > 0 && after > NEAR * system)
    yield `${sentence(system, 'all memory of its machine')}, and it has no maxmemory`
}

function effectOf(policy: string | null): string {
  if (policy === null) return 'writes may fail, or keys may be evicted'
  if (policy === 'noeviction') return 'writes will fail with OOM (noeviction)'
  return policy.startsWith('volatile')
    ? `keys with a time to live will be evicted, also those of others, and then writes will fail with OOM (${policy})`
    : `keys will be evicted, also those of others (${policy})`
}
