import { LoadTime } from '../model/load-time.ts'
import type { LoadPlan } from '../model/plan.ts'
import { deriveSeed } from '../model/random.ts'
import type { ArrivalSchedule } from '../model/schedule.ts'
import { adjustedCurve } from './adjusted-curve.ts'
import { measuredCurve, warmupCurve } from './rate-curve.ts'
import { schedules } from './registry.ts'
import type { ScheduleSpec } from './spec.ts'

/** Which of the arrivals a load thread takes. */
interface ScheduleShare extends Pick<ScheduleSpec, 'commandsPerUnit'> {
  /** From 0. */
  readonly thread: number
  readonly threads: number
  /** How the measured time may be adjusted while it goes on. */
  readonly time?: LoadTime
}

/**
 * When the units of one load thread are due, from the start of the run. Every thread goes through the arrivals of the
 * whole run, which costs tens of nanoseconds for each, and thread i of n takes the arrivals k with k mod n = i: so the threads
 * together keep exactly the schedule of one, whatever its shape.
 */
export function buildSchedule(
  load: LoadPlan,
  { commandsPerUnit, thread, threads, time = new LoadTime() }: ScheduleShare,
): ArrivalSchedule {
  const whole = scheduleOfRun(load, commandsPerUnit, time)
  let following = thread + 1
  return {
    next() {
      for (; following > 1; following--) whole.next()
      following = threads
      return whole.next()
    },
    again: () => whole.again(),
  }
}

/**
 * The warm-up by itself, then the measured time, whose arrivals are due from its own beginning, so that they do not
 * depend on the length of the warm-up.
 */
function scheduleOfRun(load: LoadPlan, commandsPerUnit: number, time: LoadTime): ArrivalSchedule {
  const create = schedules[load.arrivals]
  const warmup = create({ commandsPerUnit, curve: warmupCurve(load), seed: deriveSeed(load.seed, 0) })
  const curve = adjustedCurve(measuredCurve(load), time)
  const measured = create({ commandsPerUnit, curve, seed: deriveSeed(load.seed, 1) })
  let isWarmup = load.warmup_ms > 0
  return {
    next() {
      if (isWarmup) {
        const due = warmup.next()
        if (due < load.warmup_ms) return due
        isWarmup = false
        const first = measured.next()
        return load.warmup_ms + (time.stretches.length > 1 ? measured.again() : first)
      }
      return load.warmup_ms + measured.next()
    },
    // The warm-up is not adjusted.
    again: () => (isWarmup ? warmup.again() : load.warmup_ms + measured.again()),
  }
}
