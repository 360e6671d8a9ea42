import type { Outage } from './connection-event.ts'
import type { OutcomeName } from './outcome.ts'
import type { ShardOutage } from './shard-outage.ts'

/** How often the load is looked at in search of disturbances. */
export const PULSE_MILLIS = 100

/** What happened to the load in a tenth of a second of the measured time, over all load threads. Times of the epoch. */
export interface Pulse {
  /** Its end. */
  readonly at_ms: number
  readonly scheduled: number
  readonly ok: number
  readonly failed: number
  readonly indeterminate: number
  readonly dropped: number
  /** Answered without an error, but later than what was usual (see {@link SteadyBefore}). */
  readonly delayed: number
  /** Connections that were down at its end. */
  readonly down: number
  /** Times of the successful commands of the second that it ends, as in the report; 0 when there were none. */
  readonly p50_ms: number
  readonly p99_ms: number
  readonly p999_ms: number
  readonly errors: readonly PulseErrors[]
  /** Exact instants, as the load threads know them; a pulse may bring those of the one before. */
  readonly first_failure_ms: number | null
  /** The first success after a failure. */
  readonly first_success_ms: number | null
  /** The load is over, and answers are waited for. */
  readonly draining: boolean
}

/** The last one is the number of commands; the code is the fine one. */
export type PulseErrors = readonly [outcome: Exclude<OutcomeName, 'ok'>, code: string, count: number]

/** Exact instants of one load thread since it last told, thread clock turned into milliseconds since the epoch. */
export interface FailureSigns {
  readonly first_failure_ms: number | null
  readonly first_success_ms: number | null
}

/** What something cost, in commands. */
export interface DisturbanceCost {
  readonly failed: number
  readonly indeterminate: number
  readonly dropped: number
  readonly delayed: number
  /**
   * Audit writes that the server acknowledged and that went in this time, and in no other disturbance. Absent when they were
   * not looked for, when something else explains losses, or when disturbances are left out of the list.
   */
  readonly acknowledged_writes?: number
}

/** A fault as the timeline caused it. */
export interface FaultInstant {
  readonly kind: string
  /** Where; `null` when it has no place, or has many. */
  readonly node: string | null
  readonly at_ms: number
}

/**
 * What was usual before a disturbance: of the seconds that ended in the ten seconds before it, a new one each tenth of a
 * second. `low` and `high` leave out the lowest and the highest tenth of them.
 */
export interface SteadyBefore {
  /** How much time that was. */
  readonly seconds: number
  readonly ops_per_second: number
  /** Successes as a share of what was due in an open loop, successes a second in a closed one. */
  readonly answered_low: number
  readonly answered_high: number
  readonly p50_ms: number
  readonly p99_high_ms: number
  /** Failed and indeterminate commands, as a share of the settled ones, of the worst second. */
  readonly error_share_high: number
  /** Who was answered later than this was delayed: the higher of p99.9 (high) and ten times p50. */
  readonly delayed_above_ms: number
}

export interface ReconnectionTimes {
  readonly count: number
  readonly p50_ms: number
  readonly p95_ms: number
  readonly max_ms: number
}

/** One disturbance. `…_after_ms` counts from {@link began_at_ms}; `null`: it did not happen. */
export interface DisturbanceResult {
  /** From 1, in the order in which they began. */
  readonly number: number
  /** Stamp of the first fault, or the first sign. */
  readonly began_at_ms: number
  /** Since the measured time began. */
  readonly began_after_start_ms: number
  /** Kind of the fault that it began with; `null` when it began by itself. */
  readonly cause: string | null
  /** Faults that fell into it, at most 20. */
  readonly faults: readonly FaultInstant[]
  readonly fault_count: number
  readonly first_error_after_ms: number | null
  /** The first close of a ready connection. */
  readonly first_loss_after_ms: number | null
  /**
   * From the fault, or from the last good reply of the connection that was lost first, to the first error or close.
   * `null` when nothing was noticed, or nobody knows since when it had been wrong.
   */
  readonly detection_ms: number | null
  readonly detection_from: 'fault' | 'last_reply'
  readonly errors: readonly {
    readonly outcome: 'failed' | 'indeterminate'
    readonly error_type: string
    readonly code: string
    readonly count: number
  }[]
  readonly connections: {
    readonly lost: number
    readonly reconnected: number
    /** Of servers that left the deployment: nobody needed them any more. */
    readonly superseded: number
    readonly still_down: number
    /** Why they were lost, by fine code. */
    readonly causes: readonly { readonly code: string; readonly count: number }[]
    /** At most 20. */
    readonly unfinished: readonly Outage[]
  }
  readonly reconnection: ReconnectionTimes
  /** Slot ranges of a Cluster without a success; at most 20. */
  readonly shard_outages: readonly ShardOutage[]
  /** Of all the time from loss to ready: waited before attempts; connected but not ready (handshake, LOADING). */
  readonly backoff_share: number | null
  readonly handshake_share: number | null
  readonly first_success_after_ms: number | null
  /** `null` when there was not enough time before it. */
  readonly steady_before: SteadyBefore | null
  /** The time to recover. `null`: not before the end. */
  readonly steady_after_ms: number | null
  /** When it looked steady, if the run (or another fault) came to its end too soon to be sure; `null` otherwise. */
  readonly unconfirmed_after_ms: number | null
  /** Back to steady, or the end of the run. */
  readonly ended_at_ms: number
  readonly cost: DisturbanceCost
}

/** All disturbances of one kind of fault, or (`null`) those that began by themselves. Never cut short. */
export interface DisturbanceKind extends DisturbanceCost {
  readonly kind: string | null
  readonly count: number
  readonly not_recovered: number
  /** The longest time to recover of those that did. */
  readonly recovery_max_ms: number | null
  readonly detection_max_ms: number | null
  readonly reconnection_max_ms: number | null
  readonly lost: number
  readonly still_down: number
}

export interface DisturbancesResult {
  readonly count: number
  /** At most {@link DISTURBANCES_KEPT}: when there are more, the shortest are left out. */
  readonly list: readonly DisturbanceResult[]
  readonly left_out: number
  /** One disturbance with faults of two kinds is in both. */
  readonly kinds: readonly DisturbanceKind[]
  /** Over all of them. Together with {@link outside} the totals of the run. */
  readonly cost: DisturbanceCost
  readonly outside: DisturbanceCost
  /** Errors from the instants that the plan asks about, milliseconds of the measured time. */
  readonly errors_after: readonly { readonly after_ms: number; readonly count: number }[]
}

export const DISTURBANCES_KEPT = 500

/** What is known of the disturbances before the totals of the run are. */
export type DisturbancesRecord = Omit<DisturbancesResult, 'outside'> & {
  /** Delayed commands of undisturbed times. */
  readonly delayedOutside: number
}
