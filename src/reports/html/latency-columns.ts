import type { LatencySummary } from '../../model/latency-summary.ts'
import { formatCount, formatMillis } from '../format.ts'

export const LATENCY_TITLES = ['mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max'] as const

/** Milliseconds; dashes where nothing was recorded. */
export function latencyCells(latency: LatencySummary): string[] {
  if (latency.count === 0) return LATENCY_TITLES.map(() => '–')
  const { mean_ms, p50_ms, p90_ms, p95_ms, p99_ms, p999_ms, max_ms } = latency
  return [mean_ms, p50_ms, p90_ms, p95_ms, p99_ms, p999_ms, max_ms].map(formatMillis)
}

/** `p50 1.2 · p95 3.4 · max 5.6 ms (12)`; the number is how many there were. */
export function latencyText(latency: LatencySummary): string {
  if (latency.count === 0) return 'none'
  const { count, p50_ms, p95_ms, max_ms } = latency
  return `p50 ${formatMillis(p50_ms)} · p95 ${formatMillis(p95_ms)} · max ${formatMillis(max_ms)} ms (${formatCount(count)})`
}

/** `12:34:56.789 UTC`. */
export function clockOf(epochMillis: number): string {
  return `${new Date(epochMillis).toISOString().slice(11, 23)} UTC`
}
