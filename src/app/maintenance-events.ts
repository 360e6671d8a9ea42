import type { MaintenanceNews } from '../model/maintenance.ts'
import type { RunStage } from './prepare-run.ts'
import type { Recorder } from './recorder.ts'

/** Keeps, and says once, what servers announce, however many connections they tell. */
export function followMaintenance(
  { events, log, surfaces }: Pick<RunStage, 'events' | 'log' | 'surfaces'>,
  recorder: Recorder,
): void {
  events.onMaintenance = ({ notices, losses, refusal }: MaintenanceNews) => {
    if (refusal !== null && recorder.maintenanceRefused(refusal))
      log.warn({ reason: refusal }, 'the server announces no maintenance')
    for (const notice of notices) {
      if (!recorder.maintenanceNotice(notice)) continue
      const { notification, sequence, server, time_ms, endpoint, subject } = notice
      log.info({ notification, sequence, server, time_ms, endpoint, subject }, 'maintenance announced')
      surfaces.spans?.maintenance(notice)
    }
    for (const loss of losses) recorder.maintenanceLoss(loss)
  }
}
