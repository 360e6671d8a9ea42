import type { FaultPlan } from '../model/fault-plan.ts'
import { createRandom, deriveSeed, type Random } from '../model/random.ts'

export interface FaultTimelineParts {
  readonly seed: number
  /** Milliseconds since the epoch; the measured phase, in which all waves begin. The end may be infinite. */
  readonly beginMillis: number
  readonly endMillis: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Causes one. The randomness is its own: what one wave draws moves no other. */
  readonly inject: (plan: FaultPlan, plannedAtMillis: number, random: Random) => void
}

/**
 * The planned instants of a fault's waves, milliseconds after the measured phase began, ascending as long as the jitter
 * is less than half the period. The same seed gives the same instants.
 */
export function* waveInstants(plan: FaultPlan, random: Random): Generator<number> {
  for (let wave = 0; ; wave++) {
    const middle = plan.at_ms + wave * (plan.every_ms ?? 0)
    yield Math.max(0, middle + (random.next() * 2 - 1) * plan.jitter_ms)
    if (plan.every_ms === null) return
  }
}

/** Milliseconds; Node fires a longer timer at once. */
const LONGEST_TIMER = 2 ** 31 - 1
const FIRST_SEQUENCE = 100

/** Starts the timeline of all faults. Returns a function that ends it; a fault that is at work is not interrupted. */
export function startFaultTimeline(plans: readonly FaultPlan[], parts: FaultTimelineParts): () => void {
  const timers = new Map<number, NodeJS.Timeout>()
  for (const [index, plan] of plans.entries()) {
    const instants = waveInstants(plan, createRandom(deriveSeed(parts.seed, FIRST_SEQUENCE + index)))
    let wave = 0
    const scheduleNext = (): void => {
      const next = instants.next()
      if (next.done === true) return
      const plannedAt = parts.beginMillis + next.value
      if (plannedAt >= parts.endMillis) return
      const random = createRandom(deriveSeed(parts.seed, FIRST_SEQUENCE + index, wave++))
      const run = (): void => {
        scheduleNext()
        parts.inject(plan, plannedAt, random)
      }
      const wait = (): void => {
        const left = plannedAt - parts.now()
        timers.set(index, left > LONGEST_TIMER ? setTimeout(wait, LONGEST_TIMER) : setTimeout(run, left))
      }
      wait()
    }
    scheduleNext()
  }
  return () => {
    for (const timer of timers.values()) clearTimeout(timer)
  }
}
