import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EMPTY_HISTOGRAM, histogramOf } from '../../src/ledger/decimal-histogram.ts'
import { mergeHistograms } from '../../src/ledger/merge.ts'

const QUANTILES = [0, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 1]

/** Nearest rank: the smallest value with at least q·n values at or below it. */
function exactQuantile(sorted: readonly number[], q: number): number {
  return sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]!
}

const anyMicros = fc.double({ min: 1, max: 1e9, noNaN: true })
/** Uniform, clustered, spread over nine decades, constant, with a far tail. */
const dataSets = fc.oneof(
  fc.array(anyMicros, { minLength: 1, maxLength: 300 }),
  fc.array(fc.double({ min: 50, max: 60, noNaN: true }), { minLength: 1, maxLength: 300 }),
  fc.array(
    fc.double({ min: 0, max: 9, noNaN: true }).map((exponent) => 10 ** exponent),
    { minLength: 1, maxLength: 300 },
  ),
  fc
    .tuple(anyMicros, fc.integer({ min: 1, max: 500 }))
    .map(([value, count]) => new Array<number>(count).fill(value)),
  fc
    .tuple(
      fc.array(fc.double({ min: 80, max: 120, noNaN: true }), { minLength: 50, maxLength: 200 }),
      anyMicros,
    )
    .map(([body, tail]) => [...body, tail]),
)

describe('DecimalHistogram', () => {
  it('has quantiles within 0.5 % of the exact ones on 1 500 generated data sets', () => {
    let checked = 0
    fc.assert(
      fc.property(dataSets, (values) => {
        const histogram = histogramOf(values)
        const sorted = values.toSorted((a, b) => a - b)
        for (const q of QUANTILES) {
          const exact = exactQuantile(sorted, q)
          expect(Math.abs(histogram.quantile(q) - exact)).toBeLessThanOrEqual(0.005 * exact)
        }
        checked++
      }),
      { numRuns: 1500 },
    )
    expect(checked).toBe(1500)
  })

  it('has exact count, sum, extremes and mean', () => {
    const histogram = histogramOf([3, 1, 2])
    expect(histogram).toMatchObject({ count: 3, sumMicros: 6, minMicros: 1, maxMicros: 3, meanMicros: 2 })
    expect(EMPTY_HISTOGRAM).toMatchObject({
      count: 0,
      sumMicros: 0,
      minMicros: 0,
      maxMicros: 0,
      meanMicros: 0,
    })
    expect(EMPTY_HISTOGRAM.quantile(0.5)).toBe(0)
  })

  it('counts exactly at published bounds, the bound included', () => {
    const histogram = histogramOf([99, 100, 100.1, 250, 251, 1e6, 2e9])
    expect(histogram.countAtOrBelow(100)).toBe(2)
    expect(histogram.countAtOrBelow(250)).toBe(4)
    expect(histogram.cumulativeCounts([100, 250, 1e6, 1e7])).toEqual([2, 4, 6, 6])
    expect(histogram.count).toBe(7)
  })

  it('merges as if everything had been recorded in one', () => {
    fc.assert(
      fc.property(dataSets, dataSets, (first, second) => {
        const merged = mergeHistograms([histogramOf(first), histogramOf(second)])
        const whole = histogramOf([...first, ...second])
        expect([...merged.buckets()]).toEqual([...whole.buckets()])
        expect(merged.count).toBe(whole.count)
        expect(merged.minMicros).toBe(whole.minMicros)
        expect(merged.maxMicros).toBe(whole.maxMicros)
        // Sums of up to a thousand doubles, in another order.
        expect(Math.abs(merged.sumMicros - whole.sumMicros)).toBeLessThanOrEqual(1e-12 * whole.sumMicros)
      }),
    )
  })

  it('knows what was recorded since an earlier state', () => {
    const earlier = histogramOf([100, 200])
    const later = histogramOf([100, 200, 150, 5000])
    const interval = later.since(earlier)
    expect(interval.count).toBe(2)
    expect(interval.sumMicros).toBe(5150)
    expect([...interval.buckets()].map(({ upperMicros, count }) => [upperMicros, count])).toEqual([
      [150, 1],
      [5000, 1],
    ])
    // Extremes of an interval are known to within a bucket.
    expect(interval.minMicros).toBeGreaterThanOrEqual(149)
    expect(interval.maxMicros).toBe(5000)
    expect(later.since(later).count).toBe(0)
    expect(later.since(EMPTY_HISTOGRAM)).toBe(later)
  })
})
