import type { CapacityKnee, CapacityPoint, CapacityStep } from '../model/capacity-result.ts'
import { medianOf } from '../model/median.ts'

const FEWEST_POINTS = 3

/** The steps by rate, from the lowest to the highest; medians over those of each that were not disturbed, if there are any. */
export function curveOf(steps: readonly CapacityStep[]): CapacityPoint[] {
  const rates = [...new Set(steps.map((step) => step.target_ops_per_second))]
  return rates
    .toSorted((one, other) => one - other)
    .map((rate) => {
      const own = steps.filter((step) => step.target_ops_per_second === rate)
      const calm = own.filter(({ disturbed }) => !disturbed)
      const median = (of: (step: CapacityStep) => number): number =>
        medianOf((calm.length === 0 ? own : calm).map(of))
      return {
        target_ops_per_second: rate,
        answered_per_second: median((step) => step.answered_per_second),
        mean_ms: median(({ latency }) => latency.mean_ms),
        p50_ms: median(({ latency }) => latency.p50_ms),
        p95_ms: median(({ latency }) => latency.p95_ms),
        p99_ms: median(({ latency }) => latency.p99_ms),
        steps_held: own.filter(({ held }) => held).length,
        steps_failed: calm.filter(({ held }) => !held).length,
        steps_disturbed: own.length - calm.length,
      }
    })
}

/**
 * The knee of the curve: the rate with the highest power, power being throughput over mean response time (L. Kleinrock,
 * "Power and deterministic rules of thumb for probabilistic problems in computer communications", ICC 1979). Below it more
 * load brings more throughput than it costs time, above it the other way round. `null` with fewer than three rates, and
 * when power is highest at the lowest or at the highest of them: then the knee lies beyond what was tried.
 */
export function kneeOf(curve: readonly CapacityPoint[]): CapacityKnee | null {
  const answered = curve.filter(({ mean_ms, answered_per_second }) => mean_ms > 0 && answered_per_second > 0)
  if (answered.length < FEWEST_POINTS) return null
  const power = ({ answered_per_second: rate, mean_ms }: CapacityPoint): number => rate / mean_ms
  const best = answered.reduce((one, other) => (power(other) > power(one) ? other : one))
  if (best === answered[0] || best === answered.at(-1)) return null
  return { ops_per_second: best.target_ops_per_second, mean_ms: best.mean_ms }
}
