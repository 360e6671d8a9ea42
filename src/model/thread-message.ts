import type { Address } from './address.ts'
import type { ConnectionAttempt, Outage } from './connection-event.ts'
import type { FailureSigns } from './disturbance.ts'
import type { Stretch } from './load-time.ts'
import type { KeptCommand } from './kept-command.ts'
import type { MaintenanceNews } from './maintenance.ts'
import type { RunPlan, Secrets } from './plan.ts'
import type { ShardOutage } from './shard-outage.ts'
import type { ThreadShare } from './thread-share.ts'
import type { Finding, SharedVerification } from './verification.ts'

/** Ties the monotonic clock, which all threads share, to the wall clock. Taken once, so a step of the wall clock moves nothing. */
export interface TimeAnchor {
  readonly epochMillis: number
  /** `process.hrtime`, milliseconds. */
  readonly monotonicMillis: number
}

/** What a load thread is started with. */
export interface ThreadData {
  readonly plan: RunPlan
  readonly secrets: Secrets
  readonly share: ThreadShare
  readonly ledger: SharedArrayBuffer
  readonly anchor: TimeAnchor
  /** Where load connections go, taking turns; empty: to the target. */
  readonly addresses: readonly Address[]
  /** Set when values are verified. */
  readonly verification: SharedVerification | null
  /** Of the audit writes of this thread; see `workload/acked/write-fates.ts`. */
  readonly fates: SharedArrayBuffer | null
}

/** From the main thread to a load thread. */
export type ThreadCommand =
  | {
      readonly type: 'start'
      readonly atMonotonicMillis: number
      /** Of the run, once there are spans: profiles of the thread belong to it. */
      readonly spanId: string | undefined
    }
  | { readonly type: 'preload' }
  | { readonly type: 'stop'; readonly drainMillis: number }
  /** From a moment of the measured time on that is to come. */
  | { readonly type: 'adjust'; readonly stretch: Stretch }
  | { readonly type: 'cut'; readonly request: number; readonly share: number; readonly seed: number }
  | { readonly type: 'close' }

/** A kept command with its times on the wall clock. */
export interface KeptReport extends Omit<KeptCommand, 'dueAt' | 'sentAt' | 'settledAt'> {
  readonly due_at_ms: number
  readonly sent_at_ms: number
  readonly settled_at_ms: number
}

/** How far the filling of keys has come, before the load. */
export interface PreloadState {
  readonly written: number
  /** About how many there will be. */
  readonly expected: number
  readonly failed: number
  /** Of the first request that failed. */
  readonly error: string | null
}

/** From a load thread to the main thread. */
export type ThreadReport =
  | { readonly type: 'connected' }
  | { readonly type: 'connect_failed'; readonly ready: number; readonly cause: string }
  | {
      readonly type: 'events'
      readonly attempts: readonly ConnectionAttempt[]
      readonly outages: readonly Outage[]
      readonly kept: readonly KeptReport[]
      readonly findings: readonly Finding[]
      /** Servers that the thread has come to know, and their places in its ledger. */
      readonly nodes: readonly { readonly index: number; readonly address: string }[]
      readonly shardOutages: readonly ShardOutage[]
      readonly signs: FailureSigns | undefined
    }
  | ({ readonly type: 'maintenance' } & MaintenanceNews)
  | { readonly type: 'cut_done'; readonly request: number; readonly cut: number }
  | { readonly type: 'preload'; readonly state: PreloadState; readonly isDone: boolean }
  | { readonly type: 'internal_error'; readonly message: string }
  | {
      readonly type: 'finished'
      readonly inFlight: number
      readonly abandoned: number
      readonly unfinishedOutages: readonly Outage[]
      readonly unfinishedShardOutages: readonly ShardOutage[]
    }
