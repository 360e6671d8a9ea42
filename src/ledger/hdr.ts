import { build, decodeFromCompressedBase64, encodeIntoCompressedBase64, JsHistogram } from 'hdr-histogram-js'
import type { Histogram } from '../model/histogram.ts'
import { DecimalHistogram, EMPTY_HISTOGRAM } from './decimal-histogram.ts'
import { BUCKET_COUNT, bucketIndex, HIGHEST_MICROS } from './buckets.ts'

const NANOS_PER_MICRO = 1000

/**
 * A histogram as HdrHistogram V2, compressed, base64. Values are integer nanoseconds with three significant digits,
 * 1 ns to 1 000 s, so that any HdrHistogram implementation reads it (value unit ratio: 1 000 000 for milliseconds).
 * Each bucket is entered at its midpoint, the extremes at their exact values.
 */
export function encodeHdr(histogram: Histogram): string {
  const hdr = build({
    bitBucketSize: 64,
    autoResize: false,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_MICROS * NANOS_PER_MICRO,
    numberOfSignificantValueDigits: 3,
  })
  for (const [micros, count] of entriesOf(histogram)) hdr.recordValueWithCount(nanos(micros), count)
  return encodeIntoCompressedBase64(hdr)
}

/** Values and counts that stand for a histogram: midpoints, but the smallest and the largest value as they were. */
function* entriesOf(histogram: Histogram): Generator<readonly [micros: number, count: number]> {
  const { count: total, minMicros, maxMicros } = histogram
  let left = total
  for (const { lowerMicros, upperMicros, count } of histogram.buckets()) {
    const isFirst = left === total
    left -= count
    const exact = (isFirst ? 1 : 0) + (left === 0 && total > 1 ? 1 : 0)
    if (isFirst) yield [minMicros, 1]
    const middle = (Math.max(lowerMicros, minMicros) + Math.min(upperMicros, maxMicros)) / 2
    if (count > exact) yield [middle, count - exact]
    if (left === 0 && total > 1) yield [maxMicros, 1]
  }
}

/**
 * Reads what {@link encodeHdr}, or any other HdrHistogram V2 encoder counting nanoseconds, wrote. Several become one, which
 * takes less time than to read each.
 */
export function decodeHdr(encoded: string, ...others: readonly string[]): DecimalHistogram {
  const hdr = decodeFromCompressedBase64(encoded, 64, false)
  for (const other of others) hdr.add(decodeFromCompressedBase64(other, 64, false))
  const counts = new Float64Array(BUCKET_COUNT)
  let sumMicros = 0
  let total = 0
  for (const step of recordedValues(hdr)) {
    const micros = step.value / NANOS_PER_MICRO
    counts[bucketIndex(micros)]! += step.count
    sumMicros += micros * step.count
    total += step.count
  }
  if (total === 0) return EMPTY_HISTOGRAM
  const minMicros = hdr.minNonZeroValue / NANOS_PER_MICRO
  return new DecimalHistogram(counts, { sumMicros, minMicros, maxMicros: hdr.maxValue / NANOS_PER_MICRO })
}

function nanos(micros: number): number {
  return Math.min(Math.max(1, Math.round(micros * NANOS_PER_MICRO)), HIGHEST_MICROS * NANOS_PER_MICRO)
}

interface RecordedValue {
  readonly value: number
  readonly count: number
}

/** Iterating over recorded values is part of the JS implementation only, not of the interface the library publishes. */
function* recordedValues(hdr: unknown): Generator<RecordedValue> {
  if (!(hdr instanceof JsHistogram))
    throw new Error('hdr-histogram-js decoded into an unexpected implementation')
  const iterator = hdr.recordedValuesIterator
  iterator.reset()
  while (iterator.hasNext()) {
    const step = iterator.next()
    yield { value: hdr.medianEquivalentValue(step.valueIteratedTo), count: step.countAtValueIteratedTo }
  }
}
