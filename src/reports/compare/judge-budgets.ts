import type { Budget } from '../../model/budget.ts'
import type { BudgetResult, Difference } from '../../model/comparison.ts'
import { criticalT } from './statistics/student.ts'
import type { Judged } from './judged.ts'
import { NO_SUCCESS } from './metrics.ts'
import { formatChange, formatInUnit } from './format-change.ts'

/** A difference with what it was judged by; nothing when it could not be. */
export interface JudgedDifference {
  readonly difference: Difference
  readonly judged: Judged | undefined
}

export interface BudgetOptions {
  readonly confidence: number
  /** How many budgets are judged, over all candidates. */
  readonly count: number
  /** The estimate decides, however sure it is. */
  readonly isStrict: boolean
}

/**
 * Whether a candidate keeps a budget. It is exceeded when all of the confidence interval lies beyond the limit, and kept when none does; the
 * interval is the wider the more budgets there are (Bonferroni), so that one in twenty comparisons fails by chance at most.
 */
export function judgeBudget(
  budget: Budget,
  candidate: string,
  found: JudgedDifference | undefined,
  options: BudgetOptions,
): BudgetResult {
  const { expression } = budget
  const { baseline, change } = found?.difference ?? { baseline: null, change: null }
  if (found === undefined || baseline === null || change === null || found.difference.note === NO_SUCCESS) {
    const detail = found?.difference.note ?? 'there is no such operation on both sides'
    return { expression, candidate, verdict: 'no_data', detail, fails: true }
  }
  const scale = scaleOf(budget, found.difference.unit, baseline)
  const bounds = boundsOf(found, 1 - (1 - options.confidence) / options.count)
  const verdict = verdictOf((bounds ?? []).map(scale.isBeyond))
  const fails = verdict === 'exceeded' || (options.isStrict && scale.isBeyond(change))
  const range = bounds === undefined ? '' : ` (${scale.write(bounds[0])} … ${scale.write(bounds[1])})`
  const why = verdict === 'unclear' ? whyUnclear(found) : ''
  return { expression, candidate, verdict, detail: `${scale.write(change)}${range}${why}`, fails }
}

function whyUnclear({ judged, difference }: JudgedDifference): string {
  return judged === undefined
    ? `: ${difference.note ?? 'how sure that is cannot be told'}`
    : ': the interval holds both, so more runs are needed to tell'
}

/** `beyond`: whether each of the two bounds is. */
function verdictOf([low, high]: readonly boolean[]): 'exceeded' | 'unclear' | 'kept' {
  if (low === undefined || low !== high) return 'unclear'
  return low ? 'exceeded' : 'kept'
}

/** What a change is compared with, and how it is written: an absolute limit is one on the ratio, the baseline taken as it is. */
function scaleOf(
  { comparison, limit, isRelative }: Budget,
  unit: Difference['unit'],
  baseline: number,
): { readonly isBeyond: (change: number) => boolean; readonly write: (change: number) => string } {
  const isPlain = isRelative || unit === 'share'
  const factor = isPlain ? 1 : baseline
  return {
    isBeyond: (change) => (comparison === '>' ? change * factor > limit : change * factor < limit),
    write: (change) => (isPlain ? formatChange(change, unit) : formatInUnit(change * factor, unit, true)),
  }
}

/** As shares of the baseline, or differences of shares. */
function boundsOf(
  { difference: { unit }, judged }: JudgedDifference,
  confidence: number,
): [number, number] | undefined {
  if (judged === undefined) return undefined
  const reach = criticalT(1 - confidence, judged.degrees) * judged.standardError
  const toChange = (value: number): number => (unit === 'share' ? value : Math.expm1(value))
  return [toChange(judged.difference - reach), toChange(judged.difference + reach)]
}
