import type { NodeCounter, PhaseCounter, SeriesInfo, ThreadCounter, ThreadGauge } from '../model/ledger.ts'
import type { OutcomeName } from '../model/outcome.ts'

/**
 * A histogram in a journal line: the buckets of the interval as index, count, index, count, …; sum, minimum and
 * maximum as they stood at its end, so that a rebuilt total is equal to the last bit.
 */
export interface EncodedHistogram {
  readonly b: readonly number[]
  readonly sum: number
  readonly min: number
  readonly max: number
}

export interface EncodedPhase {
  readonly counters: Readonly<Record<PhaseCounter, number>>
  readonly start_lag?: EncodedHistogram
  readonly series: readonly EncodedSeries[]
}

export interface EncodedSeries {
  readonly operation: string
  readonly shape: SeriesInfo['shape']
  /** Where it is not the operation in lower case. */
  readonly command?: string
  readonly waits?: true
  readonly outcomes: readonly (readonly [outcome: OutcomeName, code: string, count: number])[]
  readonly nil: number
  /** Absent: none. */
  readonly redirected?: number
  readonly service_success?: EncodedHistogram
  readonly service_error?: EncodedHistogram
  readonly response_success?: EncodedHistogram
  readonly response_error?: EncodedHistogram
  readonly errors_by_code?: Readonly<
    Record<string, { cumulative: readonly number[]; count: number; sum: number }>
  >
}

export interface EncodedNode {
  readonly address: string
  readonly outcomes: EncodedSeries['outcomes']
  readonly service_success?: EncodedHistogram
  readonly service_error?: EncodedHistogram
  readonly counters: Readonly<Record<NodeCounter, number>>
  readonly active: number
}

/** One second of a run as JSON: enough, line by line, to rebuild every total. */
export interface EncodedInterval {
  readonly at_ms: number
  readonly warmup: EncodedPhase
  readonly measure: EncodedPhase
  readonly counters: Readonly<Record<ThreadCounter, number>>
  readonly gauges: Readonly<Record<ThreadGauge, number>>
  readonly histograms: Readonly<Record<string, EncodedHistogram>>
  readonly attempt_errors: Readonly<Record<string, number>>
  readonly drops: Readonly<Record<string, number>>
  /** Absent where there is one server only. */
  readonly nodes?: readonly EncodedNode[]
}
