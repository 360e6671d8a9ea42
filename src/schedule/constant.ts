import type { ArrivalSchedule } from '../model/schedule.ts'
import type { ScheduleSpec } from './spec.ts'

/** Arrival k is due where the integral of the rate reaches k: at a constant rate, at k / rate. */
export function constant({ curve, commandsPerUnit }: ScheduleSpec): ArrivalSchedule {
  let dueAfter = curve.follow()
  let index = 0
  return {
    next: () => dueAfter(index++ * commandsPerUnit),
    again() {
      dueAfter = curve.followAdjusted?.() ?? dueAfter
      return dueAfter((index - 1) * commandsPerUnit)
    },
  }
}
