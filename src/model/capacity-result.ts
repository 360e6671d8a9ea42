import type { CalibrationShare } from './calibration.ts'
import type { RunPlan } from './plan.ts'

/** CPU of the server during the measured time of a step, by its own `INFO cpu`; 1 is one whole core. */
export interface ServerCpu {
  /** Of the thread that executes commands; `null` before Redis 7, which does not tell. */
  readonly main_thread: number | null
  /** Of all of its threads. */
  readonly process: number
}

/** CPU of the machine of the generator during the measured time of a step, in cores. */
export interface MachineCpu {
  readonly cores: number
  readonly idle: number
  /** Of everything but this tool and, where it runs on the same machine and tells its CPU time, the server. */
  readonly others: number
}

/**
 * Why a step did not keep the promise. `rate`: too few commands were answered in time. `errors`: too many of them with an
 * error, and the promise says nothing of errors.
 */
export type FailureKind = 'promise' | 'dropped' | 'rate' | 'errors' | 'ended' | 'audit'

export interface StepFailure {
  readonly kind: FailureKind
  /** With its numbers. */
  readonly detail: string
}

/** What one step came to: a warm-up and a measured time at one rate. */
export interface CapacityStep {
  /** From 1. */
  readonly index: number
  /** What the step was for. */
  readonly phase: 'bracket' | 'bisect' | 'repeat' | 'confirm'
  readonly target_ops_per_second: number
  readonly held: boolean
  /**
   * It failed, and something other than the server had a hand in it, so that it says nothing of the server: the first such
   * steps of a rate do not count.
   */
  readonly disturbed: boolean
  /** What it was, with its numbers; empty when it was not disturbed. */
  readonly disturbances: readonly string[]
  /** Empty when it held. */
  readonly failures: readonly StepFailure[]
  readonly measured_seconds: number
  /** Commands answered within the measured time, a second. */
  readonly answered_per_second: number
  readonly dropped_max_in_flight: number
  readonly dropped_generator_late: number
  /** Response times of all settled commands, from the instants at which they were due. */
  readonly latency: {
    readonly mean_ms: number
    readonly p50_ms: number
    readonly p95_ms: number
    readonly p99_ms: number
    readonly max_ms: number
  }
  /** Commands without an answer when the measured time began and when it ended. */
  readonly in_flight: { readonly at_start: number; readonly at_end: number }
  readonly generator: {
    readonly threads: number
    readonly pacing: string
    readonly cpu_cores: number
    readonly start_lag_p99_ms: number
    readonly loop_delay_p99_ms: number
    /** Of the rate that the generator was calibrated for; `null` without a calibration. */
    readonly calibration_share: number | null
  }
  /** `null` where the server did not tell. */
  readonly server_cpu: ServerCpu | null
  readonly machine_cpu: MachineCpu | null
  /** The whole result of the step as a file; `null` when none was asked for. */
  readonly result_file: string | null
}

/** All steps of one rate together; numbers are medians over them. */
export interface CapacityPoint {
  readonly target_ops_per_second: number
  readonly answered_per_second: number
  readonly mean_ms: number
  readonly p50_ms: number
  readonly p95_ms: number
  readonly p99_ms: number
  readonly steps_held: number
  /** Those that were disturbed are not among them. */
  readonly steps_failed: number
  readonly steps_disturbed: number
}

export type LimitedBy = 'generator' | 'server' | 'promise' | 'unknown'

export interface CapacityLimit {
  readonly by: LimitedBy
  /** Sentences with numbers. */
  readonly evidence: readonly string[]
}

/** Where more load begins to cost more time than it brings throughput: the maximum of power, which is rate over mean time. */
export interface CapacityKnee {
  readonly ops_per_second: number
  readonly mean_ms: number
}

/** Between which rates the border lies with this confidence, by all steps that can be trusted. */
export interface CapacityBounds {
  /** 0.95. */
  readonly confidence: number
  readonly low_ops_per_second: number
  /** `null`: no failure above it can be put down to the server. */
  readonly high_ops_per_second: number | null
}

/**
 * `precise`: the interval is as narrow as was asked for. `all_held`: the highest rate allowed held. `none_held`: the lowest
 * rate tried did not. `max_steps`: out of steps. `signal`: the user ended it. `failed`: a step could not be run.
 * `unfinished`: it was going on when this was written.
 */
export type CapacityEnd =
  | 'precise'
  | 'all_held'
  | 'none_held'
  | 'max_steps'
  | 'signal'
  | 'failed'
  | 'unfinished'

/** The highest rate that keeps a promise, and everything that was tried to find it. */
export interface CapacityResult {
  readonly schema: 'redis-test/capacity'
  readonly schema_version: 1
  readonly tool_version: string
  readonly run_id: string
  readonly workload_name: string
  /** Seconds since the epoch. */
  readonly search_start: number
  readonly search_end: number
  /** What a step has to keep, besides that every arrival is sent and answered in time. */
  readonly promise: readonly string[]
  /** The highest rate that held; `null` when none did. */
  readonly capacity_ops_per_second: number | null
  /** The border lies between them; `null` where it is not known. */
  readonly interval: { readonly held: number | null; readonly failed: number | null }
  /** `null` without both ends of the interval. */
  readonly bounds: CapacityBounds | null
  /** The generator gave out before the server did: the server can do at least {@link capacity_ops_per_second}. */
  readonly is_lower_bound: boolean
  /** As it was asked for, and as it came out; the latter `null` without both ends. */
  readonly precision: { readonly asked: number; readonly reached: number | null }
  readonly end_reason: CapacityEnd
  readonly error: string | null
  /** What the border is made of; `null` when no rate failed. */
  readonly limit: CapacityLimit | null
  /** `null` with fewer than three rates. */
  readonly knee: CapacityKnee | null
  /** By rate. */
  readonly curve: readonly CapacityPoint[]
  /** In the order in which they were run. */
  readonly steps: readonly CapacityStep[]
  readonly search: {
    readonly from_ops_per_second: number
    readonly to_ops_per_second: number | null
    readonly step_seconds: number
    readonly warmup_seconds: number
    readonly repeats: number
    readonly max_steps: number
  }
  /** At the capacity; `null` without a calibration. */
  readonly calibration: CalibrationShare | null
  readonly server: Readonly<Record<string, string>>
  /** Of the steps, except for their rates and run ids. */
  readonly plan: RunPlan
}
