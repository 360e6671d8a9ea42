import { ERROR_CODES } from '../model/error-codes.ts'
import { OUTCOMES } from '../model/outcome.ts'
import type { OutcomeCount } from '../model/snapshot.ts'
import { bucketIndex } from './buckets.ts'
import { DecimalHistogram, EMPTY_HISTOGRAM } from './decimal-histogram.ts'
import { FIRST_BUCKET, MAX, MIN, SUM } from './histogram-block.ts'

/** Where one histogram is in one ledger. */
export interface HistogramPlace {
  readonly data: Float64Array
  readonly offset: number
}

/** The histogram that several blocks make together. */
export function readHistogram(places: readonly HistogramPlace[]): DecimalHistogram {
  let merged = EMPTY_HISTOGRAM
  for (const { data, offset } of places) {
    const minMicros = data[offset + MIN]!
    const maxMicros = data[offset + MAX]!
    if (minMicros === Number.POSITIVE_INFINITY) continue
    const first = bucketIndex(minMicros)
    const buckets = offset + FIRST_BUCKET
    const counts = data.slice(buckets + first, buckets + bucketIndex(maxMicros) + 1)
    merged = merged.plus(
      new DecimalHistogram(counts, { sumMicros: data[offset + SUM]!, minMicros, maxMicros }, first),
    )
  }
  return merged
}

/** What is not zero in a block of counts by outcome and code; `count` gives the number at an offset of it. */
export function readOutcomes(countAt: (offset: number) => number): OutcomeCount[] {
  const found: OutcomeCount[] = []
  for (const [outcomeIndex, outcome] of OUTCOMES.entries())
    for (let code = 0; code < ERROR_CODES.length; code++) {
      const count = countAt(outcomeIndex * ERROR_CODES.length + code)
      if (count > 0) found.push({ outcome, code, count })
    }
  return found
}
