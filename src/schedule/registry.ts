import type { Arrivals } from '../model/plan.ts'
import type { ArrivalSchedule } from '../model/schedule.ts'
import { constant } from './constant.ts'
import { poisson } from './poisson.ts'
import type { ScheduleSpec } from './spec.ts'

/** Every arrival shape. Add one here. */
export const schedules = { constant, poisson } satisfies Record<
  Arrivals,
  (spec: ScheduleSpec) => ArrivalSchedule
>
