import type { LedgerSnapshot } from '../ledger/ledger-snapshot.ts'
import type { IntervalResult } from '../model/interval-result.ts'
import type { RunPlan } from '../model/plan.ts'
import { renderProgressLine } from '../reports/progress-line.ts'
import { ArrivalsControl } from './arrivals-control.ts'
import { LiveView, type LiveViewParts } from './live-view.ts'
import type { RunStage } from './prepare-run.ts'

const TOLERANCE_MILLIS = 500
/** Less is the moment between the last tick and the end. */
const SHORTEST_SECONDS = 0.5

/** Shows what goes on, in whatever way. */
export interface Progress {
  /** Once a second; `faults`: kinds of those at work. */
  second(
    interval: IntervalResult,
    snapshot: LedgerSnapshot,
    phase: 'warmup' | 'measure',
    faults: readonly string[],
  ): void
  /** Again does nothing. */
  close(): void
}

export const NO_PROGRESS: Progress = { second() {}, close() {} }

interface ProgressParts extends Omit<LiveViewParts, 'stage' | 'screen' | 'control'> {
  readonly stage: RunStage
  /** Somebody adjusts the load. */
  readonly onAdjusted: () => void
}

/** The live view where there is a screen for it; else a line whenever it is time for one, if they are wanted. */
export function openProgress({ stage, times, recorder, onAdjusted }: ProgressParts): Progress {
  const { plan, stderr, screen, source, threads, phase } = stage
  if (screen !== undefined) {
    const isMeasuring = (): boolean => phase.current === 'measure'
    const parts = { load: plan.load, times, source, threads, recorder, isMeasuring, onAdjusted }
    return new LiveView({ stage, times, recorder, screen, control: new ArrivalsControl(parts) })
  }
  const { quiet, progress } = plan.output
  return quiet || progress === 'none' ? NO_PROGRESS : lineProgress(plan, stderr, times)
}

/** The times are milliseconds since the epoch. */
function lineProgress(
  plan: RunPlan,
  stderr: (text: string) => void,
  { startMillis, measureStartMillis }: { readonly startMillis: number; readonly measureStartMillis: number },
): Progress {
  let shownAtMillis = Number.NEGATIVE_INFINITY
  return {
    second(interval, snapshot, phase, faults) {
      if (interval.seconds < SHORTEST_SECONDS) return
      const sinceShown = snapshot.atMillis - shownAtMillis
      if (sinceShown < plan.output.progress_interval_ms - TOLERANCE_MILLIS) return
      shownAtMillis = snapshot.atMillis
      const elapsedMillis = snapshot.atMillis - (phase === 'warmup' ? startMillis : measureStartMillis)
      const { scheduled } = snapshot.measure.counters
      const inFlight = snapshot.gauges.in_flight
      stderr(`${renderProgressLine({ phase, elapsedMillis, interval, scheduled, inFlight, faults }, plan)}\n`)
    },
    close() {},
  }
}
