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
  /** Bucket `#first` and those after it; the others are empty. A snapshot a second of all 8 102 would cost CPU. */
  readonly #counts: Float64Array
  readonly #first: number

  /** `counts` holds bucket `first` and those after it, as far as anything was recorded. */
  constructor(counts: Float64Array, extremes: HistogramExtremes, first = 0) {
    this.#counts = counts
    this.#first = first
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
    for (let at = 0; at < this.#counts.length; at++) {
      cumulative += this.#counts[at]!
      if (cumulative >= rank) return this.#representative(this.#first + at)
    }
    return this.maxMicros
  }

  countAtOrBelow(micros: number): number {
    return this.cumulativeCounts([micros])[0]!
  }

  cumulativeCounts(boundsMicros: readonly number[]): number[] {
    let at = 0
    let count = 0
    return boundsMicros.map((micros) => {
      const end = Math.min(bucketIndex(micros) + 1, OVERFLOW_BUCKET) - this.#first
      for (; at < end && at < this.#counts.length; at++) count += this.#counts[at]!
      return count
    })
  }

  *buckets(): Generator<HistogramBucket> {
    for (let at = 0; at < this.#counts.length; at++) {
      const count = this.#counts[at]!
      const index = this.#first + at
      if (count !== 0) yield { index, count, lowerMicros: lowerBound(index), upperMicros: upperBound(index) }
    }
  }

  /** This histogram and another one, as if everything had been recorded in one. */
  plus(other: DecimalHistogram): DecimalHistogram {
    if (other.count === 0) return this
    if (this.count === 0) return other
    const first = Math.min(this.#first, other.#first)
    const end = Math.max(this.#first + this.#counts.length, other.#first + other.#counts.length)
    const counts = new Float64Array(end - first)
    counts.set(this.#counts, this.#first - first)
    for (let at = 0; at < other.#counts.length; at++) counts[other.#first - first + at]! += other.#counts[at]!
    const extremes = {
      sumMicros: this.sumMicros + other.sumMicros,
      minMicros: Math.min(this.minMicros, other.minMicros),
      maxMicros: Math.max(this.maxMicros, other.maxMicros),
    }
    return new DecimalHistogram(counts, extremes, first)
  }

  /**
   * What was recorded since `earlier`, a former state of this histogram. Minimum and maximum of an interval are known
   * to within a bucket.
   */
  since(earlier: DecimalHistogram): DecimalHistogram {
    if (earlier.count === 0) return this
    if (this.count === earlier.count) return EMPTY_HISTOGRAM
    const counts = this.#counts.slice()
    const shift = earlier.#first - this.#first
    for (let at = 0; at < earlier.#counts.length; at++) counts[shift + at]! -= earlier.#counts[at]!
    const start = counts.findIndex((count) => count !== 0)
    const last = counts.findLastIndex((count) => count !== 0)
    const extremes = {
      sumMicros: this.sumMicros - earlier.sumMicros,
      minMicros: Math.max(lowerBound(this.#first + start), this.minMicros),
      maxMicros: Math.min(upperBound(this.#first + last), this.maxMicros),
    }
    return new DecimalHistogram(counts.subarray(start, last + 1), extremes, this.#first + start)
  }

  /** Midpoint of a bucket, never outside what was recorded. */
  #representative(index: number): number {
    const upper = Math.min(upperBound(index), this.maxMicros)
    const middle = (lowerBound(index) + upper) / 2
    return Math.min(Math.max(middle, this.minMicros), this.maxMicros)
  }
}

export const EMPTY_HISTOGRAM = new DecimalHistogram(new Float64Array(0), {
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
