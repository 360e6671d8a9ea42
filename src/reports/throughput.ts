import type { IntervalResult } from '../model/interval-result.ts'
import type { RunResult } from '../model/result.ts'
import { measuredIntervals } from './measured-intervals.ts'

/** A rate as a distribution over the intervals of a run, commands a second. */
export interface RateDistribution {
  readonly mean: number
  readonly min: number
  readonly p1: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface Throughput {
  /** How many intervals, and how long each is, in seconds; one in a run that is not very long. */
  readonly intervals: number
  readonly intervalSeconds: number
  readonly ok: RateDistribution
  /** Failed and of unknown outcome. */
  readonly failed: RateDistribution
}

/** An interval that is shorter than this share of the usual one is the rest of a run, whose rate says nothing. */
const WHOLE_SHARE = 0.9

/** A tick may be late by so much. What ended later was no part of the measured time. */
const TICK_MILLIS = 100

/** How throughput was spread over the seconds; `undefined` when there was not one whole. */
export function throughputOf(result: Pick<RunResult, 'intervals' | 'run_end'>): Throughput | undefined {
  const intervals = measuredIntervals(result).filter(
    ({ at_ms }) => at_ms <= 1000 * result.run_end + TICK_MILLIS,
  )
  const lengths = intervals.map(({ seconds }) => seconds).toSorted((a, b) => a - b)
  const usual = lengths[Math.floor(lengths.length / 2)] ?? 0
  const whole = intervals.filter(({ seconds }) => seconds > 0 && seconds >= WHOLE_SHARE * usual)
  if (whole.length === 0) return undefined
  return {
    intervals: whole.length,
    intervalSeconds: usual,
    ok: distributionOf(whole, ({ ok }) => ok),
    failed: distributionOf(whole, ({ failed, indeterminate }) => failed + indeterminate),
  }
}

function distributionOf(
  intervals: readonly IntervalResult[],
  countOf: (interval: IntervalResult) => number,
): RateDistribution {
  const rates = intervals.map((one) => countOf(one) / one.seconds).toSorted((a, b) => a - b)
  // Nearest rank.
  const at = (q: number): number => rates[Math.max(1, Math.ceil(q * rates.length)) - 1]!
  const seconds = intervals.reduce((sum, one) => sum + one.seconds, 0)
  const count = intervals.reduce((sum, one) => sum + countOf(one), 0)
  return { mean: count / seconds, min: at(0), p1: at(0.01), p50: at(0.5), p99: at(0.99), max: at(1) }
}
