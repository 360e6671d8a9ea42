import type { LedgerSnapshot } from '../ledger/ledger-snapshot.ts'
import type { RunPlan } from '../model/plan.ts'
import type { IntervalResult } from '../model/interval-result.ts'
import { renderProgressLine } from '../reports/progress-line.ts'

const TOLERANCE_MILLIS = 500
/** Less is the moment between the last tick and the end. */
const SHORTEST_SECONDS = 0.5

export type ShowProgress = (
  interval: IntervalResult,
  snapshot: LedgerSnapshot,
  phase: 'warmup' | 'measure',
  /** Kinds of those at work. */
  faults: readonly string[],
) => void

/** Writes a line of progress when it is time for one; the times are milliseconds since the epoch. */
export function progressOf(
  plan: RunPlan,
  stderr: (text: string) => void,
  { startMillis, measureStartMillis }: { readonly startMillis: number; readonly measureStartMillis: number },
): ShowProgress {
  let shownAtMillis = Number.NEGATIVE_INFINITY
  return (interval, snapshot, phase, faults) => {
    if (plan.output.quiet || interval.seconds < SHORTEST_SECONDS) return
    const sinceShown = snapshot.atMillis - shownAtMillis
    if (sinceShown < plan.output.progress_interval_ms - TOLERANCE_MILLIS) return
    shownAtMillis = snapshot.atMillis
    const elapsedMillis = snapshot.atMillis - (phase === 'warmup' ? startMillis : measureStartMillis)
    const { scheduled } = snapshot.measure.counters
    const inFlight = snapshot.gauges.in_flight
    stderr(`${renderProgressLine({ phase, elapsedMillis, interval, scheduled, inFlight, faults }, plan)}\n`)
  }
}
