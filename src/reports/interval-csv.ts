import type { IntervalResult } from '../model/interval-result.ts'
import type { RunResult } from '../model/result.ts'

type Cell = string | number | null
type Column = readonly [name: string, cell: (interval: IntervalResult, result: RunResult) => Cell]

/** Columns of every file, with their units; the errors of a run come after them. */
const COLUMNS: readonly Column[] = [
  ['at', ({ at_ms }) => new Date(at_ms).toISOString()],
  ['elapsed_s', ({ at_ms }, { run_start }) => Math.round(at_ms - 1000 * run_start) / 1000],
  ['interval_s', ({ seconds }) => seconds],
  ['phase', ({ phase }) => phase],
  ['target_ops_per_s', (interval) => interval.target_ops_per_second],
  ['scheduled', ({ scheduled }) => scheduled],
  ['issued', ({ issued }) => issued],
  ['ok', ({ ok }) => ok],
  ['failed', ({ failed }) => failed],
  ['indeterminate', ({ indeterminate }) => indeterminate],
  ['dropped', ({ dropped }) => dropped],
  ['service_p50_ms', (interval) => interval.service_p50_ms],
  ['service_p99_ms', (interval) => interval.service_p99_ms],
  ['service_p999_ms', (interval) => interval.service_p999_ms],
  ['service_max_ms', (interval) => interval.service_max_ms],
  ['response_p50_ms', (interval) => interval.response_p50_ms],
  ['response_p99_ms', (interval) => interval.response_p99_ms],
  ['response_p999_ms', (interval) => interval.response_p999_ms],
  ['response_max_ms', (interval) => interval.response_max_ms],
  ['in_flight', (interval) => interval.in_flight],
  ['connections_active', (interval) => interval.connections_active],
  ['connections_lost', (interval) => interval.connections_lost],
  ['reconnections', (interval) => interval.reconnections],
  ['start_lag_p99_ms', (interval) => interval.start_lag_p99_ms],
  ['loop_delay_p99_ms', (interval) => interval.loop_delay_p99_ms],
  ['generator_cpu_cores', (interval) => interval.cpu_cores],
]

/**
 * A line for each interval, as RFC 4180 has it: a header, commas, CRLF, quotes where they are needed. What is not known
 * is empty. After the columns of every file, one for each error of the run: `failed_OOM`, `indeterminate_timeout`.
 */
export function renderIntervalCsv(result: RunResult): string {
  const columns = [...COLUMNS, ...errorColumns(result)]
  const lines = [
    columns.map(([name]) => name),
    ...result.intervals.map((interval) => columns.map(([, cell]) => cell(interval, result))),
  ]
  return lines.map((cells) => `${cells.map(written).join(',')}\r\n`).join('')
}

function errorColumns({ intervals }: RunResult): Column[] {
  const kinds = new Set(
    intervals.flatMap(({ errors }) => errors.map(({ outcome, code }) => `${outcome}_${code}`)),
  )
  return [...kinds]
    .toSorted()
    .map((kind) => [
      kind,
      ({ errors }) =>
        errors.reduce(
          (sum, { outcome, code, count }) => (`${outcome}_${code}` === kind ? sum + count : sum),
          0,
        ),
    ])
}

function written(cell: Cell): string {
  if (cell === null) return ''
  if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : ''
  // A spreadsheet takes a text that begins like this for a formula, and carries it out.
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
