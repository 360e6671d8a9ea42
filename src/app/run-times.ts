import { LoadTime } from '../model/load-time.ts'
import type { LoadPlan } from '../model/plan.ts'

/** The instants of a run, milliseconds since the epoch. */
export class RunTimes {
  readonly startMillis: number
  readonly measureStartMillis: number
  /** Ticks fall on whole seconds of the measured phase. */
  readonly firstTickMillis: number
  /** How the measured time is adjusted. */
  readonly load = new LoadTime()
  readonly #durationMillis: number

  constructor(load: LoadPlan, startMillis: number) {
    this.startMillis = startMillis
    this.measureStartMillis = startMillis + load.warmup_ms
    this.firstTickMillis = startMillis + (load.warmup_ms % 1000 === 0 ? 1000 : load.warmup_ms % 1000)
    this.#durationMillis = load.duration_ms ?? Number.POSITIVE_INFINITY
  }

  /** Infinite without a duration; comes nearer when a part of the plan is left out. */
  get plannedEndMillis(): number {
    return this.measureStartMillis + this.#durationMillis - this.load.latest.skippedMillis
  }
}
