import type { Histogram } from '../model/histogram.ts'

/** What a report needs from parts that it does not know. */
export interface ResultTools {
  readonly encodeHdr: (histogram: Histogram) => string
  readonly decodeHdr: (encoded: string, ...others: readonly string[]) => Histogram
  readonly mergeHistograms: (histograms: readonly Histogram[]) => Histogram
  readonly histogramOf: (micros: Iterable<number>) => Histogram
}
