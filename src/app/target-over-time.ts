import type { LoadPlan } from '../model/plan.ts'
import { measuredCurve, type RateCurve, warmupCurve } from '../schedule/rate-curve.ts'

/** What a load asks for in parts of a run; times are milliseconds since the epoch. */
export class TargetOverTime {
  readonly #load: LoadPlan
  readonly #measureStartMillis: number
  readonly #warmup: RateCurve
  readonly #measured: RateCurve

  constructor(load: LoadPlan, measureStartMillis: number) {
    this.#load = load
    this.#measureStartMillis = measureStartMillis
    this.#warmup = warmupCurve(load)
    this.#measured = measuredCurve(load)
  }

  /** Mean of commands per second, none of them after the planned end; `null` in a closed loop. */
  over(sinceMillis: number, untilMillis: number): number | null {
    if (this.#load.model === 'closed') return null
    if (untilMillis <= sinceMillis) return 0
    return ((this.#before(untilMillis) - this.#before(sinceMillis)) * 1000) / (untilMillis - sinceMillis)
  }

  #before(atMillis: number): number {
    const { warmup_ms, duration_ms } = this.#load
    const millis = Math.min(atMillis - this.#measureStartMillis, duration_ms ?? Number.POSITIVE_INFINITY)
    if (millis < 0) return this.#warmup.commandsBefore(Math.max(0, millis + warmup_ms))
    return this.#warmup.commandsBefore(warmup_ms) + this.#measured.commandsBefore(millis)
  }
}
