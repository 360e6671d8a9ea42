import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/model/random.ts'
import { blockLength, drawBlocks } from '../../../src/reports/compare/statistics/blocks.ts'
import { autocorrelationOf, varianceOf } from '../../../src/reports/compare/statistics/moments.ts'
import { rotationP } from '../../../src/reports/compare/statistics/rotation.ts'
import { criticalT, twoSidedP } from '../../../src/reports/compare/statistics/student.ts'
import { isFirstApart, lineOf, steadyFrom, trendOf } from '../../../src/reports/compare/statistics/trend.ts'
import { boundsOf, pValueOf, welch } from '../../../src/reports/compare/statistics/welch.ts'

describe('distribution of Student', () => {
  // Values of printed tables.
  it.each([
    [0.05, 1, 12.706],
    [0.05, 4, 2.776],
    [0.01, 8, 3.355],
    [0.05, 30, 2.042],
    [0.05, 1e6, 1.96],
    [0.001, 10, 4.587],
  ])('has its critical value at %d with %d degrees', (p, degrees, t) => {
    expect(criticalT(p, degrees)).toBeCloseTo(t, 3)
    expect(twoSidedP(t, degrees)).toBeCloseTo(p, 4)
  })

  it('is even, and 1 in the middle', () => {
    expect(twoSidedP(0, 5)).toBe(1)
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 40, noNaN: true }),
        fc.double({ min: 1, max: 200, noNaN: true }),
        (t, degrees) => {
          expect(twoSidedP(-t, degrees)).toBe(twoSidedP(t, degrees))
          expect(twoSidedP(t + 0.1, degrees)).toBeLessThan(twoSidedP(t, degrees))
        },
      ),
    )
  })
})

describe('a difference of means', () => {
  it('is judged as Welch does', () => {
    // By hand: means 4 and 2.5, s² 5/3 and 5/3, v = 5/12 each.
    const estimate = welch([1, 2, 3, 4], [2.5, 3.5, 4.5, 5.5])!
    expect(estimate.difference).toBeCloseTo(1.5, 12)
    expect(estimate.standardError).toBeCloseTo(Math.sqrt(10 / 12), 12)
    expect(estimate.degrees).toBeCloseTo(6, 12)
    expect(pValueOf(estimate)).toBeCloseTo(0.1515, 3)
    const [low, high] = boundsOf(estimate, 0.95)
    expect([low, high]).toEqual([
      expect.closeTo(1.5 - 2.447 * 0.9129, 3),
      expect.closeTo(1.5 + 2.447 * 0.9129, 3),
    ])
  })

  it('takes the spread of a side with one value from the other, and cannot judge one against one', () => {
    const estimate = welch([1, 2, 3, 4], [9])!
    expect(estimate).toEqual({
      difference: 6.5,
      standardError: expect.closeTo(Math.sqrt((5 / 3) * 1.25), 12) as number,
      degrees: 3,
    })
    expect(welch([1], [2])).toBeUndefined()
  })

  it('does not take rounding for certainty', () => {
    expect(pValueOf(welch([1, 1, 1], [1.001, 1.001, 1.001])!)).toBe(0)
    expect(pValueOf(welch([1, 1, 1], [1.001, 1.001, 1.001], 0.01)!)).toBeGreaterThan(0.9)
  })
})

describe('many tests at once', () => {
  it('agree with Student for one metric, whatever its scale', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 6, maxLength: 6 }), (values) => {
        fc.pre(varianceOf(values) > 0)
        const [p] = rotationP([values], 3, [0], createRandom(1))
        const estimate = welch(values.slice(0, 3), values.slice(3))!
        const pooled = twoSidedP(estimate.difference / estimate.standardError, 4)
        expect(Math.abs(p! - pooled)).toBeLessThan(0.035)
      }),
      { numRuns: 25 },
    )
  })

  it('are never sure: what was not drawn may still come by chance', () => {
    const [p] = rotationP([[1, 1.001, 0.999, 9, 9.001, 8.999]], 3, [0], createRandom(1))
    expect(p).toBeGreaterThan(0)
    expect(p).toBeLessThan(0.001)
  })

  it('cost nothing when all say the same, and are corrected when they do not', () => {
    const values = [1, 2, 3, 3, 4, 5]
    const random = createRandom(5)
    const [alone] = rotationP([values], 3, [0], createRandom(5))
    const same = rotationP([values, values.map((value) => 10 * value), values], 3, [0, 0, 0], createRandom(5))
    same.forEach((p) => expect(p).toBeCloseTo(alone!, 6))
    const noise = Array.from({ length: 9 }, () => values.map(() => random.next()))
    expect(
      rotationP(
        [values, ...noise],
        3,
        Array.from({ length: 10 }, () => 0),
        createRandom(5),
      )[0],
    ).toBeGreaterThan(2 * alone!)
  })
})

describe('blocks of neighbours', () => {
  it('are the longer the more a series has to do with itself, and a quarter of it at most', () => {
    const random = createRandom(3)
    const noise = Array.from({ length: 200 }, () => random.next())
    let level = 0
    const slow = noise.map((value) => (level = 0.9 * level + value))
    expect(blockLength(noise)).toBeLessThan(10)
    expect(blockLength(slow)).toBeGreaterThan(20)
    expect(blockLength(slow.slice(0, 20))).toBe(5)
    expect(autocorrelationOf(slow)).toBeGreaterThan(0.8)
    expect(autocorrelationOf([1, 1, 1])).toBe(0)
  })

  it('hold as many as the series', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 100 }),
        fc.nat(),
        (count, length, seed) => {
          const blocks = drawBlocks(count, Math.min(count, length), createRandom(seed))
          expect(blocks.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(count)
          for (const { start, end } of blocks) {
            expect(start).toBeGreaterThanOrEqual(0)
            expect(end).toBeLessThanOrEqual(count)
          }
        },
      ),
    )
  })
})

describe('trends', () => {
  const noise = (seed: number, count: number): number[] => {
    const random = createRandom(seed)
    return Array.from({ length: count }, () => random.next() - 0.5)
  }

  it('are found in what rises, and not in what does not', () => {
    const rising = trendOf(noise(1, 60).map((value, at) => value + at / 20))
    expect(rising.pValue).toBeLessThan(1e-6)
    expect(rising.change).toBeCloseTo(59 / 20, 0)
    expect(trendOf(noise(2, 60)).pValue).toBeGreaterThan(0.05)
    expect(trendOf([1, 2, 3]).pValue).toBe(1)
  })

  it('are not seen where neighbours are merely alike', () => {
    const found = Array.from({ length: 40 }, (_, seed) => {
      let level = 0
      return trendOf(noise(100 + seed, 80).map((value) => (level = 0.7 * level + value)))
    })
    expect(found.filter(({ pValue }) => pValue < 0.01).length).toBeLessThanOrEqual(4)
  })

  it('of a few runs are those of a line', () => {
    const { change, pValue } = lineOf([1, 2.1, 2.9, 4.05, 5])
    expect(change).toBeCloseTo(3.98, 2)
    expect(pValue).toBeLessThan(0.001)
    expect(lineOf([1, 1, 1, 1]).pValue).toBe(1)
    expect(lineOf([3, 1, 4, 1, 5]).pValue).toBeGreaterThan(0.3)
  })

  it('let a first run be as far from the others as one more of them would be', () => {
    // Mean 1.0125, deviation 0.0854: 5.84 of them and √1.25 for one more value are 0.558.
    expect([1.56, 1.58].map((first) => isFirstApart([first, 1, 1.1, 0.9, 1.05]))).toEqual([false, true])
  })

  it('begin where the warm-up ends', () => {
    const series = noise(4, 100).map((value, at) => value + (at < 20 ? 10 : 0))
    expect(steadyFrom(series)).toBe(20)
    expect(steadyFrom(noise(4, 100).map((value) => value + 1))).toBeLessThan(50)
  })

  it('say of a first run that it stands apart', () => {
    expect(isFirstApart([9, 1, 1.1, 0.9, 1.05])).toBe(true)
    expect(isFirstApart([1.1, 1, 1.1, 0.9, 1.05])).toBe(false)
    expect(isFirstApart([9, 1, 1.1])).toBe(false)
  })
})
