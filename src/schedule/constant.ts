import type { ArrivalSchedule } from '../model/schedule.ts'
import type { ScheduleSpec } from './spec.ts'

/**
 * Arrival k of the whole run is due at k / rate. Thread i of n takes the arrivals k with k mod n = i, so that the
 * threads together keep exactly the schedule of one. Multiplied, not accumulated: no drift.
 */
export function constant(spec: ScheduleSpec): ArrivalSchedule {
  const periodMillis = 1000 / spec.unitsPerSecond
  let index = spec.thread
  return {
    next() {
      const due = index * periodMillis
      index += spec.threads
      return due
    },
  }
}
