import { rateCurve } from '../../src/schedule/rate-curve.ts'
import { schedules } from '../../src/schedule/registry.ts'
import type { ScheduleSpec } from '../../src/schedule/spec.ts'
import type { ArrivalSchedule } from '../../src/model/schedule.ts'

/** So many units a second, for ever. */
export function constantSpec(unitsPerSecond: number, seed = 1): ScheduleSpec {
  const curve = rateCurve([
    { durationMillis: Number.POSITIVE_INFINITY, from: unitsPerSecond, to: unitsPerSecond },
  ])
  return { curve, commandsPerUnit: 1, seed }
}

export function constantSchedule(unitsPerSecond: number): ArrivalSchedule {
  return schedules.constant(constantSpec(unitsPerSecond))
}
