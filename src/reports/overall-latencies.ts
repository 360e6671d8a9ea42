import type { LatencySummary } from '../model/latency-summary.ts'
import type { RunResult } from '../model/result.ts'
import type { ResultTools } from './result-tools.ts'
import { summarizeLatency } from './summarize-latency.ts'

/** Latencies by outcome; `response` is `null` in a closed loop. */
export interface OutcomeLatencies {
  readonly service: { readonly success: LatencySummary; readonly error: LatencySummary }
  readonly response: { readonly success: LatencySummary; readonly error: LatencySummary } | null
}

/** Of all operations together; `undefined` where there are not several. Those that wait for something by themselves are left out. */
export function overallLatencies(
  { operations, load_model }: RunResult,
  tools: Pick<ResultTools, 'decodeHdr'>,
): OutcomeLatencies | undefined {
  const commands = operations.filter(({ shape, waits }) => shape !== 'batch' && waits !== true)
  if (commands.length < 2) return undefined
  const of = (time: 'service' | 'response', outcome: 'success' | 'error'): LatencySummary => {
    const parts = commands.flatMap((operation) => operation[time]?.[outcome] ?? [])
    const [first, ...others] = parts.filter(({ count }) => count > 0).map(({ hdr }) => hdr)
    const merged = first === undefined ? parts[0]! : summarizeLatency(tools.decodeHdr(first, ...others))
    return exact(merged, parts)
  }
  const both = (time: 'service' | 'response'): OutcomeLatencies['service'] => ({
    success: of(time, 'success'),
    error: of(time, 'error'),
  })
  return { service: both('service'), response: load_model === 'open' ? both('response') : null }
}

/** What the parts say to the last digit, and their encoded distributions only nearly. */
function exact(nearly: LatencySummary, parts: readonly LatencySummary[]): LatencySummary {
  const some = parts.filter(({ count }) => count > 0)
  if (some.length === 0) return nearly
  const count = some.reduce((sum, one) => sum + one.count, 0)
  const mean = some.reduce((sum, one) => sum + one.count * one.mean_ms, 0) / count
  const min = Math.min(...some.map(({ min_ms }) => min_ms))
  const max = Math.max(...some.map(({ max_ms }) => max_ms))
  const within = (millis: number): number => Math.min(Math.max(millis, min), max)
  return {
    count,
    mean_ms: Math.round(mean * 10_000) / 10_000,
    min_ms: min,
    p50_ms: within(nearly.p50_ms),
    p90_ms: within(nearly.p90_ms),
    p95_ms: within(nearly.p95_ms),
    p99_ms: within(nearly.p99_ms),
    p999_ms: within(nearly.p999_ms),
    max_ms: max,
  }
}
