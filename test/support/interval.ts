import { NO_CELLS } from '../../src/model/latency-cells.ts'
import type { IntervalResult } from '../../src/model/interval-result.ts'

/** A second in which nothing happened. */
export const QUIET_SECOND: IntervalResult = {
  at_ms: 1000,
  seconds: 1,
  scheduled: 0,
  issued: 0,
  ok: 0,
  failed: 0,
  indeterminate: 0,
  dropped: 0,
  target_ops_per_second: 10,
  service_p50_ms: 0,
  service_p99_ms: 0,
  service_p999_ms: 0,
  service_max_ms: 0,
  response_p50_ms: 0,
  response_p99_ms: 0,
  response_p999_ms: 0,
  response_max_ms: 0,
  latency_cells: NO_CELLS,
  errors: [],
  in_flight: 0,
  connections_active: 5,
  connections_lost: 0,
  reconnections: 0,
  start_lag_p99_ms: 0,
  loop_delay_p99_ms: 0,
  cpu_cores: 0,
  phase: null,
}
