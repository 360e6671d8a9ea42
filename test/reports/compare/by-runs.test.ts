import { expect, it } from 'vitest'
import { createRandom } from '../../../src/model/random.ts'
import { judgeByIntervals } from '../../../src/reports/compare/by-intervals.ts'
import { judgeByRuns } from '../../../src/reports/compare/by-runs.ts'
import type { Judged } from '../../../src/reports/compare/judged.ts'
import type { MetricKey } from '../../../src/reports/compare/metrics.ts'
import { simulateRun, USUAL } from '../../support/simulated-runs.ts'

const SMALL = { ...USUAL, seconds: 20, opsPerSecond: 100 }
const KEYS: readonly MetricKey[] = (['p50', 'p90', 'mean'] as const).map((metric) => ({
  metric,
  operation: null,
}))
const random = createRandom(31)
const [one, other] = [1, 1.2].map((factor) => [1, 2, 3].map(() => simulateRun(SMALL, random, factor)))

/** With more candidates to compare, a chance difference is likelier somewhere: by as many times. */
it.each<[string, (pairs: number) => readonly Judged[] | undefined]>([
  ['runs', (pairs) => judgeByRuns(one!, other!, KEYS, { confidence: 0.95, pairs })],
  [
    'seconds',
    (pairs) => judgeByIntervals(one![0]!, other![0]!, KEYS, { confidence: 0.95, pairs, runSpread: 0.0075 }),
  ],
])('what %s show is corrected for the number of pairs, and of metrics', (_, judge) => {
  const [alone, four] = [judge(1)!, judge(4)!]
  expect(alone.map(({ pAdjusted }) => pAdjusted > 0 && pAdjusted <= 1)).toEqual([true, true, true])
  four.forEach(({ pAdjusted, pValue, low, high }, at) => {
    expect(pAdjusted).toBeCloseTo(Math.min(1, 4 * alone[at]!.pAdjusted), 12)
    // What a single interval says does not depend on how many others there are.
    expect([pValue, low, high]).toEqual([alone[at]!.pValue, alone[at]!.low, alone[at]!.high])
  })
  expect(four.some(({ pAdjusted }) => pAdjusted < 1)).toBe(true)
})
