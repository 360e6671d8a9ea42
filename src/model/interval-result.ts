import type { ErrorCount } from './error-count.ts'
import type { LatencyCells } from './latency-cells.ts'

/** One second of the measured phase. */
export interface IntervalResult {
  readonly at_ms: number
  readonly seconds: number
  readonly scheduled: number
  readonly issued: number
  readonly ok: number
  readonly failed: number
  readonly indeterminate: number
  readonly dropped: number
  /** Mean of what the plan asked for; `null` in a closed loop. */
  readonly target_ops_per_second: number | null
  /** Of all settled commands, successful or not. */
  readonly service_p50_ms: number
  readonly service_p99_ms: number
  readonly service_p999_ms: number
  readonly service_max_ms: number
  readonly response_p50_ms: number | null
  readonly response_p99_ms: number | null
  readonly response_p999_ms: number | null
  readonly response_max_ms: number | null
  /** Settled commands by latency: response time in an open loop, service time in a closed one. */
  readonly latency_cells: LatencyCells
  readonly errors: readonly ErrorCount[]
  /** At the end of the interval. */
  readonly in_flight: number
  readonly connections_active: number
  readonly connections_lost: number
  readonly reconnections: number
  readonly start_lag_p99_ms: number
  readonly loop_delay_p99_ms: number
  /** CPU of the load threads; 1 is one whole core. */
  readonly cpu_cores: number
  /** Stage of the load in the middle of the interval; `null` in a load without stages. */
  readonly phase: string | null
}
