import type { AckedWritesRecord } from './acked-writes.ts'
import type { Calibration } from './calibration.ts'
import type { Adjustment } from './adjustment.ts'
import type { Outage } from './connection-event.ts'
import type { Announcement } from './maintenance.ts'
import type { DisturbancesRecord } from './disturbance.ts'
import type { MachineFacts } from './machine.ts'
import type { RunPlan } from './plan.ts'
import type { FaultResult } from './fault-result.ts'
import type { ConnectionMoves } from './connections-result.ts'
import type { IntervalResult } from './interval-result.ts'
import type { AuditResult, EndReason } from './result.ts'
import type { ServerChanges } from './server-stats.ts'
import type { ServerSideRecord } from './server-side-record.ts'
import type { SlowestCommand } from './slowest-command.ts'
import type { PhaseSnapshot, Snapshot } from './snapshot.ts'
import type { ShardOutage } from './shard-outage.ts'
import type { StreamBacklogRecord } from './stream-backlog.ts'
import type { Finding } from './verification.ts'

/** What is verified of a run, and what is not. */
export interface VerificationScope {
  readonly keys: number
  /** Why some or all nil replies cannot be called missing; `null` when each can. */
  readonly missing_unjudged_because: string | null
}

/** What servers announced, as all load threads heard it. */
export interface MaintenanceRecord {
  /** By time; the first thousand. */
  readonly announcements: readonly Announcement[]
  readonly leftOut: number
  readonly refusal: string | null
}

/** Everything a result is made of. What a journal holds, line by line, is enough to rebuild it. */
export interface RunRecord {
  readonly plan: RunPlan
  readonly toolVersion: string
  readonly pacing: string
  /** Facts about the server: version, mode, role, … */
  readonly server: Readonly<Record<string, string>>
  /** Where the load came from; absent in journals of older versions. */
  readonly machine?: MachineFacts | undefined
  /** Milliseconds since the epoch. */
  readonly measureStartMillis: number
  readonly measureEndMillis: number
  readonly cpuMicrosAtMeasureStart: number
  readonly total: Snapshot
  readonly intervals: readonly IntervalResult[]
  /** Empty in a load without stages. */
  readonly phases: readonly PhaseRecord[]
  readonly outages: readonly Outage[]
  /** As each load thread saw them. */
  readonly shardOutages: readonly ShardOutage[]
  readonly moves: readonly ConnectionMoves[]
  readonly faults: readonly FaultResult[]
  /** Absent when nothing was heard. */
  readonly maintenance?: MaintenanceRecord | undefined
  readonly disturbances: DisturbancesRecord
  /** Absent when values were not verified. */
  readonly verification?: VerificationScope | undefined
  /** The first reads that went wrong. */
  readonly findings: readonly Finding[]
  /** What audit writes came to, as far as it is known; absent without any. */
  readonly ackedWrites?: AckedWritesRecord | undefined
  /** What the generator can do here with these settings; absent when nobody has measured it. */
  readonly calibration?: Calibration | null | undefined
  /** Absent in journals of older versions. */
  readonly adjustments?: readonly Adjustment[]
  /** Absent when the servers were not looked at. */
  readonly serverSide?: ServerSideRecord | undefined
  /** Slowest first. */
  readonly slowest?: readonly SlowestCommand[]
  /** Absent when the run did not come to its end: then the result is partial. */
  readonly end: RunEnd | undefined
}

/** All the time in which stages of one name went on, added up. */
export interface PhaseRecord {
  readonly name: string
  /** When it first began, milliseconds since the epoch. */
  readonly firstAtMillis: number
  readonly seconds: number
  readonly times: number
  /** Whether the time of the plan for it was over when it ended; not when the run was cut short in it. */
  readonly isComplete: boolean
  /** Commands that the plan asked for in the stages of this name; `null` in a closed loop. */
  readonly plannedCommands: number | null
  /** Length of those stages by the plan: a boundary is noticed a little after it. */
  readonly plannedSeconds: number
  /** Commands settled in this time; `measure` of the last phase has those of the drain as well. */
  readonly settledInTime: number
  readonly measure: PhaseSnapshot
}

/** What is only known when a run is over. */
export interface RunEnd {
  readonly reason: EndReason
  readonly error: string | null
  readonly measureEndMillis: number
  /** Expression of the threshold that ended the run, if one did. */
  readonly abortedBy?: string
  readonly inFlight: number
  readonly abandoned: number
  readonly unfinishedOutages: readonly Outage[]
  /** As each load thread saw them. Absent in journals of older versions. */
  readonly unfinishedShardOutages?: readonly ShardOutage[]
  readonly serverAudit: AuditResult['server']
  readonly serverChanges: ServerChanges | null
  /** `null` without stream consumers. */
  readonly streams: StreamBacklogRecord | null
  readonly telemetryExportsFailed: number
  readonly journalFailures: number
}
