import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/model/random.ts'
import { KEY_DISTRIBUTIONS } from '../../src/model/plan.ts'
import { distributions, type KeyDraw, sequential } from '../../src/workload/distributions.ts'
import { planOf } from '../support/plan.ts'

const ALONE = { thread: 0, threads: 1 }
const spec = (change: object) => ({ ...planOf().plan.keys, ...change })

/**
 * Pearson's chi-square of draws against exact probabilities, neighbouring keys taken together until each cell expects
 * twenty draws; as a number of standard deviations (E. B. Wilson, M. M. Hilferty, 1931).
 */
function deviations(draw: KeyDraw, probabilities: readonly number[], draws = 400_000): number {
  const seen = new Float64Array(probabilities.length)
  for (let one = 0; one < draws; one++) seen[draw()]!++
  let [square, cells, expected, found] = [0, 0, 0, 0]
  const closeCell = (): void => {
    square += (found - expected) ** 2 / expected
    cells++
    expected = 0
    found = 0
  }
  for (const [index, probability] of probabilities.entries()) {
    expected += probability * draws
    found += seen[index]!
    if (expected >= 20) closeCell()
  }
  if (expected > 0) closeCell()
  const freedom = cells - 1
  const share = 2 / (9 * freedom)
  return (Math.cbrt(square / freedom) - (1 - share)) / Math.sqrt(share)
}

function normalized(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

/** The standard normal distribution function, by Simpson's rule from -9 on: to 10 digits. */
function normalTable(at: readonly number[]): number[] {
  const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)
  let [from, sum] = [-9, 0]
  return at.map((to) => {
    const steps = 64
    const width = (to - from) / steps
    let part = density(from) + density(to)
    for (let step = 1; step < steps; step++) part += (step % 2 === 0 ? 2 : 4) * density(from + step * width)
    sum += (part * width) / 3
    from = to
    return sum
  })
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

describe('distributions are exact', () => {
  it.each([1, 2, 50, 1000])('uniform over %d keys', (count) => {
    const draw = distributions.uniform(spec({ count }), createRandom(11), ALONE)
    if (count === 1) expect(draw()).toBe(0)
    else expect(deviations(draw, normalized(range(count).map(() => 1)))).toBeLessThan(4)
  })

  it.each([
    [1000, 0.5],
    [1000, 0.99],
    [1000, 1],
    [1000, 1.5],
    [10, 3],
    [100_000, 0.99],
  ])('zipfian over %d keys with exponent %d', (count, zipf_exponent) => {
    const draw = distributions.zipfian(spec({ count, zipf_exponent }), createRandom(12), ALONE)
    const theory = normalized(range(count).map((index) => (index + 1) ** -zipf_exponent))
    expect(deviations(draw, theory)).toBeLessThan(4)
    // The test can see a difference: of three hundredths in the exponent.
    expect(deviations(draw, normalized(theory.map((one) => one ** 1.03)))).toBeGreaterThan(4)
  })

  it.each([
    [1000, 0.1],
    [999, 0.02],
    [100, 0.6],
  ])('gaussian over %d keys with a deviation of %d', (count, gaussian_deviation) => {
    const draw = distributions.gaussian(spec({ count, gaussian_deviation }), createRandom(13), ALONE)
    const table = normalTable(
      range(count + 1).map((edge) => (edge - count / 2) / (count * gaussian_deviation)),
    )
    const theory = normalized(range(count).map((index) => table[index + 1]! - table[index]!))
    expect(deviations(draw, theory)).toBeLessThan(4)
  })

  it.each([
    [1000, 0.2, 0.8, 200],
    [10, 0.01, 0.5, 1],
    [10, 1, 0.3, 10],
  ])('hotspot over %d keys, of which a share of %d gets a share of %d', (count, hot_keys, hot_share, hot) => {
    const draw = distributions.hotspot(spec({ count, hot_keys, hot_share }), createRandom(14), ALONE)
    const theory = range(count).map((index) => {
      if (hot === count) return 1 / count
      return index < hot ? hot_share / hot : (1 - hot_share) / (count - hot)
    })
    expect(deviations(draw, theory)).toBeLessThan(4)
  })
})

describe('every distribution', () => {
  it.each(KEY_DISTRIBUTIONS)(
    '%s stays within the keys, and repeats itself with the same seed',
    (distribution) => {
      const counts = fc.integer({ min: 1, max: 1_000_000_000 })
      const exponents = fc.double({ min: 0.01, max: 10, noNaN: true })
      fc.assert(
        fc.property(counts, exponents, fc.integer(), (count, zipf_exponent, seed) => {
          const draws = (): number[] => {
            const draw = distributions[distribution](
              spec({ count, zipf_exponent }),
              createRandom(seed),
              ALONE,
            )
            return Array.from({ length: 20 }, () => draw())
          }
          const drawn = draws()
          expect(draws()).toEqual(drawn)
          expect(drawn.every((index) => Number.isInteger(index) && index >= 0 && index < count)).toBe(true)
        }),
        { numRuns: 200 },
      )
    },
  )
})

describe('sequential', () => {
  it('visits every key in turn, whatever the number of load threads', () => {
    const counts = fc.integer({ min: 1, max: 50 })
    const numbers = fc.integer({ min: 1, max: 8 })
    fc.assert(
      fc.property(counts, numbers, (count, threads) => {
        const draws = range(threads).map((thread) => sequential(count, { thread, threads }))
        const together = range(3 * count * threads).map((turn) => draws[turn % threads]!())
        expect(together).toEqual(range(3 * count * threads).map((turn) => turn % count))
      }),
    )
  })
})
