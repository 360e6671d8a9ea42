import type { AckedTotals } from './acked-writes.ts'
import type { FaultKind } from './fault-catalogue.ts'
import type { RunPlan } from './plan.ts'
import type { ServersView } from './servers-view.ts'
import type { Snapshot } from './snapshot.ts'
import type { StreamBacklog } from './stream-backlog.ts'

export const RUN_PHASES = ['connecting', 'warmup', 'measure', 'drain', 'done'] as const
export type RunPhase = (typeof RUN_PHASES)[number]

/** Telemetry signals whose exports are counted. */
export const SIGNALS = ['metrics', 'traces', 'logs'] as const
export type Signal = (typeof SIGNALS)[number]

/** What the main thread counts about itself. Plain numbers, written by whoever they concern, read by the catalogue. */
export interface ToolCounters {
  readonly exports: Record<Signal, { ok: number; failed: number }>
  spansCreated: number
  spansDropped: number
  journalFailures: number
  scrapes: number
  /** Of the consumer group, when it was last asked for. */
  streams: StreamBacklog
  /** Of the audit writes, when they were last read back. */
  ackedWrites: AckedTotals | null
  /** The servers' side, when they were looked at last; `null` while they were not. */
  servers: ServersView | null
  readonly faults: Map<FaultKind, FaultCounts>
}

export interface FaultCounts {
  injected: number
  failed: number
  connections: number
  /** At work now. */
  active: number
  reverted: number
  revertsFailed: number
}

/** `faults`: the kinds that are planned. They are shown from the start, so that nobody misses their first increment. */
export function createToolCounters(faults: Iterable<FaultKind> = []): ToolCounters {
  return {
    exports: { metrics: { ok: 0, failed: 0 }, traces: { ok: 0, failed: 0 }, logs: { ok: 0, failed: 0 } },
    spansCreated: 0,
    spansDropped: 0,
    journalFailures: 0,
    scrapes: 0,
    streams: { lag: null, pending: null },
    ackedWrites: null,
    servers: null,
    faults: new Map([...faults].map((kind) => [kind, createFaultCounts()])),
  }
}

export function createFaultCounts(): FaultCounts {
  return { injected: 0, failed: 0, connections: 0, active: 0, reverted: 0, revertsFailed: 0 }
}

/** All that a surface may show of a run at one moment. */
export interface RunView {
  readonly plan: RunPlan
  readonly phase: RunPhase
  readonly snapshot: Snapshot
  /** Commands per second that the plan asks for at this moment; 0 in a closed loop. */
  readonly targetOpsPerSecond: number
  readonly tool: ToolCounters
}
