import type { Histogram } from '../model/histogram.ts'
import { type LatencySummary, toMillis } from '../model/latency-summary.ts'

/** Quantiles in milliseconds. */
export function summarizeLatency(histogram: Histogram): LatencySummary {
  const at = (q: number): number => toMillis(histogram.quantile(q))
  return {
    count: histogram.count,
    mean_ms: toMillis(histogram.meanMicros),
    min_ms: toMillis(histogram.minMicros),
    p50_ms: at(0.5),
    p90_ms: at(0.9),
    p95_ms: at(0.95),
    p99_ms: at(0.99),
    p999_ms: at(0.999),
    max_ms: toMillis(histogram.maxMicros),
  }
}
