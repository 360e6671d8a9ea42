import { stageAt } from '../model/load-stages.ts'
import type { LoadPlan } from '../model/plan.ts'
import type { ConcurrencyAt } from '../model/schedule.ts'

/**
 * Units in flight over the measured time, for one load thread; `shares` are its parts of the concurrency of each stage.
 * The warm-up has those of the first stage that is no pause.
 */
export function concurrencyOverTime(load: LoadPlan, shares: readonly number[]): ConcurrencyAt {
  const first = load.stages.findIndex(({ concurrency }) => (concurrency ?? 0) > 0)
  return (millis) => {
    if (millis < 0) return { units: shares[first] ?? 0, untilMillis: 0 }
    const now = stageAt(load, millis)
    return { units: shares[now?.index ?? -1] ?? 0, untilMillis: now?.endMillis ?? Number.POSITIVE_INFINITY }
  }
}
