import type { Problem } from '../model/errors.ts'
import { LARGEST_VALUE_BYTES } from '../model/value-sizes.ts'
import { giveWay, RANK, type Resolved, type Sourced } from './sources.ts'

const SHORTEST_VALUE_BYTES = 100
const LONGEST_VALUE_BYTES = 1000
const PIPELINE_SIZE = 10
const ASYNC_IN_FLIGHT = 10
const MOST_CONNECTIONS = 100_000

/** What a setting without any effect, or with another one than it seems, tells its user. */
export type Notice = string

/**
 * Turns what the other test applications of the family call by another name into settings of ours. What has no effect
 * is a notice, what is not supported a problem.
 */
export function applyFamily(resolved: Resolved, problems: Problem[]): Notice[] {
  applyCluster(resolved)
  applyCertificateRequirements(resolved)
  const clients = Number(resolved.get('load.clients')?.value)
  applyConnections(resolved, problems)
  applyConcurrency(resolved, clients)
  applyValueSizes(resolved, problems)
  applyPipelines(resolved)
  return [...unsupportedByClient(resolved)]
}

/** There, a switch and a list of nodes say what is a topology here. */
function applyCluster(resolved: Resolved): void {
  const nodes = given(resolved, 'target.cluster_nodes')
  const toggle = given(resolved, 'target.cluster')
  if (nodes !== undefined) giveWay(resolved, 'target.nodes', nodes)
  const hasNodes = Array.isArray(nodes?.value) && nodes.value.length > 0
  if (toggle !== undefined)
    giveWay(resolved, 'target.topology', {
      ...toggle,
      value: toggle.value === true ? 'cluster' : 'standalone',
    })
  else if (hasNodes) giveWay(resolved, 'target.topology', { ...nodes, value: 'cluster' })
}

function applyCertificateRequirements(resolved: Resolved): void {
  const requirements = given(resolved, 'target.tls.cert_reqs')
  if (requirements !== undefined)
    giveWay(resolved, 'target.tls.verify', { ...requirements, value: requirements.value !== 'none' })
}

/**
 * There, a client is a pool that opens a connection for each of its workers (`--threads-per-client`), up to
 * `--max-connections`. So connections = clients × workers within that bound, and clients × workers are in flight.
 */
function applyConnections(resolved: Resolved, problems: Problem[]): void {
  const workers = given(resolved, 'load.threads_per_client')
  const exact = given(resolved, 'load.connections_per_client')
  const most = given(resolved, 'load.max_connections')
  const parts = [workers, exact, most].filter((part) => part !== undefined)
  if (parts.length === 0) return
  const clients = resolved.get('load.clients')!
  const wanted = Number((exact ?? workers)?.value ?? 1)
  const connections = Number(clients.value) * Math.min(wanted, Number(most?.value ?? wanted))
  const origin = `${Number(clients.value)} clients (${clients.origin}) with ${parts.map((part) => part.origin).join(', ')}`
  const rank = Math.max(clients.rank, ...parts.map((part) => part.rank))
  if (connections > MOST_CONNECTIONS)
    problems.push({
      path: 'load.clients',
      where: origin,
      message: `${connections} connections, more than ${MOST_CONNECTIONS}`,
      hint: 'fewer clients or threads',
    })
  else if (connections !== clients.value) resolved.set('load.clients', { value: connections, rank, origin })
}

/** One command in flight for each worker (without any: for each connection), ten in async mode. */
function applyConcurrency(resolved: Resolved, clients: number): void {
  const workers = given(resolved, 'load.threads_per_client')
  const mode = given(resolved, 'load.async_mode')
  const parts = [workers, mode?.value === true ? mode : undefined].filter((part) => part !== undefined)
  if (parts.length === 0) return
  const slots =
    workers === undefined ? Number(resolved.get('load.clients')?.value) : clients * Number(workers.value)
  giveWay(resolved, 'load.concurrency', {
    value: slots * (mode?.value === true ? ASYNC_IN_FLIGHT : 1),
    rank: Math.max(...parts.map(({ rank }) => rank)),
    origin: parts.map(({ origin }) => origin).join(', '),
  })
}

function applyValueSizes(resolved: Resolved, problems: Problem[]): void {
  const shortest = given(resolved, 'values.size_min')
  const longest = given(resolved, 'values.size_max')
  const leading = highest(shortest, longest)
  if (leading === undefined) return
  const min = Number(shortest?.value ?? Math.min(SHORTEST_VALUE_BYTES, Number(longest?.value)))
  const max = Number(longest?.value ?? Math.max(LONGEST_VALUE_BYTES, min))
  if (min > max || max > LARGEST_VALUE_BYTES)
    problems.push({
      path: 'values.size_min',
      where: leading.origin,
      message: `the smallest value has ${min} bytes, the largest ${max}`,
      hint: 'make the smallest the smaller one',
    })
  else giveWay(resolved, 'values.size', { ...leading, value: `${min}..${max}` })
}

/** Of pipelines and transactions, the one that was asked for more urgently stays. */
function applyPipelines(resolved: Resolved): void {
  const use = given(resolved, 'pipeline.enabled')
  const size = resolved.get('pipeline.size')!
  if (use !== undefined && use.value === true && size.value === 0 && size.rank <= use.rank)
    resolved.set('pipeline.size', { ...use, value: PIPELINE_SIZE })
  if (use !== undefined && use.value === false && size.rank <= use.rank)
    resolved.set('pipeline.size', { ...use, value: 0 })
  const pipeline = resolved.get('pipeline.size')!
  const transaction = resolved.get('transaction.size')!
  if (Number(pipeline.value) === 0 || Number(transaction.value) === 0) return
  if (pipeline.rank > transaction.rank) resolved.set('transaction.size', { ...pipeline, value: 0 })
  if (transaction.rank > pipeline.rank) resolved.set('pipeline.size', { ...transaction, value: 0 })
}

function* unsupportedByClient(resolved: Resolved): Generator<Notice> {
  const attempts = given(resolved, 'client.retry_attempts')
  if (Number(attempts?.value ?? 0) > 0 && resolved.get('client.preset')?.value === 'measure')
    yield `${attempts!.origin}: without effect, the preset measure sends no command twice; --preset as-app does`
}

/** What somebody set, if anybody did. */
function given(resolved: Resolved, key: string): Sourced | undefined {
  const sourced = resolved.get(key)
  return sourced === undefined || sourced.rank === RANK.default || sourced.value === null
    ? undefined
    : sourced
}

function highest(first: Sourced | undefined, second: Sourced | undefined): Sourced | undefined {
  if (first === undefined || second === undefined) return first ?? second
  return first.rank >= second.rank ? first : second
}
