/** A metric of a run that can be compared: a quantile such as `p99.9`, or one of these. */
export type ComparedMetric = `p${number}` | 'mean' | 'max' | 'throughput' | 'errors'

/** What a comparison says of one metric. `higher` and `lower`: the candidate against the baseline. */
export type Verdict = 'higher' | 'lower' | 'none_shown' | 'not_judged'

/** One metric of one operation on two sides. */
export interface Difference {
  readonly metric: ComparedMetric
  /** `null`: all operations together. */
  readonly operation: string | null
  /** Of {@link baseline} and {@link candidate}. */
  readonly unit: 'ms' | 'ops/s' | 'share'
  /** Over the runs of a side: geometric mean; arithmetic of shares. `null` without data. */
  readonly baseline: number | null
  readonly candidate: number | null
  /** Candidate over baseline less one (0.05: five percent more); of shares: candidate less baseline. */
  readonly change: number | null
  /** Bounds of the confidence interval of {@link change}, of this metric by itself; `null` when it cannot be told. */
  readonly low: number | null
  readonly high: number | null
  readonly p_value: number | null
  /** After correction for the number of differences that were looked at. */
  readonly p_adjusted: number | null
  readonly verdict: Verdict
  /** Why it was not judged. */
  readonly note: string | null
}

/** How sure a comparison can be: from runs that were repeated, or from the seconds of one run a side. */
export type ComparisonMethod = 'runs' | 'intervals' | 'none'

export interface PairComparison {
  readonly baseline: string
  readonly candidate: string
  readonly method: ComparisonMethod
  /** What the method rests on, and what it cannot know: sentences. */
  readonly remarks: readonly string[]
  /** How many differences the correction is for, over all pairs. */
  readonly tests: number
  readonly differences: readonly Difference[]
}

/** How a metric of all operations together varies over the runs of a side. */
export interface SpreadOfRuns {
  readonly metric: ComparedMetric
  readonly unit: Difference['unit']
  readonly mean: number
  readonly least: number
  readonly most: number
  /** Standard deviation, as a share of the mean; `null` with one run. */
  readonly deviation: number | null
}

export interface ComparedRun {
  readonly run_id: string
  /** `null` when it was not read from a file. */
  readonly file: string | null
  /** Seconds since the epoch. */
  readonly run_start: number
  readonly measured_seconds: number
  readonly workload_name: string
  readonly version: string
}

export interface ComparedSide {
  readonly name: string
  readonly runs: readonly ComparedRun[]
  readonly spread: readonly SpreadOfRuns[]
}

/** Something because of which a comparison may mean less than it says. */
export interface Doubt {
  readonly kind:
    | 'plan'
    | 'server'
    | 'version'
    | 'machine'
    | 'generator'
    | 'audit'
    | 'cut_short'
    | 'warm_up'
    | 'drift'
    | 'load'
    | 'operations'
    | 'same_run'
    | 'disturbed'
  readonly message: string
}

/** What became of one `--fail-if`. */
export interface BudgetResult {
  readonly expression: string
  readonly candidate: string
  /** `unclear`: the confidence interval holds values on both sides of the limit. */
  readonly verdict: 'kept' | 'exceeded' | 'unclear' | 'no_data'
  /** In words, with the numbers. */
  readonly detail: string
  /** Whether the comparison fails because of it. */
  readonly fails: boolean
}

/** What `redis-test compare --json` writes. */
export interface Comparison {
  readonly schema: 'redis-test/comparison'
  readonly schema_version: 1
  readonly tool_version: string
  /** 0.95. */
  readonly confidence: number
  /** What the differences of latencies are differences of. */
  readonly latency_kind: 'response_time' | 'service_time'
  /** The first one is what the others are compared with. */
  readonly sides: readonly ComparedSide[]
  readonly pairs: readonly PairComparison[]
  readonly doubts: readonly Doubt[]
  readonly budgets: readonly BudgetResult[]
}
