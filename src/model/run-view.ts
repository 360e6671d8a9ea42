import type { AckedTotals } from './acked-writes.ts'
import type { FaultKind } from './fault-catalogue.ts'
import type { RunPlan } from './plan.ts'
import type { ServersView } from './servers-view.ts'
import type { Snapshot } from './snapshot.ts'
import type { StreamBacklog } from './stream-backlog.ts'
import type { ThresholdUnit } from './threshold.ts'

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

/** A threshold on what there is so far; at the end, as it was judged. */
export interface ThresholdSoFar {
  readonly expression: string
  /** In its unit; `null` without data. */
  readonly actual: number | null
  readonly unit: ThresholdUnit
  /** `null`: nobody knows yet. */
  readonly isMet: boolean | null
}

/** Where a run is in its plan. Times are milliseconds since the epoch. */
export interface RunCourse {
  /** When phases began, or are to begin by the plan; those of which nobody knows are absent. */
  readonly phaseStarts: Readonly<Partial<Record<RunPhase, number>>>
  /** The stage of the load that goes on: before the first one the first, after the last one the last. `null` without stages. */
  readonly stage: {
    readonly name: string
    /** `null`: it goes on until somebody ends the run. */
    readonly endMillis: number | null
  } | null
  /** What somebody made of the load: a multiple of what the plan asks for, 0 in a pause; and how often it was adjusted. */
  readonly adjusted: { readonly factor: number; readonly count: number }
  /** Since when the load is disturbed; `null` when it is not. */
  readonly disturbedSinceMillis: number | null
  readonly thresholds: readonly ThresholdSoFar[]
}

/** Before the load is to begin. */
export const NOT_BEGUN: RunCourse = {
  phaseStarts: {},
  stage: null,
  adjusted: { factor: 1, count: 0 },
  disturbedSinceMillis: null,
  thresholds: [],
}

/** All that a surface may show of a run at one moment. */
export interface RunView {
  readonly plan: RunPlan
  readonly phase: RunPhase
  readonly snapshot: Snapshot
  /** Commands per second that the plan asks for at this moment; 0 in a closed loop. */
  readonly targetOpsPerSecond: number
  readonly course: RunCourse
  readonly tool: ToolCounters
}
