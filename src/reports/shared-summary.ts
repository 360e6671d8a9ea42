import type { Histogram } from '../model/histogram.ts'
import type { RunResult } from '../model/result.ts'
import type { RunRecord } from '../model/run-record.ts'
import { countOutcomes } from './count-outcomes.ts'
import type { ResultTools } from './result-tools.ts'

type SharedSummary = Omit<
  RunResult,
  | 'schema'
  | 'schema_version'
  | 'tool_version'
  | 'partial'
  | 'end_reason'
  | 'error'
  | 'load_model'
  | 'measured_seconds'
  | 'totals'
  | 'thresholds'
  | 'expectations'
  | 'disturbances'
  | 'operations'
  | 'connections'
  | 'nodes'
  | 'cluster'
  | 'pubsub'
  | 'streams'
  | 'generator'
  | 'audit'
  | 'verification'
  | 'faults'
  | 'maintenance'
  | 'intervals'
  | 'adjustments'
  | 'phases'
  | 'step_search'
  | 'acked_writes'
  | 'server'
  | 'server_changes'
  | 'server_samples'
  | 'server_commands'
  | 'slowlog'
  | 'latency_events'
  | 'slowest_commands'
  | 'plan'
>

/**
 * The fields that the family of Redis test applications shares. Latencies are those of all settled commands, successful
 * or not: response time where there are due instants, service time in a closed loop.
 */
export function sharedSummary(record: RunRecord, measuredSeconds: number, tools: ResultTools): SharedSummary {
  const { plan, total, measureStartMillis, measureEndMillis } = record
  const { ok, failed, indeterminate } = countOutcomes(total.measure)
  const settled = ok + failed + indeterminate
  const { histograms, counters } = total
  const latency = tools.mergeHistograms(latenciesOf(record))
  const failures = histograms.attempt_error.count
  return {
    ...plan.identity,
    workload_name: plan.profile.name,
    run_start: measureStartMillis / 1000,
    run_end: measureEndMillis / 1000,
    test_duration: `${measuredSeconds.toFixed(1)}s`,
    total_commands_count: settled,
    successful_commands_count: ok,
    failed_commands_count: failed + indeterminate,
    success_rate: `${(settled === 0 ? 0 : (100 * ok) / settled).toFixed(2)}%`,
    overall_throughput: measuredSeconds === 0 ? 0 : round(settled / measuredSeconds, 3),
    connection_attempts: histograms.attempt_success.count + failures,
    connection_failures: failures,
    connection_drops: counters.outages,
    reconnection_count: counters.reconnections,
    avg_reconnection_duration_ms: round(histograms.reconnection.meanMicros / 1000, 3),
    min_latency_ms: round(latency.minMicros / 1000, 4),
    median_latency_ms: round(latency.quantile(0.5) / 1000, 4),
    avg_latency_ms: round(latency.meanMicros / 1000, 4),
    max_latency_ms: round(latency.maxMicros / 1000, 4),
    p95_latency_ms: round(latency.quantile(0.95) / 1000, 4),
    p99_latency_ms: round(latency.quantile(0.99) / 1000, 4),
    latency_kind: plan.load.model === 'open' ? 'response_time' : 'service_time',
  }
}

function latenciesOf({ plan, total }: RunRecord): Histogram[] {
  return total.measure.series
    .filter(({ info }) => info.shape !== 'batch' && info.waits !== true)
    .flatMap((series) =>
      plan.load.model === 'open'
        ? [series.responseSuccess, series.responseError]
        : [series.serviceSuccess, series.serviceError],
    )
}

function round(value: number, digits: number): number {
  const scale = 10 ** digits
  return Math.round(value * scale) / scale
}
