import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curveOf, kneeOf } from '../../src/capacity/curve.ts'
import type { CapacityPoint } from '../../src/model/capacity-result.ts'
import { capacityStep, failedStep } from '../support/capacity.ts'

const latency = (mean: number): { latency: ReturnType<typeof capacityStep>['latency'] } => ({
  latency: { mean_ms: mean, p50_ms: mean, p95_ms: 2 * mean, p99_ms: 3 * mean, max_ms: 9 * mean },
})

function point(rate: number, meanMillis: number): CapacityPoint {
  return curveOf([capacityStep(rate, latency(meanMillis))])[0]!
}

describe('curve of latency against rate', () => {
  it('has one point for each rate, in order, with medians of its steps', () => {
    const steps = [
      capacityStep(2000, latency(0.4)),
      capacityStep(1000, latency(0.2)),
      failedStep(2000, latency(9)),
      capacityStep(2000, latency(0.6)),
      failedStep(4000, { ...latency(30), answered_per_second: 3000 }),
      failedStep(4000, { ...latency(50), answered_per_second: 3200 }),
    ]
    const curve = curveOf(steps)
    expect(curve.map((one) => one.target_ops_per_second)).toEqual([1000, 2000, 4000])
    expect(curve.map(({ mean_ms }) => mean_ms)).toEqual([0.2, 0.6, 40])
    expect(curve.map((one) => one.steps_disturbed)).toEqual([0, 0, 0])
    expect(curve.map(({ p99_ms }) => Math.round(p99_ms * 1000) / 1000)).toEqual([0.6, 1.8, 120])
    expect(curve.map((one) => one.answered_per_second)).toEqual([1000, 2000, 3100])
    expect(curve.map((one) => [one.steps_held, one.steps_failed])).toEqual([
      [1, 0],
      [2, 1],
      [0, 2],
    ])
  })

  it('has its knee at half of the service rate in a queue of random arrivals and service times', () => {
    // M/M/1: the mean time is 1 / (m - r), so power is r (m - r), and highest at r = m / 2.
    const rates = Array.from({ length: 19 }, (_, index) => 500 * (index + 1))
    expect(kneeOf(rates.map((rate) => point(rate, 1000 / (10_000 - rate))))?.ops_per_second).toBe(5000)
  })

  it('has it at the last rate before a wall', () => {
    const curve = [1000, 2000, 4000, 8000].map((rate) => point(rate, 0.2))
    expect(kneeOf([...curve, point(9000, 300)])).toEqual({ ops_per_second: 8000, mean_ms: 0.2 })
  })

  it('leaves out steps that were disturbed, unless there are no others', () => {
    const disturbed = failedStep(2000, { ...latency(90), disturbed: true })
    const [calm] = curveOf([capacityStep(2000, latency(0.4)), disturbed, capacityStep(2000, latency(0.6))])
    expect(calm).toMatchObject({ mean_ms: 0.5, steps_held: 2, steps_failed: 0, steps_disturbed: 1 })
    expect(curveOf([disturbed])[0]).toMatchObject({ mean_ms: 90, steps_failed: 0, steps_disturbed: 1 })
  })

  it('has none at an end of what was tried: it lies beyond', () => {
    const flat = [1000, 2000, 4000].map((rate) => point(rate, 0.2))
    expect(kneeOf(flat)).toBeNull()
    expect(kneeOf([point(1000, 0.1), point(2000, 1), point(4000, 9)])).toBeNull()
  })

  it('has none where there is too little to see', () => {
    expect(kneeOf([point(1000, 1), point(2000, 1)])).toBeNull()
    fc.assert(
      fc.property(fc.array(fc.nat(5), { maxLength: 6 }), (means) => {
        const knee = kneeOf(means.map((mean, index) => point(1000 * (index + 1), mean)))
        const power = means.flatMap((mean, index) => (mean > 0 ? [(index + 1) / mean] : []))
        const best = power.indexOf(Math.max(...power))
        expect(knee === null).toBe(power.length < 3 || best === 0 || best === power.length - 1)
      }),
    )
  })
})
