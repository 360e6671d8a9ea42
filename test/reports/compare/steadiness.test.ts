import { expect, it } from 'vitest'
import { createRandom } from '../../../src/model/random.ts'
import type { RunSample } from '../../../src/reports/compare/run-sample.ts'
import { steadinessOf } from '../../../src/reports/compare/steadiness.ts'
import { simulateRun, USUAL } from '../../support/simulated-runs.ts'

const QUIET = { ...USUAL, seconds: 60, opsPerSecond: 100, stalls: 0, secondSpread: 0.005 }

it('finds nothing in a run that is steady', () => {
  expect(steadinessOf(simulateRun(QUIET, createRandom(1)))).toEqual({ warmUp: null, drift: null })
})

it('tells a warm-up from a drift: what is steady after it does not drift', () => {
  const random = createRandom(2)
  const part = (seconds: number, factor: number): RunSample =>
    simulateRun({ ...QUIET, seconds, runSpread: 0 }, random, factor)
  const head = Array.from({ length: 10 }, (_, at) => part(5, 1.5 - at / 20))
  const steady = part(100, 1)
  const cold = { ...steady, intervals: [...head, steady].flatMap(({ intervals }) => intervals) }
  const { warmUp, drift } = steadinessOf(cold)
  expect(warmUp!.seconds).toBeGreaterThanOrEqual(45)
  expect(warmUp!.seconds).toBeLessThanOrEqual(55)
  expect(warmUp!.change).toBeGreaterThan(0.2)
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
