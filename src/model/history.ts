import type { EndReason } from './result.ts'

/** One run in the index of a results folder: what a list of runs shows. Milliseconds, shares and operations a second. */
export interface HistoryEntry {
  readonly schema: 'redis-test/history'
  /** Name in the folder. */
  readonly file: string
  readonly run_id: string
  /** Seconds since the epoch. */
  readonly run_start: number
  readonly workload_name: string
  readonly app_name: string
  /** Label `version` of the run. */
  readonly version: string
  readonly target: string
  readonly server: string
  readonly measured_seconds: number
  readonly end_reason: EndReason
  readonly audit_ok: boolean
  /** Thresholds and expectations that were not met. */
  readonly missed: number
  readonly warnings: number
  readonly outages: number
  readonly throughput: number
  readonly errors: number
  readonly latency_kind: 'response_time' | 'service_time'
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
  readonly mean: number
}

/** What can be followed over runs. */
export const TREND_METRICS = ['p50', 'p95', 'p99', 'mean', 'max', 'throughput', 'errors', 'outages'] as const
export type TrendMetric = (typeof TREND_METRICS)[number]
