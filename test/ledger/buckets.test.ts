import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BUCKET_COUNT,
  BUCKETS_PER_DECADE,
  bucketIndex,
  HIGHEST_MICROS,
  lowerBound,
  OVERFLOW_BUCKET,
  upperBound,
} from '../../src/ledger/buckets.ts'
import {
  boundMicros,
  COMMAND_BOUNDS_SECONDS,
  LAG_BOUNDS_SECONDS,
  RECONNECTION_BOUNDS_SECONDS,
} from '../../src/model/bounds.ts'

describe('buckets', () => {
  it.each([
    [0, 0],
    [-1, 0],
    [Number.NaN, 0],
    [1, 0],
    [1.001, 1],
    [1.01, 1],
    [10, BUCKETS_PER_DECADE],
    [10.01, BUCKETS_PER_DECADE + 1],
    [100, 2 * BUCKETS_PER_DECADE],
    [100.5, 2 * BUCKETS_PER_DECADE + 1],
    [1000, 3 * BUCKETS_PER_DECADE],
    [HIGHEST_MICROS, OVERFLOW_BUCKET - 1],
    [HIGHEST_MICROS + 1, OVERFLOW_BUCKET],
    [Number.POSITIVE_INFINITY, OVERFLOW_BUCKET],
  ])('puts %d µs into bucket %d', (micros, index) => {
    expect(bucketIndex(micros)).toBe(index)
  })

  it('follow each other without gaps', () => {
    expect(BUCKET_COUNT).toBe(9 * BUCKETS_PER_DECADE + 2)
    for (let index = 1; index < BUCKET_COUNT; index++) expect(lowerBound(index)).toBe(upperBound(index - 1))
  })

  it('hold what lies in (lower, upper], for every value', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 2e9, noNaN: true }), (micros) => {
        const index = bucketIndex(micros)
        expect(micros).toBeGreaterThan(lowerBound(index))
        expect(micros).toBeLessThanOrEqual(upperBound(index))
      }),
      { numRuns: 5000 },
    )
  })

  it('have every published bound as a boundary', () => {
    for (const seconds of [
      ...COMMAND_BOUNDS_SECONDS,
      ...RECONNECTION_BOUNDS_SECONDS,
      ...LAG_BOUNDS_SECONDS,
    ]) {
      const micros = boundMicros(seconds)
      expect(upperBound(bucketIndex(micros))).toBe(micros)
    }
  })

  it('are within half a percent of their midpoint', () => {
    for (let index = 1; index < OVERFLOW_BUCKET; index++) {
      const middle = (lowerBound(index) + upperBound(index)) / 2
      expect((upperBound(index) - middle) / middle).toBeLessThan(0.005)
    }
  })
})
