import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram as HdrHistogram,
} from 'hdr-histogram-js'

const NANOS_PER_MILLI = 1_000_000
const TICKS_PER_HALF_DISTANCE = 5

/** Encoded histograms as one, and its largest value in milliseconds. */
export function mergeHdr(encoded: readonly string[]): { readonly hdr: string; readonly maxMillis: number } {
  const hdr = merged(encoded)
  return { hdr: encodeIntoCompressedBase64(hdr), maxMillis: hdr.maxValue / NANOS_PER_MILLI }
}

/**
 * What HdrHistogram's `outputPercentileDistribution` writes, in milliseconds: value, percentile, count up to it and
 * 1/(1-percentile), with five lines for each halving of the distance to 100 %. Its plotters read it.
 */
export function percentileDistribution(encoded: readonly string[]): string {
  return merged(encoded).outputPercentileDistribution(TICKS_PER_HALF_DISTANCE, NANOS_PER_MILLI)
}

function merged(encoded: readonly string[]): HdrHistogram {
  const [first, ...others] = encoded.map((one) => decodeFromCompressedBase64(one, 64, false))
  const sum = first ?? build({ bitBucketSize: 64, numberOfSignificantValueDigits: 3 })
  for (const other of others) sum.add(other)
  return sum
}
