import type { LatencySummary } from '../model/latency-summary.ts'
import type { RunResult } from '../model/result.ts'
import { calibrationText } from './capacity/text-calibration.ts'
import { alignColumns, formatBytes, formatCount, formatMillis } from './format.ts'
import { limitOf } from './limit.ts'
import { attemptLines } from './text-connections.ts'
import { messagingLines } from './text-messaging.ts'
import type { SummaryMode } from './text-operations.ts'
import { serverSideLines } from './text-server-side.ts'
import { type RateDistribution, throughputOf } from './throughput.ts'

/** How throughput was spread over the seconds: a mean hides the seconds without any. */
export function throughputTable(result: RunResult): string[] {
  const throughput = throughputOf(result)
  if (throughput === undefined) return []
  const { intervalSeconds, ok, failed } = throughput
  const each = intervalSeconds.toFixed(intervalSeconds % 1 < 0.05 || intervalSeconds % 1 > 0.95 ? 0 : 1)
  const row = (name: string, { mean, min, p1, p50, p99, max }: RateDistribution): string[] => [
    name,
    ...[mean, min, p1, p50, p99, max].map(formatCount),
  ]
  const header = ['commands/s', 'mean', 'min', '1 %', '50 %', '99 %', 'max']
  const [first, ...rows] = alignColumns([
    header,
    row('ok', ok),
    ...(failed.max > 0 ? [row('failed', failed)] : []),
  ])
  return [`${first!}  of ${formatCount(throughput.intervals)} intervals of ${each} s`, ...rows]
}

/** What was sent, and what became of it. */
export function* loadLines(result: RunResult): Generator<string> {
  const { totals } = result
  const dropped = totals.dropped_max_in_flight + totals.dropped_generator_late
  yield (
    `load          ${formatCount(totals.scheduled)} scheduled = ${formatCount(totals.issued)} issued + ${formatCount(dropped)} dropped` +
      (dropped === 0
        ? ''
        : ` (${formatCount(totals.dropped_max_in_flight)} too many in flight, ${formatCount(totals.dropped_generator_late)} generator late)`) +
      ` · ${formatCount(totals.ok)} ok, ${formatCount(totals.failed)} failed, ${formatCount(totals.indeterminate)} unknown` +
      ` · ${formatCount(totals.in_flight_at_end)} in flight at the end · ${formatCount(result.overall_throughput)} ops/s`
  )
  const misses = result.operations.filter(({ nil, shape }) => nil > 0 && shape !== 'batch')
  if (misses.length > 0)
    yield `misses        ${misses.map(({ operation, nil, ok }) => `${operation} ${formatCount(nil)} of ${formatCount(ok)} nil`).join(' · ')}`
}

/** How connections came about, were lost and came back. */
export function* connectionLines(result: RunResult): Generator<string> {
  const { connections } = result
  const what =
    result.plan.target.topology === 'cluster' ? 'clients, each with connections to nodes' : 'planned'
  yield `connections   ${connections.planned} ${what} · ${connections.attempts} attempts, ${connections.attempts_failed} failed · first connect ${range(connections.first_connect)} · ${connections.drops} lost`
  if (connections.renewals > 0)
    yield `renewals      ${formatCount(connections.renewals)} connections closed and dialled anew · connect ${range(connections.connect)}`
  yield* attemptLines(result)
  if (connections.drops > 0) yield* outageLines(result)
  yield* messagingLines(result)
  if (connections.resent_commands + connections.offline_queued_commands > 0)
    yield `hidden        ${formatCount(connections.resent_commands)} commands sent again by the client, ${formatCount(connections.offline_queued_commands)} queued while it was offline`
}

/** What kept the run from being faster, and how the generator and the server did. */
export function* limitLines(result: RunResult, mode: SummaryMode): Generator<string> {
  const { generator } = result
  const calibration = generator.calibration ?? null
  const { by, because } = limitOf(result)
  yield `limited by    ${LIMIT_WORDS[by]}: ${because}`
  yield `generator     ${result.load_model === 'open' ? `start lag p50 ${formatMillis(generator.start_lag.p50_ms)} p99 ${formatMillis(generator.start_lag.p99_ms)} ms · ` : ''}loop delay p99 ${formatMillis(generator.loop_delay.p99_ms)} ms · GC max ${formatMillis(generator.gc_pause.max_ms)} ms · ${generator.cpu_cores.toFixed(2)} cores${result.load_model === 'open' ? ` · pacing ${generator.pacing}` : ''}`
  // How to get one is for those who want to know everything.
  if (result.load_model === 'open' && (calibration !== null || mode === 'full'))
    yield `calibration   ${calibrationText(calibration, result.plan, result.run_end)}`
  yield* serverLines(result)
  yield* serverSideLines(result)
  for (const warning of generator.warnings) yield `warning       ${warning}`
}

const LIMIT_WORDS = {
  target: 'the target',
  server: 'the server and the way to it',
  generator: 'THE GENERATOR',
  pauses: 'the time to think',
  unknown: 'unknown',
} as const

/** What the server says of keys, for all of its clients together. */
function* serverLines({ server_changes: changes }: RunResult): Generator<string> {
  if (changes === null) return
  const { keyspace_hits: hits, keyspace_misses: misses, expired_keys, evicted_keys } = changes
  const parts = [
    ...(hits + misses === 0
      ? []
      : [
          `${formatCount(hits)} hits, ${formatCount(misses)} misses (${((100 * hits) / (hits + misses)).toFixed(2)} %)`,
        ]),
    ...(expired_keys === 0 ? [] : [`${formatCount(expired_keys)} keys expired`]),
    ...(evicted_keys === 0 ? [] : [`${formatCount(evicted_keys)} keys evicted`]),
    `${formatBytes(changes.total_net_input_bytes)} in, ${formatBytes(changes.total_net_output_bytes)} out`,
  ]
  yield `server        ${parts.join(' · ')}`
}

function* outageLines({ connections, cluster }: RunResult): Generator<string> {
  const superseded = cluster?.outages_superseded ?? 0
  const causes = connections.drop_causes.map(({ code, count }) => `${count} ${code}`).join(', ')
  yield `outages       ${connections.drops} (${causes}) = ${connections.reconnections} reconnected + ${connections.unfinished.length} still down${superseded === 0 ? '' : ` + ${superseded} to nodes that left`}`
  if (connections.reconnections > 0)
    yield `reconnection  ${range(connections.reconnection)} · of it backoff ${range(connections.backoff)} · detection before it ${range(connections.detection)}`
  for (const { connection, duration_ms, cause } of connections.unfinished.slice(0, 5))
    yield `              connection ${connection} down for at least ${formatMillis(duration_ms)} ms at the end (${cause})`
}

function range(latency: LatencySummary): string {
  if (latency.count === 0) return 'none'
  return `p50 ${formatMillis(latency.p50_ms)} p95 ${formatMillis(latency.p95_ms)} max ${formatMillis(latency.max_ms)} ms`
}
