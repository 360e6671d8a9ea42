import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LoadTime } from '../../src/model/load-time.ts'

const timeOf = (...stretches: [atMillis: number, factor: number, skippedMillis: number][]): LoadTime => {
  const time = new LoadTime()
  for (const [atMillis, factor, skippedMillis] of stretches) time.add({ atMillis, factor, skippedMillis })
  return time
}

describe('LoadTime', () => {
  it('is the time of the clock as long as nobody adjusts anything', () => {
    const time = new LoadTime()
    expect([time.planAt(-5), time.planAt(1234), time.whenPlanIs(1234), time.nextAfter(0)]).toEqual([
      -5,
      1234,
      1234,
      Number.POSITIVE_INFINITY,
    ])
    expect(time.isPaused).toBe(false)
    expect(time.isCutBefore(1000, 20)).toBe(false)
  })

  it('jumps where a part of the plan is left out', () => {
    const time = timeOf([4000, 1, 6000], [5000, 0, 6000])
    expect([3999, 4000, 5000].map((millis) => time.planAt(millis))).toEqual([3999, 10_000, 11_000])
    expect([3000, 4000, 7000, 10_000, 10_500, 20_000].map((plan) => time.whenPlanIs(plan))).toEqual([
      3000, 4000, 4000, 4000, 4500, 14_000,
    ])
    expect([time.isCutBefore(10_000, 20), time.isCutBefore(20_000, 20), time.isCutBefore(3000, 20)]).toEqual([
      true,
      false,
      false,
    ])
    expect(time.nextAfter(4000)).toBe(5000)
    expect(time.isPaused).toBe(true)
  })

  it('takes an adjustment from where it stands on the wall clock, and none before the measured time', () => {
    const time = new LoadTime()
    time.addAdjustment({ kind: 'rate', at_ms: 99_000, factor: 2, skipped_ms: 0 }, 100_000)
    expect(time.latest).toEqual({ atMillis: 0, factor: 2, skippedMillis: 0 })
  })

  it('has come to any time of the plan at the first moment that is not before it', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 9000 })), {
      maxLength: 6,
    })
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 60_000 }), (list, plan) => {
        const time = new LoadTime()
        let [atMillis, skippedMillis] = [0, 0]
        for (const [wait, skipped] of list) {
          atMillis += wait
          skippedMillis += skipped
          time.add({ atMillis, factor: 1, skippedMillis })
        }
        const at = time.whenPlanIs(plan)
        expect(time.planAt(at)).toBeGreaterThanOrEqual(plan)
        expect(time.planAt(at - 1e-6)).toBeLessThan(plan)
      }),
    )
  })
})
