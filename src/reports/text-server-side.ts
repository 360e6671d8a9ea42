import type { RunResult } from '../model/result.ts'
import type { ServerSamplesResult } from '../model/server-samples.ts'
import { formatBytes, formatCount, formatMillis } from './format.ts'
import { type MastersInShort, mastersInShort } from './masters-in-short.ts'

const COMMANDS_SHOWN = 6
const SLOW_SHOWN = 3
const MICROS = 1000

/** The servers' side of a run in a few lines. */
export function* serverSideLines(result: RunResult): Generator<string> {
  const { server_samples: samples } = result
  if (samples === null) return
  const masters = mastersInShort(samples)
  if (masters !== undefined) yield `server side   ${inShort(masters, result, samples).join(' · ')}`
  yield* commandLines(result)
  yield* slowlogLines(result, samples)
  const silent = samples.servers.filter(({ unanswered }) => unanswered > 0)
  if (silent.length > 0)
    yield `              no answer: ${silent.map(({ server, looks, unanswered }) => `${server} ${unanswered} of ${looks + unanswered} looks`).join(', ')}`
  for (const note of samples.notes) yield `              ${note}`
}

function inShort(
  { count, memory, clientsPeak, opsPerSecond, cpuCores, ...keys }: MastersInShort,
  { server_changes }: RunResult,
  { slowlog_seen }: ServerSamplesResult,
): string[] {
  // Where the line before has them, they are not said again.
  const kept = server_changes === null ? keyParts(keys) : []
  return [
    ...(count > 1 ? [`${count} servers`] : []),
    ...memoryPart(memory),
    ...(clientsPeak === null ? [] : [`up to ${formatCount(clientsPeak)} clients`]),
    ...(opsPerSecond === null ? [] : [`${formatCount(Math.round(opsPerSecond))} ops/s`]),
    ...kept,
    ...(cpuCores === null ? [] : [`${cpuCores.toFixed(2)} CPU cores`]),
    ...(slowlog_seen === 0 ? [] : [`${formatCount(slowlog_seen)} in the slow log`]),
  ]
}

function memoryPart({ firstBytes, lastBytes, peakBytes, maxBytes }: MastersInShort['memory']): string[] {
  if (firstBytes === null || lastBytes === null) return []
  const peak = peakBytes ?? 0
  const highest = peak > Math.max(firstBytes, lastBytes) ? `, peak ${formatBytes(peak)}` : ''
  const limit = maxBytes === null || maxBytes === 0 ? '' : ` of ${formatBytes(maxBytes)}`
  return [`memory ${formatBytes(firstBytes)} → ${formatBytes(lastBytes)}${highest}${limit}`]
}

function keyParts(keys: Pick<MastersInShort, 'hits' | 'misses' | 'evicted'>): string[] {
  const [hits, misses, evicted] = [keys.hits ?? 0, keys.misses ?? 0, keys.evicted ?? 0]
  return [
    ...(hits + misses === 0 ? [] : [`hits ${((100 * hits) / (hits + misses)).toFixed(1)} %`]),
    ...(evicted === 0 ? [] : [`${formatCount(evicted)} evicted`]),
  ]
}

/** What a command took inside the server, beside what we waited for it. */
function* commandLines({ operations, server_commands, plan }: RunResult): Generator<string> {
  const seen = new Set<string>()
  const parts = operations.flatMap(({ operation, shape, service }) => {
    const name = commandOf(plan, operation)
    const counted = server_commands.find(({ command }) => command === name)
    const { mean_ms, count } = service.success
    const isUseless = shape === 'batch' || count === 0 || seen.has(operation)
    if (isUseless || counted === undefined || counted.usec_per_call === null) return []
    seen.add(operation)
    return [`${operation} ${formatMicros(counted.usec_per_call)} of ${formatMicros(mean_ms * MICROS)} µs`]
  })
  if (parts.length > 0)
    yield `in the server ${parts.slice(0, COMMANDS_SHOWN).join(' · ')}${parts.length > COMMANDS_SHOWN ? ' · …' : ''} (mean, of what the client saw)`
}

/** As the servers name it: an operation may have a name of its own. */
function commandOf({ operations }: RunResult['plan'], operation: string): string {
  const planned = operations.find(({ name }) => name === operation)?.commands ?? []
  return planned.length === 1 ? planned[0]!.trim().split(/\s/)[0]!.toLowerCase() : operation.toLowerCase()
}

function formatMicros(micros: number): string {
  return micros < 100 ? micros.toFixed(1) : formatCount(Math.round(micros))
}

function* slowlogLines(
  { slowlog, slowest_commands }: RunResult,
  { servers }: ServerSamplesResult,
): Generator<string> {
  const isServer = (address: string): boolean => servers.some((one) => one.server === address)
  for (const entry of slowlog.slice(0, SLOW_SHOWN)) {
    const { server, duration_ms, command, client, client_ms, is_ours, trace_id } = entry
    const seen = client_ms === null ? '' : `, ${formatMillis(client_ms)} ms for us`
    // Replicas log what their masters send them as well.
    const from = is_ours ? '' : isServer(client) ? `, on replica ${server}` : `, from ${client}`
    yield `slow log      ${formatMillis(duration_ms)} ms ${command}${seen}${from}${trace_id === null ? '' : `, trace ${trace_id}`}`
  }
  const [slowest] = slowest_commands
  if (slowest !== undefined && slowest.trace_id !== null)
    yield `slowest       ${slowest.operation} ${formatMillis(slowest.service_ms)} ms, trace ${slowest.trace_id}`
}
