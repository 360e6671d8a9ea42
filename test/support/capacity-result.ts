import { curveOf, kneeOf } from '../../src/capacity/curve.ts'
import { limitOf } from '../../src/capacity/limit.ts'
import type { CapacityResult, CapacityStep } from '../../src/model/capacity-result.ts'
import { capacityStep, failedStep } from './capacity.ts'
import { planOf } from './plan.ts'

const latency = (mean: number): CapacityStep['latency'] => ({
  mean_ms: mean,
  p50_ms: 0.8 * mean,
  p95_ms: 2 * mean,
  p99_ms: 4 * mean,
  max_ms: 9 * mean,
})

const STEPS: readonly CapacityStep[] = [
  capacityStep(1000, { index: 1, phase: 'bracket', latency: latency(0.2) }),
  capacityStep(2000, { index: 2, phase: 'bracket', latency: latency(0.22) }),
  capacityStep(4000, { index: 3, phase: 'bracket', latency: latency(0.3) }),
  failedStep(8000, { index: 4, phase: 'bracket', latency: latency(40), answered_per_second: 6100 }),
  failedStep(8000, { index: 5, phase: 'repeat', latency: latency(50), answered_per_second: 6000 }),
  capacityStep(5600, { index: 6, latency: latency(0.48) }),
  failedStep(5700, { index: 7, latency: latency(0.775) }),
  failedStep(5700, { index: 8, phase: 'repeat', latency: latency(0.8) }),
]

/** A search that found 5,600/s. */
export function sampleCapacity(change: Partial<CapacityResult> = {}): CapacityResult {
  const { plan } = planOf({ 'load.target_ops_per_second': '1000', 'identity.version': 'v' })
  const curve = curveOf(STEPS)
  return {
    schema: 'redis-test/capacity',
    schema_version: 1,
    tool_version: '1.2.3',
    run_id: 'run',
    workload_name: 'test',
    search_start: 1_700_000_000,
    search_end: 1_700_000_094,
    promise: ['p99 < 2ms'],
    capacity_ops_per_second: 5600,
    interval: { held: 5600, failed: 5700 },
    bounds: { confidence: 0.95, low_ops_per_second: 5480, high_ops_per_second: 5760 },
    is_lower_bound: false,
    precision: { asked: 0.03, reached: 0.0179 },
    end_reason: 'precise',
    error: null,
    limit: limitOf(STEPS.slice(-2)),
    knee: kneeOf(curve),
    curve,
    steps: STEPS,
    search: {
      from_ops_per_second: 1000,
      to_ops_per_second: null,
      step_seconds: 10,
      warmup_seconds: 1,
      repeats: 3,
      max_steps: 60,
    },
    calibration: {
      ceiling_ops_per_second: 14_000,
      share: 0.4,
      is_lower_bound: false,
      floor_p50_ms: 0.25,
      floor_p99_ms: 0.7,
      measured_at: 1_700_000_000,
    },
    server: { name: 'Redis', version: '7.0.15' },
    plan,
    ...change,
  }
}
