import type { HistoryEntry } from '../../model/history.ts'
import type { RunResult } from '../../model/result.ts'

/** The line of a run in the index. */
export function entryOf(
  result: RunResult,
  { file, target }: { readonly file: string; readonly target: string },
): HistoryEntry {
  const { totals, server, thresholds, expectations } = result
  const settled = totals.ok + totals.failed + totals.indeterminate
  return {
    schema: 'redis-test/history',
    file,
    run_id: result.run_id,
    run_start: result.run_start,
    workload_name: result.workload_name,
    app_name: result.app_name,
    version: result.version,
    target,
    server: [server['name'], server['version']].filter(Boolean).join(' '),
    measured_seconds: result.measured_seconds,
    end_reason: result.end_reason,
    audit_ok: result.audit.ok,
    missed: [...thresholds, ...(expectations ?? [])].filter(({ ok }) => !ok).length,
    warnings: result.generator.warnings.length,
    outages: result.connections.drops,
    throughput: result.overall_throughput,
    errors: settled === 0 ? 0 : (totals.failed + totals.indeterminate) / settled,
    latency_kind: result.latency_kind,
    p50: result.median_latency_ms,
    p95: result.p95_latency_ms,
    p99: result.p99_latency_ms,
    max: result.max_latency_ms,
    mean: result.avg_latency_ms,
  }
}

/** Whether a run went as it had to. */
export function hasFailed({ end_reason, audit_ok, missed }: HistoryEntry): boolean {
  return missed > 0 || !audit_ok || end_reason === 'thread_crashed' || end_reason === 'killed'
}
