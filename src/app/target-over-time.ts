import { LoadTime } from '../model/load-time.ts'
import type { LoadPlan } from '../model/plan.ts'
import { adjustedCurve } from '../schedule/adjusted-curve.ts'
import { measuredCurve, type RateCurve, warmupCurve } from '../schedule/rate-curve.ts'

/** What a load asks for in parts of a run, as it is adjusted; times are milliseconds since the epoch. */
export class TargetOverTime {
  readonly #load: LoadPlan
  readonly #measureStartMillis: number
  readonly #warmup: RateCurve
  readonly #measured: RateCurve
  readonly #time: LoadTime

  constructor(load: LoadPlan, measureStartMillis: number, time = new LoadTime()) {
    this.#load = load
    this.#measureStartMillis = measureStartMillis
    this.#warmup = warmupCurve(load)
    this.#measured = adjustedCurve(measuredCurve(load), time)
    this.#time = time
  }

  /** Mean of commands per second, none of them after the planned end; `null` in a closed loop. */
  over(sinceMillis: number, untilMillis: number): number | null {
    if (this.#load.model === 'closed') return null
    if (untilMillis <= sinceMillis) return 0
    return ((this.#before(untilMillis) - this.#before(sinceMillis)) * 1000) / (untilMillis - sinceMillis)
  }

  #before(atMillis: number): number {
    const { warmup_ms, duration_ms } = this.#load
    const end = (duration_ms ?? Number.POSITIVE_INFINITY) - this.#time.latest.skippedMillis
    const millis = Math.min(atMillis - this.#measureStartMillis, end)
    if (millis < 0) return this.#warmup.commandsBefore(Math.max(0, millis + warmup_ms))
    return this.#warmup.commandsBefore(warmup_ms) + this.#measured.commandsBefore(millis)
  }
}
