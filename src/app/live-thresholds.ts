import type { RunPlan } from '../model/plan.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { parseThreshold, type Threshold } from '../model/threshold.ts'
import { numbersSoFar } from './numbers-so-far.ts'
import { numbersOfPhase, type PhaseNumbers } from '../model/threshold-numbers.ts'
import { judgeThreshold } from '../reports/judge-threshold.ts'
import type { ThresholdRow } from '../reports/live-view/live-state.ts'

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

  /** `phases`: those that have begun. */
  judge(total: Snapshot, elapsedMillis: number, phases: readonly PhaseNumbers[]): ThresholdRow[] {
    const whole = numbersSoFar(total, elapsedMillis, this.#isOpenLoop)
    return this.#thresholds.map(({ expression, threshold }): ThresholdRow => {
      const { phase } = threshold
      const numbers = phase === null ? whole : numbersOfPhase(whole, phases, phase)
      const { actual, ok } = numbers === undefined ? NOTHING : judgeThreshold(threshold, numbers)
      if (actual === null) return { expression, actual: '', state: 'open' }
      return { expression, actual: `${shortNumber(actual)}${threshold.unit}`, state: ok ? 'met' : 'missed' }
    })
  }
}

const NOTHING = { actual: null, ok: false } as const

/** Four significant digits. */
function shortNumber(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US')
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumSignificantDigits: 4 })
}
