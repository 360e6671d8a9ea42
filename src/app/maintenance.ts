import type { MaintenanceGuard } from '../model/call.ts'
import type { LedgerWriter } from '../model/ledger.ts'
import type { RunPlan } from '../model/plan.ts'
import type { ThreadData } from '../model/thread-message.ts'
import { MaintenanceTally } from '../redis/maintenance-tally.ts'
import { MaintenanceWatches } from '../redis/maintenance-watch.ts'
import type { LaneParts } from './load-lanes.ts'

/** `undefined` when the plan does not ask for notifications. */
export function watchMaintenance(
  { plan: { client } }: ThreadData,
  { clock, ledger, outbox, time }: Pick<LaneParts, 'clock' | 'ledger' | 'outbox' | 'time'>,
): MaintenanceWatches | undefined {
  if (client.maintenance_notifications === 'off') return undefined
  return new MaintenanceWatches({
    relaxedTimeoutMillis: client.maintenance_relaxed_timeout_ms,
    isRelaxing: client.maintenance_notifications === 'relax',
    endpointType: client.maintenance_endpoint_type,
    clock,
    ledger,
    listener: outbox,
    toEpochMillis: (at) => time.toEpochMillis(at),
  })
}

/** What the commands of a lane are given, and what is counted of them, while a maintenance is announced. */
export function guardMaintenance({ client, traces }: RunPlan, ledger: LedgerWriter): MaintenanceGuard {
  const isRelaxing = client.maintenance_notifications === 'relax'
  return new MaintenanceTally(ledger, {
    commandTimeoutMillis: client.command_timeout_ms,
    relaxedTimeoutMillis: isRelaxing ? client.maintenance_relaxed_timeout_ms : null,
    slowMillis: traces.slow_ms,
  })
}
