import { createRandom } from '../model/random.ts'
import type { ArrivalSchedule } from '../model/schedule.ts'
import type { ScheduleSpec } from './spec.ts'

/**
 * A Poisson process whose rate follows the curve: arrivals of rate 1, whose gaps are exponential, -ln(1 - u), each put
 * where the integral of the rate has come to its time.
 */
export function poisson({ curve, commandsPerUnit, seed }: ScheduleSpec): ArrivalSchedule {
  const random = createRandom(seed)
  let dueAfter = curve.follow()
  let passed = 0
  return {
    next() {
      passed -= Math.log(1 - random.next())
      return dueAfter(passed * commandsPerUnit)
    },
    again() {
      dueAfter = curve.followAdjusted?.() ?? dueAfter
      return dueAfter(passed * commandsPerUnit)
    },
  }
}
