import type { Adjustment } from './adjustment.ts'

/** A part of the measured time in which the plan is followed in one way; milliseconds since the measured time began. */
export interface Stretch {
  readonly atMillis: number
  /** Arrivals as a multiple of what the plan asks for; 0 is a pause. */
  readonly factor: number
  /** How far the plan is ahead of the clock. */
  readonly skippedMillis: number
}

const AS_PLANNED: Stretch = { atMillis: Number.NEGATIVE_INFINITY, factor: 1, skippedMillis: 0 }

/**
 * How the time of the plan, in which its stages lie, goes with the clock, and how much of what it asks for is sent. As
 * long as nobody adjusts anything the two are the same. Grows by what is adjusted; everybody who holds it sees that.
 */
export class LoadTime {
  readonly #stretches: Stretch[] = [AS_PLANNED]

  /** In the order of time; the first has no beginning. */
  get stretches(): readonly Stretch[] {
    return this.#stretches
  }

  get latest(): Stretch {
    return this.#stretches.at(-1) ?? AS_PLANNED
  }

  /** How often somebody adjusted it. */
  get adjustments(): number {
    return this.#stretches.length - 1
  }

  /** Nothing is due any more until somebody goes on. */
  get isPaused(): boolean {
    return this.latest.factor === 0
  }

  /** To be called in the order of time. */
  add(stretch: Stretch): void {
    this.#stretches.push({ ...stretch, atMillis: Math.max(0, stretch.atMillis) })
  }

  /** `measureStartMillis`: milliseconds since the epoch. */
  addAdjustment({ at_ms, factor, skipped_ms }: Adjustment, measureStartMillis: number): void {
    this.add({ atMillis: at_ms - measureStartMillis, factor, skippedMillis: skipped_ms })
  }

  /** That of a moment; of a boundary, the later one. */
  at(millis: number): Stretch {
    return this.#stretches.findLast(({ atMillis }) => atMillis <= millis) ?? AS_PLANNED
  }

  /** Where the plan is at a moment. */
  planAt(millis: number): number {
    return millis + this.at(millis).skippedMillis
  }

  /** When the next stretch begins; infinite when there is none yet. */
  nextAfter(millis: number): number {
    return this.#stretches.find(({ atMillis }) => atMillis > millis)?.atMillis ?? Number.POSITIVE_INFINITY
  }

  /** The first moment at which the plan has come to the given time, or gone past it. */
  whenPlanIs(planMillis: number): number {
    for (const [index, { atMillis, skippedMillis }] of this.#stretches.entries()) {
      const until = this.#stretches[index + 1]?.atMillis ?? Number.POSITIVE_INFINITY
      const at = Math.max(atMillis, planMillis - skippedMillis)
      if (at < until) return at
    }
    return Number.POSITIVE_INFINITY
  }

  /** Whether the plan never came to what is shortly before the given time, because it was left out. */
  isCutBefore(planMillis: number, toleranceMillis: number): boolean {
    const at = this.whenPlanIs(planMillis)
    const before = this.#stretches.findLast(({ atMillis }) => atMillis < at) ?? AS_PLANNED
    return at + before.skippedMillis < planMillis - toleranceMillis
  }
}
