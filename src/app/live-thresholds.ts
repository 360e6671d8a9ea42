import type { RunPlan } from '../model/plan.ts'
import type { ThresholdSoFar } from '../model/run-view.ts'
import type { ServerGuards } from '../model/server-guards.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { parseThreshold, type Threshold } from '../model/threshold.ts'
import { numbersSoFar } from './numbers-so-far.ts'
import { numbersOfPhase, type PhaseNumbers } from '../model/threshold-numbers.ts'
import { judgeThreshold } from '../reports/judge-threshold.ts'

/** The thresholds of a plan on what there is so far. */
export class LiveThresholds {
  readonly #isOpenLoop: boolean
  readonly #thresholds: readonly { readonly expression: string; readonly threshold: Threshold }[]

  constructor({ thresholds, load }: Pick<RunPlan, 'thresholds' | 'load'>) {
    this.#isOpenLoop = load.model === 'open'
    this.#thresholds = thresholds.flatMap(({ expression }) => {
      const parsed = parseThreshold(expression)
      return 'error' in parsed ? [] : [{ expression, threshold: parsed.threshold }]
    })
  }

  get areThere(): boolean {
    return this.#thresholds.length > 0
  }

  /** Before there is anything to judge. */
  get unknown(): ThresholdSoFar[] {
    return this.#thresholds.map(({ expression, threshold: { unit } }) => ({
      expression,
      unit,
      actual: null,
      isMet: null,
    }))
  }

  /** `phases`: those that have begun. */
  judge(
    total: Snapshot,
    elapsedMillis: number,
    phases: readonly PhaseNumbers[],
    servers: ServerGuards | null = null,
  ): ThresholdSoFar[] {
    const whole = numbersSoFar(total, elapsedMillis, this.#isOpenLoop, servers)
    return this.#thresholds.map(({ expression, threshold }): ThresholdSoFar => {
      const { phase, unit } = threshold
      const numbers = phase === null ? whole : numbersOfPhase(whole, phases, phase)
      const { actual, ok } = numbers === undefined ? NOTHING : judgeThreshold(threshold, numbers)
      return { expression, unit, actual, isMet: actual === null ? null : ok }
    })
  }
}

const NOTHING = { actual: null, ok: false } as const
