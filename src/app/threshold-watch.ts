import type { RunPlan } from '../model/plan.ts'
import type { ServerGuards } from '../model/server-guards.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { parseThreshold, type Threshold } from '../model/threshold.ts'
import { numbersSoFar } from './numbers-so-far.ts'
import { numbersOfPhase, type PhaseNumbers } from '../model/threshold-numbers.ts'
import { canRecover, judgeThreshold } from '../reports/judge-threshold.ts'

/** A tick may come a little before its second. */
const TOLERANCE_MILLIS = 20

interface Watched {
  readonly expression: string
  readonly threshold: Threshold
  readonly afterMillis: number
}

/** A threshold that is not met, with the number in its unit. */
export interface MissedThreshold {
  readonly expression: string
  readonly actual: number | null
}

/**
 * The thresholds that may end a run, judged on the totals so far: of the measured time, or of the phase that they are
 * about, whose delay begins with it. Without data a threshold is neither met nor missed yet.
 */
export class ThresholdWatch {
  readonly #isOpenLoop: boolean
  readonly #watched: readonly Watched[]

  constructor({ thresholds, load }: Pick<RunPlan, 'thresholds' | 'load'>) {
    this.#isOpenLoop = load.model === 'open'
    this.#watched = thresholds.flatMap(({ expression, abort_on_fail, abort_after_ms }) => {
      const parsed = abort_on_fail ? parseThreshold(expression) : undefined
      if (parsed === undefined || 'error' in parsed) return []
      return [{ expression, threshold: parsed.threshold, afterMillis: abort_after_ms }]
    })
  }

  /** The first threshold that should end the run now. `phases`: those that have begun. */
  missed(
    total: Snapshot,
    elapsedMillis: number,
    phases: readonly PhaseNumbers[],
    servers: ServerGuards | null = null,
  ): MissedThreshold | undefined {
    if (this.#watched.length === 0) return undefined
    const whole = numbersSoFar(total, elapsedMillis, this.#isOpenLoop, servers)
    for (const { expression, threshold, afterMillis } of this.#watched) {
      const { phase } = threshold
      const numbers = phase === null ? whole : numbersOfPhase(whole, phases, phase)
      if (numbers === undefined || numbers.seconds * 1000 < afterMillis - TOLERANCE_MILLIS) continue
      const judgement = judgeThreshold(threshold, numbers)
      if (judgement.actual !== null && !judgement.ok && !canRecover(threshold, judgement))
        return { expression, actual: judgement.actual }
    }
    return undefined
  }
}
