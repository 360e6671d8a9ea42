import type { LatencySummary } from '../model/latency-summary.ts'
import type { OperationResult, RunResult } from '../model/result.ts'
import { alignColumns, formatBytes, formatCount, formatMillis } from './format.ts'
import { attemptLines, sentinelLines } from './text-connections.ts'
import { maintenanceLines } from './text-maintenance.ts'
import { ackedWritesLines } from './text-acked-writes.ts'
import { faultLines, revertWarnings } from './text-faults.ts'
import { messagingLines } from './text-messaging.ts'
import { nodeLines } from './text-nodes.ts'
import { describeLoad, phaseTable, stepSearchLines } from './text-phases.ts'
import { disturbanceLines } from './text-disturbances.ts'
import { expectationLines, thresholdLines } from './text-thresholds.ts'

export interface TextOptions {
  /** How the preset reads in words. */
  readonly preset: string
  readonly target: string
}

/** The summary at the end of a run, as plain text. */
export function renderTextSummary(result: RunResult, options: TextOptions): string {
  const sections = [
    [...headline(result), ...setting(result, options)],
    thresholdLines(result),
    expectationLines(result),
    [...operationTable(result)],
    phaseTable(result),
    errorLines(result),
    [...nodeLines(result)],
    disturbanceLines(result.disturbances),
    [...stepSearchLines(result), ...countLines(result)],
    [...maintenanceLines(result)],
    result.generator.warnings.map((warning) => `warning       ${warning}`),
    revertWarnings(result),
    [...verificationLines(result)],
    [...ackedWritesLines(result)],
    auditLines(result),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function headline(result: RunResult): string[] {
  const { plan } = result
  const lines = [
    `redis-test ${result.tool_version} · ${result.workload_name} · ${describeLoad(plan.load)} · ${result.measured_seconds.toFixed(1)} s measured` +
      (plan.load.warmup_ms > 0 ? ` after ${(plan.load.warmup_ms / 1000).toFixed(1)} s warm-up` : ''),
  ]
  if (result.load_model === 'closed')
    lines.push(
      'closed loop: the load waits for Redis, so a stall hides the commands that were not sent during it',
    )
  if (result.partial) lines.push('PARTIAL: rebuilt from a journal whose end is missing')
  if (result.error !== null) lines.push(`ERROR: ${result.error}`)
  return lines
}

function setting(result: RunResult, { preset, target }: TextOptions): string[] {
  const { plan, server } = result
  const who = [server['name'], server['version'], server['mode']].filter(Boolean).join(' ')
  const batch = plan.batch.kind === 'none' ? '' : ` · ${plan.batch.kind}s of ${plan.batch.size}`
  return [
    `target        ${target}${who === '' ? '' : ` (${who})`}${plan.target.embedded ? ', embedded' : ''} · RESP${plan.target.protocol}`,
    ...sentinelLines(result),
    `client        ${connectionsOf(plan)} · ${plan.load.threads} load thread${plan.load.threads === 1 ? '' : 's'}${batch} · writes ${plan.client.coalesce_writes ? 'coalesced' : 'not coalesced'}`,
    `preset        ${preset}`,
  ]
}

/** Those that all operations share, and those of their own, which are a closed loop in any case. */
function connectionsOf(plan: RunResult['plan']): string {
  const own = plan.operations.filter(({ connections }) => connections > 0)
  const more = own.map(({ name, connections }) => `${connections} of ${name}'s own`)
  if (plan.pubsub.subscribers > 0) more.push(`${plan.pubsub.subscribers} subscribers`)
  if (plan.streams.consumers > 0) more.push(`${plan.streams.consumers} stream consumers`)
  return [`${plan.load.clients} connections`, ...more].join(' + ')
}

const LATENCY_HEADER = ['mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max']

function operationTable(result: RunResult): string[] {
  const header = ['operation', 'time [ms]', 'count', 'ops/s', 'ok', 'failed', 'unknown', ...LATENCY_HEADER]
  const labels = result.operations.map(({ operation }) => operation)
  const rows = result.operations.flatMap((one) => {
    const isAmbiguous = labels.indexOf(one.operation) !== labels.lastIndexOf(one.operation)
    return operationRows(one, isAmbiguous ? `${one.operation} (${one.shape})` : one.operation)
  })
  return alignColumns([header, ...rows], 2)
}

function operationRows(operation: OperationResult, label: string): string[][] {
  const { service, response } = operation
  const counts = [
    operation.count,
    operation.ops_per_second,
    operation.ok,
    operation.failed,
    operation.indeterminate,
  ]
  const first = [label, response === null ? 'service' : 'response', ...counts.map(formatCount)]
  const blank = ['', '', '', '', '']
  const rows = [[...first, ...latencyCells((response ?? service).success)]]
  if (response !== null) rows.push(['', 'service', ...blank, ...latencyCells(service.success)])
  if (service.error.count > 0) {
    const errors = response === null ? service.error : response.error
    rows.push([
      '',
      response === null ? 'service, errors' : 'response, errors',
      ...blank,
      ...latencyCells(errors),
    ])
  }
  return rows
}

function latencyCells(latency: LatencySummary): string[] {
  if (latency.count === 0) return LATENCY_HEADER.map(() => '-')
  const { mean_ms, p50_ms, p90_ms, p95_ms, p99_ms, p999_ms, max_ms } = latency
  return [mean_ms, p50_ms, p90_ms, p95_ms, p99_ms, p999_ms, max_ms].map(formatMillis)
}

function errorLines(result: RunResult): string[] {
  const rows = result.operations.flatMap(({ operation, errors }) =>
    errors.map(({ outcome, error_type, code, count }) => [
      operation,
      error_type,
      code,
      outcome,
      formatCount(count),
    ]),
  )
  return rows.length === 0
    ? []
    : alignColumns([['errors', 'error_type', 'code', 'outcome', 'count'], ...rows], 4)
}

function* countLines(result: RunResult): Generator<string> {
  const { totals, connections, generator } = result
  const dropped = totals.dropped_max_in_flight + totals.dropped_generator_late
  yield (
    `load          ${formatCount(totals.scheduled)} scheduled = ${formatCount(totals.issued)} issued + ${formatCount(dropped)} dropped` +
      (dropped === 0
        ? ''
        : ` (${formatCount(totals.dropped_max_in_flight)} too many in flight, ${formatCount(totals.dropped_generator_late)} generator late)`) +
      ` · ${formatCount(totals.in_flight_at_end)} in flight at the end · ${formatCount(result.overall_throughput)} ops/s`
  )
  const misses = result.operations.filter(({ nil, shape }) => nil > 0 && shape !== 'batch')
  if (misses.length > 0)
    yield `misses        ${misses.map(({ operation, nil, ok }) => `${operation} ${formatCount(nil)} of ${formatCount(ok)} nil`).join(' · ')}`
  const what =
    result.plan.target.topology === 'cluster' ? 'clients, each with connections to nodes' : 'planned'
  yield `connections   ${connections.planned} ${what} · ${connections.attempts} attempts, ${connections.attempts_failed} failed · first connect ${range(connections.first_connect)} · ${connections.drops} lost`
  if (connections.renewals > 0)
    yield `renewals      ${formatCount(connections.renewals)} connections closed and dialled anew · connect ${range(connections.connect)}`
  yield* attemptLines(result)
  if (connections.drops > 0) yield* outageLines(result)
  yield* messagingLines(result)
  yield* faultLines(result)
  if (connections.resent_commands + connections.offline_queued_commands > 0)
    yield `hidden        ${formatCount(connections.resent_commands)} commands sent again by the client, ${formatCount(connections.offline_queued_commands)} queued while it was offline`
  yield* serverLines(result)
  yield `generator     ${result.load_model === 'open' ? `start lag p50 ${formatMillis(generator.start_lag.p50_ms)} p99 ${formatMillis(generator.start_lag.p99_ms)} ms · ` : ''}loop delay p99 ${formatMillis(generator.loop_delay.p99_ms)} ms · GC max ${formatMillis(generator.gc_pause.max_ms)} ms · ${generator.cpu_cores.toFixed(2)} cores${result.load_model === 'open' ? ` · pacing ${generator.pacing}` : ''}`
}

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

const FINDINGS_SHOWN = 5

/** Loud when the data was not what it had to be. */
function* verificationLines({ verification }: RunResult): Generator<string> {
  if (verification === null) return
  const { ok, wrong, stale, missing, unjudged, findings } = verification
  const reads = formatCount(ok + wrong + stale + missing + unjudged)
  const open = unjudged === 0 ? '' : ` · ${formatCount(unjudged)} could not be judged`
  if (wrong + stale + missing === 0)
    yield `verification  ${reads} reads: ${formatCount(ok)} right${open} · none wrong, stale or missing`
  else {
    yield `READS WENT WRONG: ${formatCount(wrong)} wrong · ${formatCount(stale)} stale · ${formatCount(missing)} missing`
    yield `verification  ${reads} reads: ${formatCount(ok)} right${open}`
  }
  for (const { verdict, key, at_least, got } of findings.slice(0, FINDINGS_SHOWN))
    yield `              ${verdict}: ${key} gave ${got}, expected sequence ${at_least} or later`
  if (verification.missing_unjudged_because !== null)
    yield `              missing values are not (all) judged: ${verification.missing_unjudged_because}`
}

function auditLines({ audit }: RunResult): string[] {
  const failed = audit.checks.filter(({ ok }) => !ok)
  const lines = [
    audit.ok
      ? `audit         ok: ${audit.checks.length} equations hold`
      : 'AUDIT FAILED: these numbers contradict each other; do not use them',
    ...failed.map(({ name, detail }) => `              ${name}: ${detail}`),
  ]
  const { status, reason, commands } = audit.server
  if (status === 'not_comparable') lines.push(`              not compared with the server: ${reason}`)
  else
    for (const { command, server, at_least, at_most, ok } of commands)
      lines.push(
        `              ${command}: server ${formatCount(server)} ${ok ? 'within' : 'OUTSIDE'} ${auditRange(at_least, at_most)}`,
      )
  return lines
}

function auditRange(atLeast: number, atMost: number | null): string {
  if (atMost === null) return `${formatCount(atLeast)} or more: others call it, too`
  return atLeast === atMost
    ? `${formatCount(atLeast)} exactly`
    : `${formatCount(atLeast)}…${formatCount(atMost)}`
}

function range(latency: LatencySummary): string {
  if (latency.count === 0) return 'none'
  return `p50 ${formatMillis(latency.p50_ms)} p95 ${formatMillis(latency.p95_ms)} max ${formatMillis(latency.max_ms)} ms`
}
