import type { LedgerSnapshot } from '../ledger/ledger-snapshot.ts'
import type { RunPlan } from '../model/plan.ts'
import type { RunResult } from '../model/result.ts'
import type { RunCourse } from '../model/run-view.ts'
import type { ThresholdUnit } from '../model/threshold.ts'
import { LiveThresholds } from './live-thresholds.ts'
import type { Recorder } from './recorder.ts'
import type { RunTimes } from './run-times.ts'

/** Knows where a run is in its plan, for whoever shows it: while it goes on, and as it ended. */
export class CourseOfRun {
  readonly #times: RunTimes
  readonly #recorder: Pick<Recorder, 'disturbedSinceMillis' | 'phases' | 'serverGuards'>
  readonly #thresholds: LiveThresholds
  #loadEndMillis: number | undefined
  #last: RunCourse | undefined

  constructor(
    plan: RunPlan,
    times: RunTimes,
    recorder: Pick<Recorder, 'disturbedSinceMillis' | 'phases' | 'serverGuards'>,
  ) {
    this.#times = times
    this.#recorder = recorder
    this.#thresholds = new LiveThresholds(plan)
  }

  at(total: LedgerSnapshot): RunCourse {
    if (this.#last !== undefined) return this.#last
    const { startMillis, measureStartMillis, load } = this.#times
    const endMillis = this.#loadEndMillis ?? this.#times.plannedEndMillis
    const { factor } = load.latest
    return {
      phaseStarts: {
        warmup: startMillis,
        measure: measureStartMillis,
        ...(Number.isFinite(endMillis) ? { drain: endMillis } : {}),
      },
      stage: this.#stage(Math.min(total.atMillis, endMillis), endMillis),
      adjusted: { factor, count: load.adjustments },
      disturbedSinceMillis: this.#recorder.disturbedSinceMillis,
      thresholds: this.#judge(total, endMillis),
    }
  }

  /** Nothing is due any more, sooner than planned perhaps. */
  loadEnded(atMillis: number): void {
    this.#loadEndMillis ??= Math.min(atMillis, this.#times.plannedEndMillis)
  }

  /** From now on it is what it came to. */
  ended(total: LedgerSnapshot, { run_end, thresholds }: RunResult): void {
    this.loadEnded(run_end * 1000)
    const { phaseStarts, ...last } = this.at(total)
    this.#last = {
      ...last,
      phaseStarts: { ...phaseStarts, done: total.atMillis },
      disturbedSinceMillis: null,
      thresholds: thresholds.map(({ expression, actual, unit, ok }) => ({
        expression,
        actual,
        unit: unit as ThresholdUnit,
        isMet: ok,
      })),
    }
  }

  #stage(atMillis: number, loadEndMillis: number): RunCourse['stage'] {
    const now = this.#times.stageAt(atMillis)
    if (now === undefined) return null
    const endMillis = Math.min(now.endMillis, loadEndMillis)
    return { name: now.name, endMillis: Number.isFinite(endMillis) ? endMillis : null }
  }

  #judge(total: LedgerSnapshot, endMillis: number): RunCourse['thresholds'] {
    if (!this.#thresholds.areThere) return []
    const elapsed = Math.min(total.atMillis, endMillis) - this.#times.measureStartMillis
    if (elapsed <= 0) return this.#thresholds.unknown
    const { phases, serverGuards } = this.#recorder
    return this.#thresholds.judge(total, elapsed, phases.records(total, total.atMillis), serverGuards)
  }
}
