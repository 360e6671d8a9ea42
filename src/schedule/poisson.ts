import { createRandom, deriveSeed } from '../model/random.ts'
import type { ArrivalSchedule } from '../model/schedule.ts'
import type { ScheduleSpec } from './spec.ts'

/**
 * A Poisson process: exponential gaps, -ln(1 - u) / rate. Each of n threads runs an independent process of rate / n;
 * their superposition is a Poisson process of the whole rate.
 */
export function poisson(spec: ScheduleSpec): ArrivalSchedule {
  const random = createRandom(deriveSeed(spec.seed, spec.thread))
  const meanGapMillis = (1000 * spec.threads) / spec.unitsPerSecond
  let due = 0
  return {
    next() {
      due -= Math.log(1 - random.next()) * meanGapMillis
      return due
    },
  }
}
