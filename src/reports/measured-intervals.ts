import type { IntervalResult } from '../model/interval-result.ts'
import type { RunResult } from '../model/result.ts'

/** Less after the end is within the precision of a tick. */
const NOTABLE_MILLIS = 20
/** Of an interval of which less was measured, the rate says nothing. */
const LEAST_SHARE = 0.5

/**
 * The intervals as long as they were measured. The one in which the load ended also has what came after it (waiting for
 * answers, taking faults back, reading writes back), in which nothing was sent: with that time its rates would be too low.
 */
export function measuredIntervals({
  intervals,
  run_end,
}: Pick<RunResult, 'intervals' | 'run_end'>): IntervalResult[] {
  const end = 1000 * run_end
  return intervals.map((interval) => {
    const { at_ms, seconds, target_ops_per_second: target } = interval
    const measured = seconds - (at_ms - end) / 1000
    if (at_ms - end < NOTABLE_MILLIS || measured < LEAST_SHARE * seconds) return interval
    return {
      ...interval,
      at_ms: end,
      seconds: measured,
      target_ops_per_second: target === null ? null : (target * seconds) / measured,
    }
  })
}
