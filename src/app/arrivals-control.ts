import type { Adjustment } from '../model/adjustment.ts'
import { nextPhase } from '../model/load-stages.ts'
import type { LoadPlan } from '../model/plan.ts'
import type { LoadThreads } from './load-threads.ts'
import type { Recorder } from './recorder.ts'
import type { RunTimes } from './run-times.ts'
import type { SnapshotSource } from './snapshot-source.ts'

/**
 * How long before it holds an adjustment is told: longer than any load thread sleeps, so that none of them sends
 * something that would have been due otherwise.
 */
const LEAD_MILLIS = 600
/** An adjustment is kept for the rest of the run by everybody who follows the plan. */
const MOST_ADJUSTMENTS = 1000

/** What arrivals can be set to, as multiples of what the plan asks for. */
const FACTORS: readonly number[] = Array.from({ length: 20 }, (_, index) => (index + 1) / 10).concat([
  2.5, 3, 4, 5, 6, 8, 10,
])

export interface ArrivalsControlParts {
  readonly load: LoadPlan
  readonly times: RunTimes
  readonly source: Pick<SnapshotSource, 'now'>
  readonly threads: Pick<LoadThreads, 'adjust'>
  readonly recorder: Pick<Recorder, 'adjustment'>
  /** Whether the measured time goes on. */
  readonly isMeasuring: () => boolean
  readonly onAdjusted: () => void
}

/**
 * Lets somebody adjust the load while it goes on. Every method says in a few words what it did, or why it did nothing.
 */
export class ArrivalsControl {
  readonly #parts: ArrivalsControlParts
  #factor = 1

  constructor(parts: ArrivalsControlParts) {
    this.#parts = parts
  }

  get isPaused(): boolean {
    return this.#parts.times.load.isPaused
  }

  /** Multiple of what the plan asks for; in a pause, that with which it goes on. */
  get factor(): number {
    return this.#factor
  }

  /** How often something was adjusted. */
  get count(): number {
    return this.#parts.times.load.adjustments
  }

  pauseOrResume(): string {
    const refusal = this.#refusal()
    if (refusal !== undefined) return refusal
    const { isPaused } = this
    this.#adjust(isPaused ? 'resume' : 'pause', { factor: isPaused ? this.#factor : 0 })
    return isPaused ? `going on at ${percent(this.#factor)}` : 'paused: nothing new is sent'
  }

  /** One step up or down. */
  changeRate(direction: 'more' | 'less'): string {
    const refusal = this.#refusal()
    if (refusal !== undefined) return refusal
    const following =
      direction === 'more'
        ? FACTORS.find((factor) => factor > this.#factor)
        : FACTORS.findLast((factor) => factor < this.#factor)
    if (following === undefined) return `${percent(this.#factor)} is as far as it goes`
    this.#factor = following
    if (this.isPaused) return `${percent(following)} once it goes on`
    this.#adjust('rate', { factor: following })
    return `${percent(following)} of what the plan asks for`
  }

  /** Goes on to the next phase of the load; the end of the run comes nearer by what is left out. */
  nextPhase(): string {
    const refusal = this.#refusal()
    if (refusal !== undefined) return refusal
    const { load, times, source } = this.#parts
    const elapsed = source.now() + LEAD_MILLIS - times.measureStartMillis
    const next = nextPhase(load, times.load.planAt(elapsed))
    if (next === undefined || next.startMillis >= (load.duration_ms ?? Number.POSITIVE_INFINITY))
      return 'there is no further phase; q ends the run'
    this.#adjust('next_phase', { skippedMillis: (at) => next.startMillis - at })
    return `going on to ${next.stage.name}`
  }

  #refusal(): string | undefined {
    const { isMeasuring, times, source } = this.#parts
    if (!isMeasuring()) return 'only in the measured time'
    if (source.now() + LEAD_MILLIS >= times.plannedEndMillis) return 'the load is about to end'
    return this.count < MOST_ADJUSTMENTS ? undefined : `${MOST_ADJUSTMENTS} adjustments are enough`
  }

  /** `skippedMillis`: from milliseconds since the measured time began. */
  #adjust(
    kind: Adjustment['kind'],
    change: { readonly factor?: number; readonly skippedMillis?: (atMillis: number) => number },
  ): void {
    const { times, source, threads, recorder, onAdjusted } = this.#parts
    const { latest } = times.load
    const atMillis = source.now() + LEAD_MILLIS - times.measureStartMillis
    const stretch = {
      atMillis,
      factor: change.factor ?? latest.factor,
      skippedMillis: change.skippedMillis?.(atMillis) ?? latest.skippedMillis,
    }
    threads.adjust(stretch)
    times.load.add(stretch)
    recorder.adjustment({
      kind,
      at_ms: times.measureStartMillis + atMillis,
      factor: stretch.factor,
      skipped_ms: stretch.skippedMillis,
    })
    onAdjusted()
  }
}

function percent(factor: number): string {
  return `${Math.round(100 * factor)} %`
}
