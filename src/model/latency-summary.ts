/** Milliseconds, rounded to a tenth of a microsecond. All 0 when nothing was recorded. */
export interface LatencySummary {
  readonly count: number
  readonly mean_ms: number
  readonly min_ms: number
  readonly p50_ms: number
  readonly p90_ms: number
  readonly p95_ms: number
  readonly p99_ms: number
  readonly p999_ms: number
  readonly max_ms: number
}

/** A latency summary with the whole distribution, as HdrHistogram V2 in nanoseconds. */
export interface LatencyResult extends LatencySummary {
  readonly hdr: string
}

/** Microseconds to milliseconds, rounded to a tenth of a microsecond: as results have them. */
export function toMillis(micros: number): number {
  return Math.round(micros * 10) / 10_000
}
