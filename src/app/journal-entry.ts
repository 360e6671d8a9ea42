import type { EncodedPulse } from './encode-pulse.ts'
import type { PlannedFault } from '../faults/fault-injector.ts'
import type { EncodedInterval } from '../ledger/encoded-interval.ts'
import type { AckedWritesRecord } from '../model/acked-writes.ts'
import type { Calibration } from '../model/calibration.ts'
import type { Adjustment } from '../model/adjustment.ts'
import type { Outage } from '../model/connection-event.ts'
import type { MaintenanceLoss, MaintenanceNotice } from '../model/maintenance.ts'
import type { MachineFacts } from '../model/machine.ts'
import type { RunPlan } from '../model/plan.ts'
import type { FaultResult } from '../model/fault-result.ts'
import type { RunEnd, VerificationScope } from '../model/run-record.ts'
import type { ServerNews } from '../model/server-samples.ts'
import type { ShardOutage } from '../model/shard-outage.ts'
import type { SlowestCommand } from '../model/slowest-command.ts'
import type { Finding } from '../model/verification.ts'

/** The first line: what was going to happen. */
export interface JournalHeader {
  readonly type: 'journal'
  readonly schema: 'redis-test/journal'
  readonly schema_version: 1
  readonly tool_version: string
  readonly pacing: string
  readonly server: Readonly<Record<string, string>>
  /** Absent in journals of older versions. */
  readonly machine?: MachineFacts | undefined
  readonly started_at_ms: number
  readonly measure_start_ms: number
  readonly plan: RunPlan
  /** Every key of the run begins with it and a colon: what `redis-test cleanup` removes after a `kill -9`. */
  readonly key_prefix: string
  /** Absent when values are not verified. */
  readonly verification?: VerificationScope | undefined
  /** Absent in journals of older versions. */
  readonly calibration?: Calibration | null
}

/** Every kind of line in a journal. Intervals hold differences; all the others hold what they say. */
export type JournalEntry =
  | JournalHeader
  | ({
      readonly type: 'interval'
      readonly phase: 'warmup' | 'measure'
      /** Half a second: what follows belongs to the same interval of the result. */
      readonly part?: true
      /** A stage of the load begins here, or the last one is over. */
      readonly boundary?: true
    } & EncodedInterval)
  | { readonly type: 'measure'; readonly at_ms: number; readonly cpu_micros: number }
  | ({ readonly type: 'outage' } & Outage)
  | ({ readonly type: 'shard_outage' } & ShardOutage)
  | ({ readonly type: 'maintenance' } & MaintenanceNotice)
  | ({ readonly type: 'maintenance_loss' } & MaintenanceLoss)
  | { readonly type: 'maintenance_refused'; readonly message: string }
  /** It acts, and lasts; or it is over. The later line of a fault counts. */
  | ({ readonly type: 'fault' } & FaultResult)
  | ({ readonly type: 'finding' } & Finding)
  /** About a second of them, or those before an event: what is told in this order gives the same disturbances. */
  | { readonly type: 'pulses'; readonly pulses: readonly EncodedPulse[] }
  /** All that is known of audit writes so far: the last one counts. */
  | ({ readonly type: 'acked_writes' } & AckedWritesRecord)
  /** Before it holds. */
  | ({ readonly type: 'adjustment' } & Adjustment)
  | ({ readonly type: 'servers' } & ServerNews)
  /** It is among the slowest so far. */
  | ({ readonly type: 'slowest' } & SlowestCommand)
  /** Before it acts: what would take it back. */
  | ({ readonly type: 'fault_planned' } & PlannedFault)
  | ({ readonly type: 'end' } & RunEnd)
