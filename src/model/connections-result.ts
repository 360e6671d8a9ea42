import type { Outage } from './connection-event.ts'
import type { ConnectionPhase } from './connection-phase.ts'
import type { LatencySummary } from './latency-summary.ts'

/** What the attempts spent in a phase: those that got through it, and those that failed in it. */
export interface ConnectionPhaseResult {
  readonly phase: ConnectionPhase
  readonly completed: LatencySummary
  readonly failed: LatencySummary
}

/** Connections that came back to another server than the one they were lost from. */
export interface ConnectionMoves {
  readonly from: string
  readonly to: string
  readonly connections: number
  /** When the first of them was lost, and the last was ready again; milliseconds since the epoch. */
  readonly first_lost_at_ms: number
  readonly last_ready_at_ms: number
}

export interface ConnectionsResult {
  readonly planned: number
  readonly attempts: number
  readonly attempts_failed: number
  readonly attempt_errors: readonly { readonly code: string; readonly count: number }[]
  /** In the order in which an attempt goes through them; those that do not apply are left out. */
  readonly phases: readonly ConnectionPhaseResult[]
  /** Sentinels that were asked and did not help, whether another one did or not. */
  readonly sentinel_errors: readonly { readonly code: string; readonly count: number }[]
  readonly drops: number
  readonly drop_causes: readonly { readonly code: string; readonly count: number }[]
  readonly first_connect: LatencySummary
  /** Every successful dial, from its start to ready: first connects, reconnections and renewals. */
  readonly connect: LatencySummary
  /** Connections that were closed and dialled anew on purpose. */
  readonly renewals: number
  readonly reconnections: number
  readonly reconnection: LatencySummary
  readonly detection: LatencySummary
  readonly backoff: LatencySummary
  readonly moves: readonly ConnectionMoves[]
  readonly unfinished: readonly Outage[]
  /** The longest outages, at most 100. */
  readonly outages: readonly Outage[]
  readonly resent_commands: number
  readonly offline_queued_commands: number
}
