import type { AckedWritesRecord } from './acked-writes.ts'
import type { CalibrationShare } from './calibration.ts'
import type { Adjustment } from './adjustment.ts'
import type { ConnectionsResult } from './connections-result.ts'
import type { DisturbancesResult } from './disturbance.ts'
import type { ErrorCount } from './error-count.ts'
import type { IntervalResult } from './interval-result.ts'
import type { LatencyResult, LatencySummary } from './latency-summary.ts'
import type { MachineFacts } from './machine.ts'
import type { MaintenanceResult } from './maintenance.ts'
import type { PubsubResult, StreamsResult } from './messaging-result.ts'
import type { ClusterResult, NodeResult } from './node-result.ts'
import type { FaultResult } from './fault-result.ts'
import type { RunPlan } from './plan.ts'
import type { ServerCommandResult } from './server-commands.ts'
import type { LatencyEvent, ServerSamplesResult, SlowlogResult } from './server-samples.ts'
import type { ServerChanges } from './server-stats.ts'
import type { SlowestCommandResult } from './slowest-command.ts'
import type { Finding } from './verification.ts'

/** One operation, or one kind of batch. */
export interface OperationResult {
  readonly operation: string
  readonly shape: 'single' | 'pipeline' | 'transaction' | 'batch'
  /** It waits for something to arrive, as BLPOP does: its times are not among those of all commands. */
  readonly waits?: true
  readonly count: number
  readonly ops_per_second: number
  readonly ok: number
  readonly failed: number
  readonly indeterminate: number
  readonly nil: number
  /** Error replies (MOVED, ASK, …) after which the client sent a command again by itself. */
  readonly redirected: number
  readonly errors: readonly ErrorCount[]
  readonly service: { readonly success: LatencyResult; readonly error: LatencyResult }
  /** `null` in a closed loop, which has no due instants. */
  readonly response: { readonly success: LatencyResult; readonly error: LatencyResult } | null
}

/** How well the generator did its own part. */
export interface GeneratorResult {
  readonly threads: number
  readonly pacing: string
  readonly start_lag: LatencySummary
  readonly loop_delay: LatencySummary
  readonly gc_pause: LatencySummary
  /** CPU of the load threads over the measured time; 1 is one whole core. */
  readonly cpu_cores: number
  readonly late_replies: number
  readonly internal_errors: number
  readonly kept_commands_dropped: number
  readonly telemetry_exports_failed: number
  readonly journal_failures: number
  /** `null` without a calibration for these settings on this machine, and in a closed loop. Absent in older results. */
  readonly calibration?: CalibrationShare | null
  /** Sentences that say where the generator, not Redis, shaped the numbers. */
  readonly warnings: readonly string[]
}

/** What came of verifying each value that was read, over the whole run. */
export interface VerificationResult {
  /** How many keys are looked after. */
  readonly keys: number
  readonly ok: number
  readonly wrong: number
  readonly stale: number
  readonly missing: number
  readonly unjudged: number
  readonly missing_unjudged_because: string | null
  /** The first that went wrong. */
  readonly findings: readonly Finding[]
}

/** What became of the audit writes, over the whole run, warm-up included. */
export interface AckedWritesResult extends AckedWritesRecord {
  /** Audit writes that were left out because what had been written could not be read back in time. */
  readonly thinned: number
}

export interface AuditCheck {
  readonly name: string
  readonly ok: boolean
  /** The equation with its numbers. */
  readonly detail: string
}

export interface AuditResult {
  readonly ok: boolean
  readonly checks: readonly AuditCheck[]
  /** Client counts against the server's own. */
  readonly server: {
    readonly status: 'ok' | 'failed' | 'not_comparable'
    /** Why it could not be compared. */
    readonly reason: string | null
    readonly commands: readonly ServerAudit[]
  }
}

/** at_least ≤ server ≤ at_most; equal in a run without faults. `at_most` is `null` where scripts may call the command as well. */
export interface ServerAudit {
  readonly command: string
  readonly server: number
  readonly at_least: number
  readonly at_most: number | null
  readonly ok: boolean
}

/** What became of one threshold of the plan. */
export interface ThresholdResult {
  readonly expression: string
  /** In {@link unit}, unrounded; `null` when there was no data. */
  readonly actual: number | null
  readonly unit: string
  readonly ok: boolean
  /** Why it came out so without data. */
  readonly note: string | null
  /** It ended the run. */
  readonly aborted: boolean
}

/** What the commands of one operation, or of one kind of batch, came to in a phase. */
export interface PhaseOperationResult {
  readonly operation: string
  readonly shape: OperationResult['shape']
  readonly count: number
  readonly ok: number
  readonly failed: number
  readonly indeterminate: number
  readonly nil: number
  readonly service: LatencySummary
  readonly response: LatencySummary | null
}

/**
 * All the time in which stages of one name went on. A command counts where it was settled, not where it was sent, so that
 * the phases add up to the totals. Latencies are of all settled commands, successful or not.
 */
export interface PhaseResult {
  readonly name: string
  /** When it began for the first time, milliseconds since the epoch. */
  readonly at_ms: number
  readonly seconds: number
  /** How often it began. */
  readonly times: number
  /** Mean of what the plan asked for; `null` in a closed loop. */
  readonly target_ops_per_second: number | null
  readonly ops_per_second: number
  readonly scheduled: number
  readonly issued: number
  readonly ok: number
  readonly failed: number
  readonly indeterminate: number
  readonly dropped: number
  readonly service: LatencySummary
  readonly response: LatencySummary | null
  readonly operations: readonly PhaseOperationResult[]
}

/** Outcome of a search by steps. */
export interface StepSearchResult {
  /** The highest step before the first that did not hold; `null` when the first did not. */
  readonly held: { readonly phase: string; readonly target_ops_per_second: number } | null
  /** The first step that did not hold, and why; `null` when all did. */
  readonly failed: { readonly phase: string; readonly reason: string } | null
}

/** `count`: as many commands as were asked for. `step_search`: a step did not hold. */
export type EndReason =
  | 'duration'
  | 'count'
  | 'step_search'
  | 'thresholds'
  | 'signal'
  | 'thread_crashed'
  | 'killed'

/**
 * A finished (or rebuilt) run. The first block of fields is the summary that the family of Redis test applications
 * shares, under its names.
 */
export interface RunResult {
  readonly schema: 'redis-test/result'
  readonly schema_version: 1
  readonly tool_version: string
  readonly app_name: string
  readonly instance_id: string
  readonly run_id: string
  readonly version: string
  readonly workload_name: string
  /** Seconds since the epoch. */
  readonly run_start: number
  readonly run_end: number
  readonly test_duration: string
  readonly total_commands_count: number
  readonly successful_commands_count: number
  readonly failed_commands_count: number
  readonly success_rate: string
  readonly overall_throughput: number
  readonly connection_attempts: number
  readonly connection_failures: number
  readonly connection_drops: number
  readonly reconnection_count: number
  readonly avg_reconnection_duration_ms: number
  readonly min_latency_ms: number
  readonly median_latency_ms: number
  readonly avg_latency_ms: number
  readonly max_latency_ms: number
  readonly p95_latency_ms: number
  readonly p99_latency_ms: number
  /** What the latency fields above are: response time in an open loop, service time in a closed one. */
  readonly latency_kind: 'response_time' | 'service_time'
  /** Rebuilt from a journal whose end is missing. */
  readonly partial: boolean
  readonly end_reason: EndReason
  readonly error: string | null
  readonly load_model: 'open' | 'closed'
  readonly measured_seconds: number
  readonly totals: {
    readonly scheduled: number
    readonly issued: number
    readonly ok: number
    readonly failed: number
    readonly indeterminate: number
    readonly in_flight_at_end: number
    readonly abandoned_at_end: number
    readonly dropped_max_in_flight: number
    readonly dropped_generator_late: number
    readonly warmup_issued: number
  }
  /** In the order of the plan. */
  readonly thresholds: readonly ThresholdResult[]
  /** Like thresholds; about what faults may cost. */
  readonly expectations: readonly ThresholdResult[]
  readonly operations: readonly OperationResult[]
  readonly connections: ConnectionsResult
  /** Empty where one server got all the load. */
  readonly nodes: readonly NodeResult[]
  /** `null` without a Cluster. */
  readonly cluster: ClusterResult | null
  /** `null` without subscribers. */
  readonly pubsub: PubsubResult | null
  /** `null` without stream consumers. */
  readonly streams: StreamsResult | null
  readonly generator: GeneratorResult
  readonly audit: AuditResult
  /** `null` when values were not verified. */
  readonly verification: VerificationResult | null
  /** `null` without audit writes, or when the run ended before any was read. */
  readonly acked_writes: AckedWritesResult | null
  readonly faults: readonly FaultResult[]
  /** `null` unless servers were asked to announce their maintenance. */
  readonly maintenance: MaintenanceResult | null
  readonly disturbances: DisturbancesResult
  readonly intervals: readonly IntervalResult[]
  /** What somebody changed in the load while it went on; empty when nobody did. */
  readonly adjustments: readonly Adjustment[]
  /** In the order in which they first began; empty in a load without stages. */
  readonly phases: readonly PhaseResult[]
  readonly step_search: StepSearchResult | null
  readonly server: Readonly<Record<string, string>>
  /** Where the load came from; absent in results of older versions. */
  readonly machine?: MachineFacts | undefined
  /** What the server counted for all of its clients during the run (warm-up included); `null` when it cannot be told. */
  readonly server_changes: ServerChanges | null
  /** The servers over time, in their own words; `null` when they were not looked at. */
  readonly server_samples: ServerSamplesResult | null
  /** What the servers ran, those that took the most time first. */
  readonly server_commands: readonly ServerCommandResult[]
  /** The slowest new entries of slow logs, slowest first. */
  readonly slowlog: readonly SlowlogResult[]
  /** Of the servers' latency monitors, by time. */
  readonly latency_events: readonly LatencyEvent[]
  /** The slowest units as we measured them, slowest first. */
  readonly slowest_commands: readonly SlowestCommandResult[]
  readonly plan: RunPlan
}
