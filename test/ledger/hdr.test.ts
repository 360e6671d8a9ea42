import fc from 'fast-check'
import { decodeFromCompressedBase64 } from 'hdr-histogram-js'
import { describe, expect, it } from 'vitest'
import { EMPTY_HISTOGRAM, histogramOf } from '../../src/ledger/decimal-histogram.ts'
import { decodeHdr, encodeHdr } from '../../src/ledger/hdr.ts'

const values = fc.array(fc.double({ min: 1, max: 9e8, noNaN: true }), { minLength: 1, maxLength: 200 })

describe('HdrHistogram V2', () => {
  it('keeps every count, and quantiles within the precision of both schemes', () => {
    fc.assert(
      fc.property(values, (micros) => {
        const histogram = histogramOf(micros)
        const back = decodeHdr(encodeHdr(histogram))
        expect(back.count).toBe(histogram.count)
        for (const q of [0.1, 0.5, 0.9, 0.99, 1]) {
          const here = histogram.quantile(q)
          expect(Math.abs(back.quantile(q) - here)).toBeLessThanOrEqual(0.011 * here)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('is read by the library itself, in nanoseconds', () => {
    const hdr = decodeFromCompressedBase64(encodeHdr(histogramOf([100, 200, 300])), 64, false)
    expect(hdr.totalCount).toBe(3)
    expect(Math.abs(hdr.getValueAtPercentile(50) - 200_000)).toBeLessThan(1000)
    expect(Math.abs(hdr.maxValue - 300_000)).toBeLessThan(400)
  })

  it('takes the empty histogram and values beyond the scale', () => {
    expect(decodeHdr(encodeHdr(EMPTY_HISTOGRAM)).count).toBe(0)
    expect(decodeHdr(encodeHdr(histogramOf([0.2, 5e9]))).count).toBe(2)
  })
})
