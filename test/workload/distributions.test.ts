import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createIndexedRandom } from '../../src/model/random.ts'
import { KEY_DISTRIBUTIONS } from '../../src/model/plan.ts'
import { distributions, type KeyDraw } from '../../src/workload/distributions.ts'
import { createDraw, type Draw } from '../../src/workload/draw.ts'
import { planOf } from '../support/plan.ts'

const drawOf = (seed: number): Draw => {
  const random = createIndexedRandom(seed)
  random.seek(0)
  return createDraw(random)
}
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
    const draw = distributions.uniform(spec({ count }), drawOf(11), false)
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
    const draw = distributions.zipfian(spec({ count, zipf_exponent }), drawOf(12), false)
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
    const draw = distributions.gaussian(spec({ count, gaussian_deviation }), drawOf(13), false)
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
    const draw = distributions.hotspot(spec({ count, hot_keys, hot_share }), drawOf(14), false)
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
            const draw = distributions[distribution](spec({ count, zipf_exponent }), drawOf(seed), false)
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
  it('goes on from where its operation is, round and round', () => {
    const draw = drawOf(1)
    draw.sequence = 98
    const next = distributions.sequential(spec({ count: 100 }), draw, false)
    expect([next(), next(), next(), next()]).toEqual([98, 99, 0, 1])
  })
})

describe('latest', () => {
  const count = 1000

  it('writes one key after the other', () => {
    const draw = drawOf(1)
    draw.sequence = 5
    const next = distributions.latest(spec({ count }), draw, true)
    expect([next(), next()]).toEqual([5, 6])
  })

  it('reads the newest keys most, as far back as Zipf says', () => {
    const draw = drawOf(15)
    draw.written = 2 * count + 300
    const theory = normalized(range(count).map((index) => (((300 - 1 - index + count) % count) + 1) ** -0.99))
    expect(deviations(distributions.latest(spec({ count }), draw, false), theory)).toBeLessThan(4)
  })

  it('reads only what was written or preloaded', () => {
    const draw = drawOf(16)
    draw.written = 3
    const next = distributions.latest(spec({ count, preload: 0 }), draw, false)
    expect(new Set(range(1000).map(() => next()))).toEqual(new Set([0, 1, 2]))
    draw.written = 0
    expect(next()).toBe(0)
    const preloaded = distributions.latest(spec({ count, preload: 0.5 }), draw, false)
    expect(Math.max(...range(1000).map(() => preloaded()))).toBe(499)
  })
})
