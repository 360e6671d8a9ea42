import { expect, it } from 'vitest'
import { parseBudget } from '../../../src/model/budget.ts'
import type { BudgetResult, Difference } from '../../../src/model/comparison.ts'
import { judgeBudget } from '../../../src/reports/compare/judge-budgets.ts'

/** 10 % more than 2 ms, with a standard error of 2 %: surely more than 5 % if nothing else was asked. */
const judged = {
  ...{ difference: Math.log(1.1), low: Number.NaN, high: Number.NaN },
  ...{ standardError: 0.02, degrees: 1e6, pValue: 0, pAdjusted: 0 },
}
const difference: Difference = {
  ...{ metric: 'p50', operation: null, unit: 'ms', note: null, verdict: 'higher' },
  ...{ baseline: 2, candidate: 2.2, change: 0.1, low: 0.06, high: 0.14, p_value: 0, p_adjusted: 0 },
}

function judge(text: string, options: { count?: number; isStrict?: boolean } = {}): BudgetResult {
  const read = parseBudget(text)
  if ('error' in read) throw new Error(read.error)
  const found = { difference, judged }
  return judgeBudget(read.budget, 'new', found, { confidence: 0.95, count: 1, isStrict: false, ...options })
}

it('asks for the more evidence the more budgets there are', () => {
  expect(judge('p50 > +5%')).toMatchObject({ verdict: 'exceeded', fails: true })
  expect(judge('p50 > +5%', { count: 10 })).toMatchObject({ verdict: 'unclear', fails: false })
  expect(judge('p50 > +5%').detail).toBe('+10.0 % (+5.8 % … +14.4 %)')
})

it('takes milliseconds of the baseline as it is', () => {
  expect(judge('p50 > +0.1ms')).toMatchObject({ verdict: 'exceeded', fails: true })
  expect(judge('p50 > +0.25ms')).toMatchObject({ verdict: 'unclear', fails: false })
  expect(judge('p50 > +0.3ms')).toMatchObject({ verdict: 'kept', fails: false })
  expect(judge('p50 < -0.1ms')).toMatchObject({ verdict: 'kept', fails: false })
})

it('goes by the estimate where it is strict, and by nothing else', () => {
  expect(judge('p50 > +9%', { isStrict: true })).toMatchObject({ verdict: 'unclear', fails: true })
  expect(judge('p50 > +11%', { isStrict: true })).toMatchObject({ verdict: 'unclear', fails: false })
})
