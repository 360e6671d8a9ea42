import { mergeHistograms } from '../ledger/merge.ts'
import { nextPhase, stageAt } from '../model/load-stages.ts'
import type { LoadTime } from '../model/load-time.ts'
import type { RunPlan } from '../model/plan.ts'
import { whyStepFails } from '../reports/step-search.ts'
import { atMoments } from './at-moments.ts'
import type { Recorder } from './recorder.ts'
import type { SnapshotSource } from './snapshot-source.ts'

/** A boundary that is this near is crossed before longer work, rather than after it. */
const EARLY_MILLIS = 2

export interface PhaseWatchParts {
  readonly plan: RunPlan
  readonly source: SnapshotSource
  readonly recorder: Recorder
  readonly measureStartMillis: number
  readonly time: LoadTime
  /** A step of a search does not hold. */
  readonly onStepFailed: (name: string, reason: string) => void
}

/** Takes a snapshot wherever a phase of the load ends, and judges the phase if it was a step of a search. */
export interface PhaseWatch {
  /** To be called before longer work, which would make a boundary late. */
  look(): void
  /** The time of the load was adjusted. */
  adjusted(): void
  stop(): void
}

/** Has nothing to do in a load without stages. */
export function watchPhases({ plan, source, recorder, ...parts }: PhaseWatchParts): PhaseWatch {
  const { load } = plan
  const { measureStartMillis, time } = parts
  const durationMillis = load.duration_ms ?? Number.POSITIVE_INFINITY
  const endOf = (startMillis: number): number =>
    Math.min(nextPhase(load, startMillis)?.startMillis ?? Number.POSITIVE_INFINITY, durationMillis)
  let running = stageAt(load, 0)
  // In the time of the plan.
  let nextMillis = running === undefined ? Number.POSITIVE_INFINITY : endOf(0)
  const nextAt = (): number => measureStartMillis + time.whenPlanIs(nextMillis)
  const cross = (): void => {
    if (running === undefined) return
    const snapshot = source.take()
    const { name } = running.stage
    recorder.boundary(snapshot)
    // After a late call, the stage that goes on now may not be the next one.
    const elapsed = Math.max(nextMillis, time.planAt(snapshot.atMillis - measureStartMillis))
    running = elapsed >= durationMillis ? undefined : stageAt(load, elapsed)
    const step = load.step_search && running !== undefined ? recorder.phases.find(name) : undefined
    const reason = step === undefined ? null : whyStepFails(step, plan, mergeHistograms)
    if (reason !== null) running = undefined
    nextMillis = running === undefined ? Number.POSITIVE_INFINITY : endOf(running.startMillis)
    if (reason !== null) parts.onStepFailed(name, reason)
  }
  const wait = (): (() => void) => atMoments(nextAt, () => source.now(), cross)
  let stop = wait()
  let isStopped = false
  return {
    stop() {
      isStopped = true
      stop()
    },
    adjusted() {
      if (isStopped) return
      stop()
      stop = wait()
    },
    look() {
      if (source.now() >= nextAt() - EARLY_MILLIS) cross()
    },
  }
}
