import { stageAt } from '../model/load-stages.ts'
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
  readonly #plan: LoadPlan

  constructor(load: LoadPlan, startMillis: number) {
    this.startMillis = startMillis
    this.measureStartMillis = startMillis + load.warmup_ms
    this.firstTickMillis = startMillis + (load.warmup_ms % 1000 === 0 ? 1000 : load.warmup_ms % 1000)
    this.#plan = load
  }

  /** Infinite without a duration; comes nearer when a part of the plan is left out. */
  get plannedEndMillis(): number {
    const durationMillis = this.#plan.duration_ms ?? Number.POSITIVE_INFINITY
    return this.measureStartMillis + durationMillis - this.load.latest.skippedMillis
  }

  /** The stage that goes on at a moment, and when it ends as the load is adjusted now; `undefined` without stages. */
  stageAt(atMillis: number): { readonly name: string; readonly endMillis: number } | undefined {
    const { measureStartMillis, load } = this
    const now = stageAt(this.#plan, load.planAt(Math.max(0, atMillis - measureStartMillis)))
    if (now === undefined) return undefined
    return { name: now.stage.name, endMillis: measureStartMillis + load.whenPlanIs(now.endMillis) }
  }
}
