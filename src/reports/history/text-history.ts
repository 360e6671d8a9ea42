import type { HistoryEntry, TrendMetric } from '../../model/history.ts'
import { isWholeRun } from '../../model/whole-run.ts'
import { alignColumns, formatCount, formatMillis } from '../format.ts'
import { hasFailed } from './history-entry.ts'
import { standsOut, type Trend } from './trend.ts'

const SHORT_ID = 8

/** A list of runs, in the order given. */
export function renderHistory(entries: readonly HistoryEntry[]): string {
  if (entries.length === 0) return 'no runs\n'
  const header = [
    'began',
    'run',
    'workload',
    'target',
    'version',
    'seconds',
    'ops/s',
    'errors',
    'p50',
    'p99',
    'max',
    'verdict',
  ]
  const rows = entries.map((one) => [
    timeOf(one),
    one.run_id.slice(0, SHORT_ID),
    one.workload_name,
    one.target,
    one.version,
    one.measured_seconds.toFixed(0),
    formatCount(one.throughput),
    one.errors === 0 ? '0' : `${(100 * one.errors).toFixed(3)} %`,
    formatMillis(one.p50),
    formatMillis(one.p99),
    formatMillis(one.max),
    verdictOf(one),
  ])
  const width = header.length - 1
  const aligned = alignColumns([header.slice(0, width), ...rows.map((row) => row.slice(0, width))], 5)
  const longest = Math.max(...aligned.map(({ length }) => length))
  const last = [header[width]!, ...rows.map((row) => row[width]!)]
  return `${aligned.map((line, at) => `${line.padEnd(longest)}  ${last[at]!}`.trimEnd()).join('\n')}\n`
}

/** UTC, to the minute. */
export function timeOf({ run_start }: HistoryEntry): string {
  return new Date(run_start * 1000).toISOString().slice(0, 16).replace('T', ' ')
}

export function verdictOf(one: HistoryEntry): string {
  const notes = [
    ...(one.audit_ok ? [] : ['AUDIT FAILED']),
    ...(one.missed > 0 ? [`${one.missed} missed`] : []),
    ...(isWholeRun(one) ? [] : [one.end_reason]),
    ...(one.outages > 0 ? [`${one.outages} outage${one.outages === 1 ? '' : 's'}`] : []),
    ...(one.warnings > 0 ? [`${one.warnings} warning${one.warnings === 1 ? '' : 's'}`] : []),
  ]
  return [hasFailed(one) ? 'FAILED' : 'ok', ...notes].join(', ')
}

const LEVELS = '▁▂▃▄▅▆▇█'
const BAR = 30

/** A metric over runs, oldest first: a line of bars, then each run with its value. */
export function renderTrend(trend: Trend): string {
  const { metric, points, median, direction } = trend
  const values = points.map(({ value }) => value)
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const level = (value: number): string =>
    LEVELS[most === least ? 0 : Math.round(((value - least) / (most - least)) * (LEVELS.length - 1))]!
  const rows = points.map((point) => {
    const { entry, value } = point
    const change =
      median === 0 ? '' : `${value >= median ? '+' : ''}${(100 * (value / median - 1)).toFixed(1)} %`
    const bar = '█'.repeat(Math.max(1, Math.round((value / (most === 0 ? 1 : most)) * BAR)))
    return [
      timeOf(entry),
      entry.run_id.slice(0, SHORT_ID),
      entry.version,
      formatTrend(metric, value),
      change,
      standsOut(trend, point) ? '!' : '',
      bar,
    ]
  })
  const table = alignColumns(
    [
      ['began', 'run', 'version', metric, 'of median', '', ''],
      ...rows.map((row) => row.slice(0, 6).concat('')),
    ],
    3,
  )
  const bars = ['', ...rows.map((row) => row[6]!)]
  const width = Math.max(...table.map(({ length }) => length))
  return [
    `${metric}  ${values.map(level).join('')}  ${formatTrend(metric, least)} … ${formatTrend(metric, most)}, median ${formatTrend(metric, median)}`,
    direction,
    '',
    ...table.map((line, at) => `${line.padEnd(width)}  ${bars[at]!}`.trimEnd()),
    '',
  ].join('\n')
}

export function formatTrend(metric: TrendMetric, value: number): string {
  if (metric === 'throughput') return `${formatCount(value)} ops/s`
  if (metric === 'outages') return formatCount(value)
  return metric === 'errors' ? `${(100 * value).toFixed(value === 0 ? 0 : 3)} %` : `${formatMillis(value)} ms`
}
