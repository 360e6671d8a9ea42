import { cellSeriesOf, logQuantile } from './cell-series.ts'
import type { RunSample } from './run-sample.ts'
import { autocorrelationOf, meanOf, varianceOf } from './statistics/moments.ts'
import { steadyFrom, trendOf } from './statistics/trend.ts'

/** Less than this is not worth a word, however sure it is: shares of the median. */
const LEAST_WARM_UP = 0.05
const LEAST_DRIFT = 0.03
/** A trend that comes by chance in one of two hundred steady runs is not told. */
const TREND_LEVEL = 0.005
const LEAST_INTERVALS = 10

/** What the median of the seconds of a run does over its time. */
export interface Steadiness {
  /** `change`: of those seconds against the rest, as a share. */
  readonly warmUp: { readonly seconds: number; readonly change: number } | null
  /** `change`: from the beginning to the end, without the warm-up, as a difference of logarithms. */
  readonly drift: { readonly change: number } | null
}

/** Parts of a run that are as good as runs of their own, for what they show of each other. */
const PARTS = 5

/**
 * How far parts of a run are from one another: the standard deviation of the logarithm of p50 over its fifths. What holds a
 * machine or a server up for some seconds holds it up for minutes as well, so runs differ by about as much; blocks of
 * seconds, which are shorter, do not tell. 0 of too few intervals.
 */
export function unrestOf(sample: RunSample): number {
  const medians = mediansOf(sample).medians
  if (medians.length < LEAST_INTERVALS) return 0
  const each = Math.floor(medians.length / PARTS)
  const parts = Array.from({ length: PARTS }, (_, part) =>
    meanOf(medians.slice(part * each, (part + 1) * each)),
  )
  return Math.sqrt(varianceOf(parts))
}

/** Logarithms of the median of each interval in which something was answered. */
function mediansOf({ intervals }: RunSample): { readonly medians: number[]; readonly secondsEach: number } {
  const series = cellSeriesOf(intervals)
  const counts = Array.from({ length: series.length }, (_, start) => series.over([{ start, end: start + 1 }]))
  const medians = counts.map((one) => logQuantile(one, 0.5)).filter((value) => !Number.isNaN(value))
  return { medians, secondsEach: counts[0]?.seconds ?? 0 }
}

/** Looks for a beginning that differs from the rest, and for a trend in that rest. */
export function steadinessOf(sample: RunSample): Steadiness {
  const { medians, secondsEach } = mediansOf(sample)
  if (medians.length < LEAST_INTERVALS) return { warmUp: null, drift: null }
  const from = steadyFrom(medians)
  const [head, rest] = [medians.slice(0, from), medians.slice(from)]
  const change = from === 0 ? 0 : meanOf(head) - meanOf(rest)
  const isWarmUp = Math.abs(Math.expm1(change)) >= LEAST_WARM_UP && Math.abs(change) > 3 * errorOf(head, rest)
  const trend = trendOf(isWarmUp ? rest : medians)
  const isDrift = trend.pValue < TREND_LEVEL && Math.abs(Math.expm1(trend.change)) >= LEAST_DRIFT
  return {
    warmUp: isWarmUp ? { seconds: Math.round(from * secondsEach), change: Math.expm1(change) } : null,
    drift: isDrift ? { change: trend.change } : null,
  }
}

/** Of the difference of the two means, what varies being what varies in the rest, and correlated as there. */
function errorOf(head: readonly number[], rest: readonly number[]): number {
  const rho = autocorrelationOf(rest)
  const each = (varianceOf(rest) * (1 + rho)) / (1 - rho)
  return Math.sqrt(each / head.length + each / rest.length)
}
