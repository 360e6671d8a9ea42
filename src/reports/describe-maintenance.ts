import { type MaintenanceResult, type Notification, NOTIFICATIONS } from '../model/maintenance.ts'
import { ERROR_TYPES } from '../model/outcome.ts'
import type { RunRecord } from '../model/run-record.ts'
import { summarizeLatency } from './summarize-latency.ts'

/** What servers announced, and what became of the load meanwhile; `null` when they were not asked. */
export function describeMaintenance({ plan, total, maintenance }: RunRecord): MaintenanceResult | null {
  // A journal of an older version says nothing about it.
  const { maintenance_notifications: mode } = plan.client as Partial<RunRecord['plan']['client']>
  if (mode === undefined || mode === 'off') return null
  const { counters, histograms } = total
  const errors = ERROR_TYPES.flatMap((errorType) => {
    const count = errorType === 'none' ? 0 : counters[`maintenance_${errorType}`]
    return count === 0 ? [] : [{ error_type: errorType, count }]
  })
  return {
    mode,
    accepted: counters.maintenance_accepted,
    refused: counters.maintenance_refused,
    refusal: maintenance?.refusal ?? null,
    notifications: Object.fromEntries(
      NOTIFICATIONS.map((name) => [name, counters[`maintenance_${name}`]]),
    ) as Record<Notification, number>,
    duplicates: counters.maintenance_duplicates,
    malformed: counters.maintenance_malformed,
    irregular: counters.maintenance_irregular,
    unknown_pushes: counters.pushes_unknown,
    announcements: maintenance?.announcements ?? [],
    announcements_left_out: maintenance?.leftOut ?? 0,
    commands: {
      ok: counters.maintenance_ok,
      failed: counters.maintenance_failed,
      indeterminate: counters.maintenance_indeterminate,
      errors,
      slow: counters.maintenance_slow,
      rescued: counters.maintenance_rescued,
      service: summarizeLatency(histograms.maintenance_service),
    },
  }
}
