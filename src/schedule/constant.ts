import type { ArrivalSchedule } from '../model/schedule.ts'
import type { ScheduleSpec } from './spec.ts'

/**
 * Arrival k of the whole run is due at k / rate. Thread i of n takes the arrivals k with k mod n = i, so that the
 * threads together keep exactly the schedule of one. Divided for each, not accumulated, and not multiplied with a
 * rounded period: with 19 arrivals a second, the twentieth would be due a hair before the second is over.
 */
export function constant(spec: ScheduleSpec): ArrivalSchedule {
  let index = spec.thread
  return {
    next() {
      const due = (index * 1000) / spec.unitsPerSecond
      index += spec.threads
      return due
    },
  }
}
