/**
 * The read side of a latency histogram. All values are microseconds. Buckets are `(lower, upper]`, so that the number
 * of values at or below a published bound is an exact sum.
 */
export interface Histogram {
  readonly count: number
  readonly sumMicros: number
  /** Exact smallest and largest recorded value; 0 when the histogram is empty. */
  readonly minMicros: number
  readonly maxMicros: number
  readonly meanMicros: number
  /** Nearest-rank quantile, `q` from 0 to 1, within 0.5 % of the exact value; 0 when the histogram is empty. */
  quantile(q: number): number
  /** Exact for every bound that is a bucket boundary (three significant digits). */
  countAtOrBelow(micros: number): number
  /** {@link countAtOrBelow} for several ascending bounds in one pass. */
  cumulativeCounts(boundsMicros: readonly number[]): number[]
  /** Non-empty buckets, ascending. */
  buckets(): Iterable<HistogramBucket>
}

export interface HistogramBucket {
  readonly index: number
  readonly lowerMicros: number
  readonly upperMicros: number
  readonly count: number
}
