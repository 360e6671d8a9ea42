import type { Histogram } from '../model/histogram.ts'
import { DecimalHistogram, EMPTY_HISTOGRAM } from './decimal-histogram.ts'

/** All histograms as one. They must come from this ledger. */
export function mergeHistograms(histograms: readonly Histogram[]): Histogram {
  return histograms.reduce<DecimalHistogram>((merged, histogram) => {
    if (!(histogram instanceof DecimalHistogram)) throw new Error('not a histogram of this ledger')
    return merged.plus(histogram)
  }, EMPTY_HISTOGRAM)
}
