import type { FaultKind } from './fault-catalogue.ts'

/** What was broken on purpose, and what became of it. All times are milliseconds since the epoch. */
export interface FaultResult {
  /** In the order in which they were planned, from 1. */
  readonly id: number
  readonly kind: FaultKind
  /** `live`: somebody asked for it while the run went on. */
  readonly origin: 'plan' | 'live'
  readonly planned_at_ms: number
  readonly at_ms: number
  /** When it was over and taken back; `null` while it lasts. */
  readonly ended_at_ms: number | null
  /** Servers that it acted on. */
  readonly nodes: readonly string[]
  /** Connections that it closed. */
  readonly connections: number
  /** What was done, in a line. */
  readonly detail: string
  /** `null` when there was nothing to take back. */
  readonly reverted: boolean | null
  readonly error: string | null
  readonly revert_error: string | null
}
