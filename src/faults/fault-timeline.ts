import type { FaultTarget } from '../model/fault.ts'
import type { FaultPlan } from '../model/plan.ts'
import { createRandom, deriveSeed, type Random } from '../model/random.ts'
import type { FaultResult } from '../model/result.ts'
import { faults } from './registry.ts'

export interface FaultTimelineParts {
  readonly target: FaultTarget
  readonly seed: number
  /** Milliseconds since the epoch; the measured phase, in which all waves fall. The end may be infinite. */
  readonly beginMillis: number
  readonly endMillis: number
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Before the fault acts. */
  readonly onPlanned: (plan: FaultPlan, plannedAtMillis: number) => void
  readonly onDone: (result: FaultResult) => void
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

/** Starts the timeline of all faults. Returns a function that ends it; a fault that is at work is not interrupted. */
export function startFaultTimeline(plans: readonly FaultPlan[], parts: FaultTimelineParts): () => void {
  const timers = new Map<number, NodeJS.Timeout>()
  for (const [index, plan] of plans.entries()) {
    const random = createRandom(deriveSeed(parts.seed, 100 + index))
    const instants = waveInstants(plan, random)
    const scheduleNext = (): void => {
      const next = instants.next()
      if (next.done === true) return
      const plannedAt = parts.beginMillis + next.value
      if (plannedAt >= parts.endMillis) return
      const run = (): void => {
        scheduleNext()
        void inject(plan, plannedAt, random, parts)
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

/** A fault that cannot be done is an entry in the result, not the end of the run. */
async function inject(
  plan: FaultPlan,
  plannedAt: number,
  random: Random,
  parts: FaultTimelineParts,
): Promise<void> {
  parts.onPlanned(plan, plannedAt)
  const at = parts.now()
  const result = { kind: plan.kind, at_ms: at, planned_at_ms: plannedAt }
  try {
    const connections = await faults[plan.kind](parts.target, plan, random)
    parts.onDone({ ...result, connections, error: null })
  } catch (error) {
    parts.onDone({ ...result, connections: 0, error: error instanceof Error ? error.message : String(error) })
  }
}
