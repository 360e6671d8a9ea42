import type { LoadTime } from '../model/load-time.ts'
import type { LoadPlan } from '../model/plan.ts'
import { adjustedCurve } from './adjusted-curve.ts'
import { measuredCurve, warmupCurve } from './rate-curve.ts'

/**
 * Commands per second that a load asks for at the moment that a clock says: milliseconds since the measured time began.
 * `time`: how that is adjusted.
 */
export function targetRate(load: LoadPlan, clock: () => number, time: LoadTime): () => number {
  const measured = adjustedCurve(measuredCurve(load), time)
  const warmup = warmupCurve(load)
  return () => {
    const millis = clock()
    return millis < 0 ? warmup.rateAt(millis + load.warmup_ms) : measured.rateAt(millis)
  }
}
