import type { CapacityStep } from '../../src/model/capacity-result.ts'

/** A step that held, with everything calm. */
export function capacityStep(rate: number, changes: Partial<CapacityStep> = {}): CapacityStep {
  return {
    index: 1,
    phase: 'bisect',
    target_ops_per_second: rate,
    held: true,
    disturbed: false,
    disturbances: [],
    failures: [],
    measured_seconds: 10,
    answered_per_second: rate,
    dropped_max_in_flight: 0,
    dropped_generator_late: 0,
    latency: { mean_ms: 0.3, p50_ms: 0.2, p95_ms: 0.5, p99_ms: 1, max_ms: 4 },
    in_flight: { at_start: 2, at_end: 3 },
    generator: {
      threads: 2,
      pacing: 'balanced',
      cpu_cores: 0.8,
      start_lag_p99_ms: 0.4,
      loop_delay_p99_ms: 1,
      calibration_share: null,
    },
    server_cpu: { main_thread: 0.4, process: 0.5 },
    machine_cpu: { cores: 4, idle: 2.2, others: 0.3 },
    result_file: null,
    ...changes,
  }
}

export function failedStep(rate: number, changes: Partial<CapacityStep> = {}): CapacityStep {
  const failures = [{ kind: 'promise', detail: 'p99 < 2ms was 3.1ms' }] as const
  return capacityStep(rate, { held: false, failures, ...changes })
}
