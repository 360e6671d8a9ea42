import type { Histogram } from './histogram.ts'
import type {
  NodeCounter,
  PhaseCounter,
  SeriesInfo,
  ThreadCounter,
  ThreadGauge,
  ThreadHistogram,
} from './ledger.ts'
import type { OutcomeName } from './outcome.ts'

/** Command counts of one series by outcome and fine error code. */
export interface OutcomeCount {
  readonly outcome: OutcomeName
  /** Index into ERROR_CODES; 0 for `ok`. */
  readonly code: number
  readonly count: number
}

/** Counts of the values at or below each published bound, and the sum: what one Prometheus histogram series needs. */
export interface BoundedHistogram {
  readonly cumulative: readonly number[]
  readonly count: number
  readonly sumMicros: number
}

export interface SeriesSnapshot {
  readonly info: SeriesInfo
  readonly outcomes: readonly OutcomeCount[]
  /** Nil replies among the `ok`. */
  readonly nil: number
  /** Error replies after which the client sent a command again by itself; not among the outcomes. */
  readonly redirected: number
  /** From send to reply. */
  readonly serviceSuccess: Histogram
  readonly serviceError: Histogram
  /** From the due instant to the reply; empty in a closed loop. */
  readonly responseSuccess: Histogram
  readonly responseError: Histogram
  /** Service time of failed and indeterminate commands by fine error code. */
  readonly errorsByCode: ReadonlyMap<number, BoundedHistogram>
}

export interface PhaseSnapshot {
  readonly counters: Readonly<Record<PhaseCounter, number>>
  readonly startLag: Histogram
  readonly series: readonly SeriesSnapshot[]
}

/** One server of a deployment; commands of the measured phase by the server that they were sent to last. */
export interface NodeSnapshot {
  /** `host:port` */
  readonly address: string
  readonly outcomes: readonly OutcomeCount[]
  readonly serviceSuccess: Histogram
  readonly serviceError: Histogram
  /** Of the whole run. */
  readonly counters: Readonly<Record<NodeCounter, number>>
  /** Ready connections. */
  readonly active: number
}

/** What the ledgers of all load threads said at one moment. Immutable. */
export interface Snapshot {
  /** Milliseconds since the epoch, from the monotonic clock. */
  readonly atMillis: number
  readonly warmup: PhaseSnapshot
  readonly measure: PhaseSnapshot
  readonly counters: Readonly<Record<ThreadCounter, number>>
  readonly gauges: Readonly<Record<ThreadGauge, number>>
  readonly histograms: Readonly<Record<ThreadHistogram, Histogram>>
  /** Failed connection attempts by fine error code. */
  readonly attemptErrors: ReadonlyMap<number, number>
  /** Lost ready connections by fine error code. */
  readonly drops: ReadonlyMap<number, number>
  /** By address, where a deployment has several servers that get load; otherwise empty. */
  readonly nodes: readonly NodeSnapshot[]
}
