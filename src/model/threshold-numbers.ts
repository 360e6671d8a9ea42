import type { DisturbancesResult } from './disturbance.ts'
import type { Histogram } from './histogram.ts'
import type { OutcomeName } from './outcome.ts'
import type { ServerGuards } from './server-guards.ts'
import type { PhaseSnapshot, SeriesSnapshot, Snapshot } from './snapshot.ts'

/** What thresholds are checked on: a whole run or one phase of it, at its end or while it goes on. */
export interface ThresholdNumbers {
  readonly isOpenLoop: boolean
  /** Measured so far. */
  readonly seconds: number
  readonly measure: PhaseSnapshot
  /** Commands settled within those seconds, where `measure` has later ones as well. */
  readonly settledInTime?: number
  /** What belongs to the run as a whole; `null` for a phase. */
  readonly run: RunNumbers | null
  readonly merge: (histograms: readonly Histogram[]) => Histogram
}

/** One phase of a run, so far or as a whole: all the time in which stages of its name went on. */
export interface PhaseNumbers extends Pick<ThresholdNumbers, 'seconds' | 'measure' | 'settledInTime'> {
  readonly name: string
}

/** The numbers of one phase of a run; `undefined` when it has not begun. */
export function numbersOfPhase(
  whole: ThresholdNumbers,
  phases: readonly PhaseNumbers[],
  name: string,
): ThresholdNumbers | undefined {
  const phase = phases.find((candidate) => candidate.name === name)
  return phase === undefined ? undefined : { ...whole, ...phase, run: null }
}

export interface RunNumbers {
  readonly counters: Snapshot['counters']
  readonly histograms: Snapshot['histograms']
  /** `null` while nobody has said anything, or they are not looked at. */
  readonly servers: ServerGuards | null
  /** `null` while the run goes on. */
  readonly end: EndNumbers | null
}

/** What became of messages; `null` where nobody listened, or nobody knows. */
export type MessageNumbers = Readonly<
  Record<'pubsub_lost' | 'pubsub_missed' | 'stream_lag' | 'stream_lag_max' | 'stream_lost', number | null>
>

/** What became of audit writes; `null` where there were none, or nobody knows. */
export type AckedNumbers = Readonly<
  Record<
    | 'lost'
    | 'unread'
    | 'duplicated'
    | 'reordered'
    | 'applied_unacknowledged'
    | 'refused_applied'
    | 'stale_reads',
    number | null
  >
>

/** What is only known when a run is over. */
export interface EndNumbers {
  readonly inFlight: number
  /** How long the connections that were still down had been down. */
  readonly unfinishedOutages: Histogram
  readonly auditOk: boolean
  /** Commands that are unaccounted for; `null` when the run did not come to its end, and nobody knows. */
  readonly auditLost: number | null
  readonly messages: MessageNumbers
  readonly disturbances: DisturbancesResult
  readonly acked: AckedNumbers
}

/** Series of single commands, or those of one operation, which may be a kind of batch. */
export function seriesFor(numbers: ThresholdNumbers, operation: string | null): readonly SeriesSnapshot[] {
  return numbers.measure.series.filter(({ info }) =>
    operation === null ? info.shape !== 'batch' : info.operation === operation,
  )
}

export interface SettledCounts extends Readonly<Record<OutcomeName, number>> {
  readonly settled: number
  readonly nil: number
}

export function settledCounts(numbers: ThresholdNumbers, operation: string | null): SettledCounts {
  const counts = { ok: 0, failed: 0, indeterminate: 0, settled: 0, nil: 0 }
  for (const { outcomes, nil } of seriesFor(numbers, operation)) {
    counts.nil += nil
    for (const { outcome, count } of outcomes) {
      counts[outcome] += count
      counts.settled += count
    }
  }
  return counts
}

/** Arrivals that were never sent. */
export function droppedOf({ measure: { counters } }: ThresholdNumbers): number {
  return counters.dropped_max_in_flight + counters.dropped_generator_late
}
