import type { LatencySummary } from '../model/latency-summary.ts'
import type { OperationResult, RunResult, ThresholdResult } from '../model/result.ts'
import { formatCount, formatMillis } from './format.ts'
import { limitOf } from './limit.ts'
import { code, fold, plain, table, verbatim } from './markdown-text.ts'
import { adjustmentLines } from './text-adjustments.ts'
import { auditLines } from './text-audit.ts'
import { connectionLines, limitLines, loadLines, throughputTable } from './text-counts.ts'
import { disturbanceLines } from './text-disturbances.ts'
import { faultLines } from './text-faults.ts'
import { errorLines } from './text-operations.ts'
import { describeLoad, phaseTable } from './text-phases.ts'
import { describeActual } from './text-thresholds.ts'
import { verdictOf, type VerdictWord } from './verdict.ts'

const SIGNS: Readonly<Record<VerdictWord, string>> = {
  PASS: '✅',
  FAIL: '❌',
  DONE: '🏁',
  'CUT SHORT': '⚠️',
}

/** A result for a pull request: verdict, what was asked for, and a table; the rest is folded. */
export function renderMarkdown(result: RunResult): string {
  const { word, reasons, exitCode } = verdictOf(result)
  const { by, because } = limitOf(result)
  const parts = [
    [`## ${SIGNS[word]} ${word}: ${plain(result.workload_name)}`],
    [`**${plain(reasons.join(' · '))}** · exit code ${exitCode}`],
    [
      `${plain(describeLoad(result.plan.load))} · ${result.measured_seconds.toFixed(1)} s measured · ${formatCount(result.overall_throughput)} ops/s · ${plain(result.success_rate)} ok`,
    ],
    adjustmentLines(result).map((line) => `⚠️ ${plain(line)}`),
    sentenceTable('Threshold', result.thresholds),
    sentenceTable('Expectation', result.expectations),
    operations(result),
    [`Limited by the ${by === 'pauses' ? 'time to think' : by}: ${plain(because)}`],
    ...result.generator.warnings.map((warning) => [`⚠️ ${plain(warning)}`]),
    fold('Errors', verbatim(errors(result))),
    fold(
      `Disturbances and faults (${formatCount(result.disturbances.count)})`,
      verbatim([...disturbanceLines(result.disturbances), ...faultLines(result)]),
    ),
    fold('Phases', verbatim(phaseTable(result, 'full'))),
    fold('Throughput, connections, generator and audit', verbatim(details(result))),
    fold('The run', about(result)),
  ]
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function sentenceTable(title: string, sentences: readonly ThresholdResult[]): string[] {
  if (sentences.length === 0) return []
  const rows = sentences.map((sentence) => [
    sentence.ok ? '✅' : '❌',
    code(sentence.expression),
    plain(describeActual(sentence)),
  ])
  return table(['', title, 'Actual'], rows, 2)
}

const HEADER = ['Operation', 'Latency, ms', 'Count', 'ops/s', 'mean', 'p50', 'p95', 'p99', 'p99.9', 'max']

/** A comment on GitHub has room for 65,536 characters. */
const OPERATIONS_SHOWN = 30
const ERRORS_SHOWN = 50

function operations({ operations: all, measured_seconds: seconds }: RunResult): string[] {
  if (all.length === 0) return []
  const mostFrequent = new Set(all.toSorted((a, b) => b.count - a.count).slice(0, OPERATIONS_SHOWN))
  const shown = all.filter((operation) => mostFrequent.has(operation))
  const left = all.length - shown.length
  return [
    ...table(
      HEADER,
      shown.flatMap((operation) => rowsOf(operation, seconds)),
      2,
    ),
    ...(left === 0 ? [] : ['', `and ${formatCount(left)} operations with fewer commands`]),
  ]
}

function errors(result: RunResult): string[] {
  const count = result.operations.reduce((sum, operation) => sum + operation.errors.length, 0)
  return errorLines(result, count > ERRORS_SHOWN ? 'compact' : 'full')
}

function rowsOf(operation: OperationResult, seconds: number): string[][] {
  const { service, response, ok, failed, indeterminate } = operation
  const name =
    operation.shape === 'single' ? operation.operation : `${operation.operation} (${operation.shape})`
  const row = (what: string, count: number, latency: LatencySummary): string[] => [
    code(name),
    what,
    formatCount(count),
    formatCount(seconds === 0 ? 0 : count / seconds),
    ...cells(latency),
  ]
  const notOk = failed + indeterminate
  const time = response === null ? 'service' : 'response'
  return [
    row(`ok, ${time}`, ok, (response ?? service).success),
    ...(response === null ? [] : [row('ok, service', ok, service.success)]),
    ...(notOk === 0 ? [] : [row(`failed, ${time}`, notOk, (response ?? service).error)]),
  ]
}

function cells(latency: LatencySummary): string[] {
  const { mean_ms, p50_ms, p95_ms, p99_ms, p999_ms, max_ms } = latency
  const values = [mean_ms, p50_ms, p95_ms, p99_ms, p999_ms, max_ms]
  return values.map((millis) => (latency.count === 0 ? '-' : formatMillis(millis)))
}

function details(result: RunResult): string[] {
  return [
    ...throughputTable(result),
    '',
    ...loadLines(result),
    ...connectionLines(result),
    ...limitLines(result, 'full'),
    ...auditLines(result, 'full'),
  ]
}

function about(result: RunResult): string[] {
  const { server } = result
  const facts = {
    Server: [server['name'], server['version'], server['mode']].filter(Boolean).join(' '),
    Client: result.version,
    'redis-test': result.tool_version,
    Run: result.run_id,
    Instance: result.instance_id,
    Began: new Date(result.run_start * 1000).toISOString(),
    Seed: String(result.plan.load.seed),
  }
  return table(
    ['', ''],
    Object.entries(facts).map(([name, value]) => [name, code(value)]),
    2,
  )
}
