import type { HistoryEntry, TrendMetric } from '../../model/history.ts'
import { medianOf } from '../../model/median.ts'
import { lineOf } from '../compare/statistics/trend.ts'

export interface TrendPoint {
  readonly entry: HistoryEntry
  readonly value: number
}

/** One metric over runs, oldest first. */
export interface Trend {
  readonly metric: TrendMetric
  readonly points: readonly TrendPoint[]
  readonly median: number
  /** How far values usually are from it: 1.4826 times the median of their distances (Hampel, JASA 69, 1974). */
  readonly deviation: number
  /** A sentence: what the values do over the runs. */
  readonly direction: string
}

const FAR = 3
const LEVEL = 0.05
const FEWEST_FOR_TREND = 4

export function trendOfRuns(entries: readonly HistoryEntry[], metric: TrendMetric): Trend {
  const points = entries.map((entry) => ({ entry, value: entry[metric] }))
  const values = points.map(({ value }) => value)
  const median = values.length === 0 ? 0 : medianOf(values)
  const deviation =
    values.length === 0 ? 0 : 1.4826 * medianOf(values.map((value) => Math.abs(value - median)))
  return { metric, points, median, deviation, direction: directionOf(values, entries) }
}

/** Further from the median than three usual deviations; of less than four runs none does. */
export function standsOut({ points, median, deviation }: Trend, { value }: TrendPoint): boolean {
  return points.length >= FEWEST_FOR_TREND && deviation > 0 && Math.abs(value - median) > FAR * deviation
}

function directionOf(values: readonly number[], entries: readonly HistoryEntry[]): string {
  const kinds = new Set(entries.map(({ workload_name, target }) => `${workload_name} on ${target}`))
  const times = new Set(entries.map(({ latency_kind }) => latency_kind))
  const mixed = [
    ...(kinds.size > 1
      ? [`; the runs are of ${kinds.size} workloads and targets: --profile and --target choose`]
      : []),
    ...(times.size > 1 ? ['; response times of open loops stand beside service times of closed ones'] : []),
  ].join('')
  if (values.length < FEWEST_FOR_TREND) return `too few runs for a trend${mixed}`
  const { change, pValue } = lineOf(values)
  if (pValue >= LEVEL) return `no trend shown${mixed}`
  return `${change > 0 ? 'rises' : 'falls'} over these runs (p ${pValue < 0.001 ? '< 0.001' : `= ${pValue.toFixed(3)}`})${mixed}`
}
