import { expect, it } from 'vitest'
import { createRandom } from '../../../src/model/random.ts'
import { steadinessOf } from '../../../src/reports/compare/steadiness.ts'
import { simulateRun, USUAL } from '../../support/simulated-runs.ts'

const QUIET = { ...USUAL, seconds: 60, opsPerSecond: 100, stalls: 0, secondSpread: 0.005 }

it('finds nothing in a run that is steady', () => {
  expect(steadinessOf(simulateRun(QUIET, createRandom(1)))).toEqual({ warmUp: null, drift: null })
})

it('tells a warm-up from a drift: what is steady after it does not drift', () => {
  const random = createRandom(2)
  const steady = simulateRun(QUIET, random)
  const head = simulateRun({ ...QUIET, seconds: 10 }, random, 1.5)
  const cold = { ...steady, intervals: [...head.intervals, ...steady.intervals.slice(10)] }
  const { warmUp, drift } = steadinessOf(cold)
  expect(warmUp).toMatchObject({ seconds: 10 })
  expect(warmUp!.change).toBeGreaterThan(0.4)
  expect(drift).toBeNull()
})

it('finds how far a run drifts from its beginning to its end', () => {
  const random = createRandom(3)
  const parts = Array.from({ length: 12 }, (_, at) =>
    simulateRun({ ...QUIET, seconds: 5 }, random, 1 + at / 40),
  )
  const rising = { ...parts[0]!, intervals: parts.flatMap(({ intervals }) => intervals) }
  const { drift } = steadinessOf(rising)
  expect(drift!.change).toBeGreaterThan(0.1)
  expect(drift!.change).toBeLessThan(0.35)
})
