import type { RunResult } from '../model/result.ts'
import type { ServerSamplesResult, ServerSeriesResult } from '../model/server-samples.ts'
import { formatBytes, formatCount, formatMillis } from './format.ts'

const COMMANDS_SHOWN = 6
const SLOW_SHOWN = 3
const MICROS = 1000

/** The servers' side of a run in a few lines. */
export function* serverSideLines(result: RunResult): Generator<string> {
  const { server_samples: samples } = result
  if (samples === null) return
  const masters = mastersOf(samples)
  if (masters.length > 0) yield `server side   ${inShort(masters, result, samples).join(' · ')}`
  yield* commandLines(result)
  yield* slowlogLines(result)
  const silent = samples.servers.filter(({ unanswered }) => unanswered > 0)
  if (silent.length > 0)
    yield `              no answer: ${silent.map(({ server, looks, unanswered }) => `${server} ${unanswered} of ${looks + unanswered} looks`).join(', ')}`
  for (const note of samples.notes) yield `              ${note}`
}

/** Those that were a master at some time; all servers where none was. */
function mastersOf({ servers }: ServerSamplesResult): readonly ServerSeriesResult[] {
  const looked = servers.filter(({ at_ms }) => at_ms.length > 0)
  const masters = looked.filter(({ roles }) => roles.some(({ role }) => role === 'master'))
  return masters.length > 0 ? masters : looked
}

function inShort(
  servers: readonly ServerSeriesResult[],
  { server_changes }: RunResult,
  { slowlog_seen }: ServerSamplesResult,
): string[] {
  const sum: Sum = (of) => sumOf(servers.map(of))
  const spent = Math.max(...servers.map(({ seconds }) => seconds.reduce((total, one) => total + one, 0)))
  const [clients, ops] = [sum(({ clients_peak }) => clients_peak), sum(({ totals }) => totals.commands)]
  // Where the line before has them, they are not said again.
  const kept = server_changes === null ? keyParts(sum) : []
  const cpu = sum(({ totals }) => totals.cpu_seconds)
  return [
    ...(servers.length > 1 ? [`${servers.length} servers`] : []),
    ...memoryPart(sum),
    ...(clients === null ? [] : [`up to ${formatCount(clients)} clients`]),
    ...(ops === null || spent <= 0 ? [] : [`${formatCount(Math.round(ops / spent))} ops/s`]),
    ...kept,
    ...(cpu === null || spent <= 0 ? [] : [`${(cpu / spent).toFixed(2)} CPU cores`]),
    ...(slowlog_seen === 0 ? [] : [`${formatCount(slowlog_seen)} in the slow log`]),
  ]
}

type Sum = (of: (one: ServerSeriesResult) => number | null) => number | null

function memoryPart(sum: Sum): string[] {
  const [first, last] = [sum(({ memory }) => memory.first_bytes), sum(({ memory }) => memory.last_bytes)]
  if (first === null || last === null) return []
  const peak = sum(({ memory }) => memory.peak_bytes) ?? 0
  const max = sum(({ memory }) => memory.max_bytes) ?? 0
  const highest = peak > Math.max(first, last) ? `, peak ${formatBytes(peak)}` : ''
  const limit = max === 0 ? '' : ` of ${formatBytes(max)}`
  return [`memory ${formatBytes(first)} → ${formatBytes(last)}${highest}${limit}`]
}

function keyParts(sum: Sum): string[] {
  const hits = sum(({ totals }) => totals.keyspace_hits) ?? 0
  const misses = sum(({ totals }) => totals.keyspace_misses) ?? 0
  const evicted = sum(({ totals }) => totals.evicted_keys) ?? 0
  return [
    ...(hits + misses === 0 ? [] : [`hits ${((100 * hits) / (hits + misses)).toFixed(1)} %`]),
    ...(evicted === 0 ? [] : [`${formatCount(evicted)} evicted`]),
  ]
}

function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0)
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

function* slowlogLines({ slowlog, slowest_commands }: RunResult): Generator<string> {
  for (const { duration_ms, command, client, client_ms, is_ours, trace_id } of slowlog.slice(0, SLOW_SHOWN)) {
    const seen = client_ms === null ? '' : `, ${formatMillis(client_ms)} ms for us`
    const from = is_ours ? '' : `, from ${client}`
    yield `slow log      ${formatMillis(duration_ms)} ms ${command}${seen}${from}${trace_id === null ? '' : `, trace ${trace_id}`}`
  }
  const [slowest] = slowest_commands
  if (slowest !== undefined && slowest.trace_id !== null)
    yield `slowest       ${slowest.operation} ${formatMillis(slowest.service_ms)} ms, trace ${slowest.trace_id}`
}
