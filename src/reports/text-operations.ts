import type { LatencySummary } from '../model/latency-summary.ts'
import type { OperationResult, RunResult } from '../model/result.ts'
import { alignColumns, formatCount, formatMillis } from './format.ts'
import type { OutcomeLatencies } from './overall-latencies.ts'

/** How much of a result a summary shows. */
export type SummaryMode = 'compact' | 'full'

const QUANTILES = {
  compact: ['mean', 'p50', 'p95', 'p99', 'p99.9', 'max'],
  full: ['min', 'mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max'],
} as const

const VALUES: Readonly<Record<(typeof QUANTILES)['full'][number], keyof LatencySummary>> = {
  min: 'min_ms',
  mean: 'mean_ms',
  p50: 'p50_ms',
  p90: 'p90_ms',
  p95: 'p95_ms',
  p99: 'p99_ms',
  'p99.9': 'p999_ms',
  max: 'max_ms',
}

const OPERATIONS_SHOWN = 15
const LONGEST_NAME = 20
const ERRORS_SHOWN = 10

/** Columns that can be done without, those that are missed least first. */
const SPARED = ['mean', 'p95', 'ops/s']

/**
 * Each operation: what was ok and what was not on lines of their own, response time and service time apart. `columns`: of
 * the terminal; in the compact table columns are left out until it fits.
 */
export function operationTable(
  result: RunResult,
  mode: SummaryMode,
  overall: OutcomeLatencies | undefined,
  columns = Number.POSITIVE_INFINITY,
): string[] {
  const all = [...result.operations].toSorted((a, b) => b.count - a.count)
  const shown = mode === 'full' ? result.operations : all.slice(0, OPERATIONS_SHOWN)
  if (shown.length === 0) return []
  const seconds = result.measured_seconds
  const rows = shown.flatMap((one) =>
    rowsOf({ ...one, name: nameOf(one, result, mode), notOk: one.failed + one.indeterminate }, seconds, mode),
  )
  if (overall !== undefined)
    rows.push(
      ...rowsOf(
        {
          ...overall,
          name: 'all',
          ok: result.successful_commands_count,
          notOk: result.failed_commands_count,
        },
        seconds,
        mode,
      ),
    )
  const header = ['operation', 'latency [ms]', 'count', 'ops/s', ...QUANTILES[mode]]
  const left = result.operations.length - shown.length
  return [
    ...fitted([header, ...rows], mode === 'full' ? Number.POSITIVE_INFINITY : columns),
    ...(left === 0 ? [] : [`and ${formatCount(left)} operations with fewer commands (--summary full)`]),
  ]
}

function fitted(rows: readonly (readonly string[])[], columns: number): string[] {
  const [header = []] = rows
  for (let spared = 0; spared < SPARED.length; spared++) {
    const lines = aligned(rows, header, spared)
    if (lines.every(({ length }) => length <= columns)) return lines
  }
  return aligned(rows, header, SPARED.length)
}

function aligned(rows: readonly (readonly string[])[], header: readonly string[], spared: number): string[] {
  const without = new Set(SPARED.slice(0, spared))
  return alignColumns(
    rows.map((row) => row.filter((_, index) => !without.has(header[index]!))),
    2,
  )
}

interface Line extends OutcomeLatencies {
  readonly name: string
  readonly ok: number
  readonly notOk: number
}

function rowsOf(
  { name, ok, notOk, service, response }: Line,
  seconds: number,
  mode: SummaryMode,
): string[][] {
  const rows: string[][] = []
  const add = (what: string, count: number, latencies: readonly [string, LatencySummary][]): void => {
    for (const [index, [kind, latency]] of latencies.entries()) {
      const counts =
        index === 0 ? [formatCount(count), formatCount(seconds === 0 ? 0 : count / seconds)] : ['', '']
      rows.push([rows.length === 0 ? name : '', `${what} ${kind}`, ...counts, ...cellsOf(latency, mode)])
    }
  }
  const of = (outcome: 'success' | 'error'): [string, LatencySummary][] => [
    ...(response === null ? [] : [['response', response[outcome]] satisfies [string, LatencySummary]]),
    ['service', service[outcome]],
  ]
  add('ok', ok, of('success'))
  if (notOk > 0) add('failed', notOk, of('error'))
  return rows
}

function cellsOf(latency: LatencySummary, mode: SummaryMode): string[] {
  return QUANTILES[mode].map((name) => (latency.count === 0 ? '-' : formatMillis(latency[VALUES[name]])))
}

function nameOf({ operation, shape }: OperationResult, { operations }: RunResult, mode: SummaryMode): string {
  const isAmbiguous = operations.filter((other) => other.operation === operation).length > 1
  const name = isAmbiguous ? `${operation} (${shape})` : operation
  return mode === 'full' || name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME - 1)}…`
}

/** What went wrong, by class; the most frequent first. */
export function errorLines({ operations }: RunResult, mode: SummaryMode): string[] {
  const all = operations
    .flatMap(({ operation, errors }) => errors.map((error) => ({ operation, ...error })))
    .toSorted((a, b) => b.count - a.count)
  if (all.length === 0) return []
  const shown = mode === 'full' ? all : all.slice(0, ERRORS_SHOWN)
  const rows = shown.map(({ operation, error_type, code, outcome, count }) => [
    operation,
    error_type,
    code,
    outcome === 'failed' ? 'failed' : 'unknown',
    formatCount(count),
  ])
  const left = all.length - shown.length
  return [
    ...alignColumns([['errors', 'error_type', 'code', 'outcome', 'count'], ...rows], 4),
    ...(left === 0 ? [] : [`and ${formatCount(left)} kinds that were rarer (--summary full)`]),
  ]
}
