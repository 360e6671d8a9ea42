import type { Histogram, HistogramBucket } from '../model/histogram.ts'
import { BUCKET_COUNT, bucketIndex, lowerBound, OVERFLOW_BUCKET, upperBound } from './buckets.ts'

/** Statistics that are not in the buckets. All zero when nothing was recorded. */
export interface HistogramExtremes {
  readonly sumMicros: number
  readonly minMicros: number
  readonly maxMicros: number
}

/**
 * An immutable histogram over the decimal buckets. `count` is the sum of the buckets, so that the two never disagree,
 * even when they are read while a load thread writes.
 */
export class DecimalHistogram implements Histogram {
  readonly count: number
  readonly sumMicros: number
  readonly minMicros: number
  readonly maxMicros: number
  readonly #counts: Float64Array

  constructor(counts: Float64Array, extremes: HistogramExtremes) {
    this.#counts = counts
    let count = 0
    for (const value of counts) count += value
    this.count = count
    this.sumMicros = extremes.sumMicros
    this.minMicros = extremes.minMicros
    this.maxMicros = extremes.maxMicros
  }

  get meanMicros(): number {
    return this.count === 0 ? 0 : this.sumMicros / this.count
  }

  quantile(q: number): number {
    if (this.count === 0) return 0
    const rank = Math.max(1, Math.ceil(Math.min(q, 1) * this.count))
    if (rank >= this.count) return this.maxMicros
    if (rank === 1) return this.minMicros
    let cumulative = 0
    for (let index = 0; index < BUCKET_COUNT; index++) {
      cumulative += this.#counts[index]!
      if (cumulative >= rank) return this.#representative(index)
    }
    return this.maxMicros
  }

  countAtOrBelow(micros: number): number {
    return this.cumulativeCounts([micros])[0]!
  }

  cumulativeCounts(boundsMicros: readonly number[]): number[] {
    let index = 0
    let count = 0
    return boundsMicros.map((micros) => {
      const last = Math.min(bucketIndex(micros), OVERFLOW_BUCKET - 1)
      for (; index <= last; index++) count += this.#counts[index]!
      return count
    })
  }

  *buckets(): Generator<HistogramBucket> {
    for (let index = 0; index < BUCKET_COUNT; index++) {
      const count = this.#counts[index]!
      if (count !== 0) yield { index, count, lowerMicros: lowerBound(index), upperMicros: upperBound(index) }
    }
  }

  /** This histogram and another one, as if everything had been recorded in one. */
  plus(other: DecimalHistogram): DecimalHistogram {
    if (other.count === 0) return this
    if (this.count === 0) return other
    const counts = this.#counts.slice()
    for (let index = 0; index < BUCKET_COUNT; index++) counts[index]! += other.#counts[index]!
    return new DecimalHistogram(counts, {
      sumMicros: this.sumMicros + other.sumMicros,
      minMicros: Math.min(this.minMicros, other.minMicros),
      maxMicros: Math.max(this.maxMicros, other.maxMicros),
    })
  }

  /**
   * What was recorded since `earlier`, a former state of this histogram. Minimum and maximum of an interval are known
   * to within a bucket.
   */
  since(earlier: DecimalHistogram): DecimalHistogram {
    if (earlier.count === 0) return this
    if (this.count === earlier.count) return EMPTY_HISTOGRAM
    const counts = this.#counts.slice()
    let first = -1
    let last = -1
    for (let index = 0; index < BUCKET_COUNT; index++) {
      const count = counts[index]! - earlier.#counts[index]!
      counts[index] = count
      if (count === 0) continue
      if (first < 0) first = index
      last = index
    }
    return new DecimalHistogram(counts, {
      sumMicros: this.sumMicros - earlier.sumMicros,
      minMicros: Math.max(lowerBound(first), this.minMicros),
      maxMicros: Math.min(upperBound(last), this.maxMicros),
    })
  }

  /** Midpoint of a bucket, never outside what was recorded. */
  #representative(index: number): number {
    const upper = Math.min(upperBound(index), this.maxMicros)
    const middle = (lowerBound(index) + upper) / 2
    return Math.min(Math.max(middle, this.minMicros), this.maxMicros)
  }
}

export const EMPTY_HISTOGRAM = new DecimalHistogram(new Float64Array(BUCKET_COUNT), {
  sumMicros: 0,
  minMicros: 0,
  maxMicros: 0,
})

/** Builds a histogram from single values, microseconds. For tests and for what is not on the hot path. */
export function histogramOf(values: Iterable<number>): DecimalHistogram {
  const counts = new Float64Array(BUCKET_COUNT)
  let sumMicros = 0
  let minMicros = Number.POSITIVE_INFINITY
  let maxMicros = 0
  for (const value of values) {
    counts[bucketIndex(value)]! += 1
    sumMicros += value
    minMicros = Math.min(minMicros, value)
    maxMicros = Math.max(maxMicros, value)
  }
  return new DecimalHistogram(counts, {
    sumMicros,
    minMicros: Number.isFinite(minMicros) ? minMicros : 0,
    maxMicros,
  })
}
