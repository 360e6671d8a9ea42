import type { RunResult } from '../../model/result.ts'
import { formatCount, formatMillis } from '../format.ts'

/** A run in a line. */
export function describeOneRun(result: RunResult): string {
  const { failed, indeterminate } = result.totals
  const parts = [
    `${formatCount(result.overall_throughput)} ops/s`,
    `p50 ${formatMillis(result.median_latency_ms)} ms`,
    `p99 ${formatMillis(result.p99_latency_ms)} ms`,
    `${formatCount(failed + indeterminate)} errors`,
    ...(result.generator.warnings.length > 0 ? ['the generator has warnings'] : []),
    ...(result.audit.ok ? [] : ['AUDIT FAILED']),
    ...(result.end_reason === 'signal' ? ['cut short'] : []),
    result.run_id,
  ]
  return parts.join(' · ')
}
