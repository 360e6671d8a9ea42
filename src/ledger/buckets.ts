/**
 * The bucket scheme: log-linear with decimal boundaries. Bucket 0 is (0, 1 µs]; each of the nine decades from 1 µs to
 * 1 000 s has 900 buckets of equal width (three significant digits); the last bucket takes everything above.
 * A bucket is (lower, upper], so every bound with up to three significant digits is a bucket boundary and a count "at
 * or below" it is an exact sum. The midpoint of a bucket is within 0.5 % of every value in it.
 */
export const BUCKETS_PER_DECADE = 900
const DECADES = 9
export const OVERFLOW_BUCKET = BUCKETS_PER_DECADE * DECADES + 1
export const BUCKET_COUNT = OVERFLOW_BUCKET + 1
/** 1 000 s: values above land in the overflow bucket. */
export const HIGHEST_MICROS = 1e9

/** Index of the bucket that holds a value, microseconds. Negative values and NaN count as 0. */
export function bucketIndex(micros: number): number {
  if (micros <= 1000) {
    if (micros > 100) return Math.ceil(micros) + 1700
    if (micros > 10) return Math.ceil(micros * 10) + 800
    if (micros > 1) return Math.ceil(micros * 100) - 100
    return 0
  }
  if (micros <= 10_000) return Math.ceil(micros / 10) + 2600
  if (micros <= 100_000) return Math.ceil(micros / 100) + 3500
  if (micros <= 1e6) return Math.ceil(micros / 1000) + 4400
  if (micros <= 1e7) return Math.ceil(micros / 1e4) + 5300
  if (micros <= 1e8) return Math.ceil(micros / 1e5) + 6200
  if (micros <= HIGHEST_MICROS) return Math.ceil(micros / 1e6) + 7100
  return micros > HIGHEST_MICROS ? OVERFLOW_BUCKET : 0
}

/** Largest value a bucket holds, microseconds; infinite for the overflow bucket. */
export function upperBound(index: number): number {
  if (index === 0) return 1
  if (index === OVERFLOW_BUCKET) return Number.POSITIVE_INFINITY
  return scale(stepOf(index) + 1, index)
}

/** The bound a bucket's values lie above, microseconds. */
export function lowerBound(index: number): number {
  if (index === 0) return 0
  if (index === OVERFLOW_BUCKET) return HIGHEST_MICROS
  return scale(stepOf(index), index)
}

/** 100 … 999: how many bucket widths the lower bound is. */
function stepOf(index: number): number {
  return ((index - 1) % BUCKETS_PER_DECADE) + 100
}

/** steps · 10^(decade - 2), by one multiplication or division of integers, so that it is correctly rounded. */
function scale(steps: number, index: number): number {
  const exponent = Math.floor((index - 1) / BUCKETS_PER_DECADE) - 2
  return exponent < 0 ? steps / 10 ** -exponent : steps * 10 ** exponent
}
