import { followMaintenance } from './maintenance-events.ts'
import type { RunStage } from './prepare-run.ts'
import type { Recorder } from './recorder.ts'

/** From now on the recorder hears of everything that happens between two snapshots. */
export function recordEvents(stage: RunStage, recorder: Recorder): void {
  const { events, acked, log } = stage
  events.onOutage = (outage) => recorder.outage(outage)
  events.onShardOutage = (outage) => recorder.shardOutage(outage)
  followMaintenance(stage, recorder)
  if (acked !== undefined) acked.events.onRead = (record) => recorder.ackedWrites(record)
  events.onFinding = (finding) => {
    if (recorder.finding(finding)) log.warn({ ...finding }, 'a read went wrong')
  }
}
