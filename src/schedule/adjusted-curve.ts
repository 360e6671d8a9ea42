import type { LoadTime } from '../model/load-time.ts'
import type { RateCurve } from './rate-curve.ts'

/**
 * The curve of a plan as it is followed by a load that may be adjusted: rate(t) = factor · planned rate(t + skipped) in
 * each stretch of `time`, which may grow. A pause has no arrivals, and none of them come later.
 */
export function adjustedCurve(plan: RateCurve, time: LoadTime): Required<RateCurve> {
  return {
    rateAt(millis) {
      const { factor, skippedMillis } = time.at(millis)
      return factor === 0 ? 0 : factor * plan.rateAt(millis + skippedMillis)
    },
    commandsBefore(millis) {
      let sum = 0
      for (const [index, { atMillis, factor, skippedMillis }] of time.stretches.entries()) {
        const from = Math.max(0, atMillis)
        const until = Math.min(millis, time.stretches[index + 1]?.atMillis ?? Number.POSITIVE_INFINITY)
        if (factor > 0 && until > from)
          sum +=
            factor * (plan.commandsBefore(until + skippedMillis) - plan.commandsBefore(from + skippedMillis))
      }
      return sum
    },
    // As long as nobody adjusts anything, that costs nothing.
    follow: () => plan.follow(),
    followAdjusted: () => follower(plan, time),
  }
}

/**
 * The first command that is not due before the next stretch begins, and all after it, are due as that stretch has it: also
 * one that was asked for before there was such a stretch, when it is asked for again.
 */
function follower(plan: RateCurve, time: LoadTime): (commands: number) => number {
  const { stretches } = time
  let dueByPlan = plan.follow()
  let index = 0
  let { atMillis, factor, skippedMillis } = { atMillis: 0, factor: 1, skippedMillis: 0 }
  // Commands before the stretch: as they were sent, and as the plan has them.
  let sentBefore = 0
  let plannedBefore = 0
  const enter = (): void => {
    index++
    const next = stretches[index]!
    if (factor > 0)
      sentBefore += factor * (plan.commandsBefore(next.atMillis + skippedMillis) - plannedBefore)
    ;({ atMillis, factor, skippedMillis } = next)
    plannedBefore = plan.commandsBefore(atMillis + skippedMillis)
    dueByPlan = plan.follow()
  }
  const dueNow = (commands: number): number =>
    factor === 0
      ? Number.POSITIVE_INFINITY
      : Math.max(atMillis, dueByPlan(plannedBefore + (commands - sentBefore) / factor) - skippedMillis)
  return (commands) => {
    let due = index === 0 ? dueByPlan(commands) : dueNow(commands)
    while (index < stretches.length - 1 && due >= stretches[index + 1]!.atMillis) {
      enter()
      due = dueNow(commands)
    }
    return due
  }
}
