import { describe, expect, it } from 'vitest'
import { schedules } from '../../src/schedule/registry.ts'
import type { ScheduleSpec } from '../../src/schedule/spec.ts'

const spec = (unitsPerSecond: number, thread = 0, threads = 1, seed = 1): ScheduleSpec => ({
  unitsPerSecond,
  thread,
  threads,
  seed,
})

function take(schedule: { next(): number }, count: number): number[] {
  return Array.from({ length: count }, () => schedule.next())
}

describe('constant', () => {
  it.each([
    [1000, [0, 1, 2, 3]],
    [4, [0, 250, 500, 750]],
    [3, [0, 1000 / 3, 2000 / 3, 1000]],
    [0.5, [0, 2000, 4000, 6000]],
  ])('is due every 1/%d s', (rate, due) => {
    expect(take(schedules.constant(spec(rate)), 4)).toEqual(due)
  })

  it('does not drift: arrival 10 000 000 is due exactly when it should be', () => {
    const schedule = schedules.constant(spec(30_000))
    let due = 0
    for (let arrival = 0; arrival <= 3_000_000; arrival++) due = schedule.next()
    expect(due).toBe(100_000)
  })

  it('has exactly rate × time arrivals in any whole second, at every rate', () => {
    for (let rate = 1; rate <= 3000; rate++) {
      const schedule = schedules.constant(spec(rate))
      let count = 0
      while (schedule.next() < 2000) count++
      expect(count).toBe(2 * rate)
    }
  })

  it.each([2, 3, 7])('is kept exactly by %d threads together', (threads) => {
    const whole = take(schedules.constant(spec(1000)), 7 * 6)
    const parts = Array.from({ length: threads }, (_, thread) =>
      take(schedules.constant(spec(1000, thread, threads)), (7 * 6) / threads + 1),
    )
    expect(
      parts
        .flat()
        .toSorted((a, b) => a - b)
        .slice(0, whole.length),
    ).toEqual(whole)
  })
})

describe('poisson', () => {
  it('has exponential gaps: Kolmogorov-Smirnov at the 99.9 % level', () => {
    const rate = 500
    const due = take(schedules.poisson(spec(rate)), 20_001)
    const gaps = due
      .slice(1)
      .map((at, index) => at - due[index]!)
      .toSorted((a, b) => a - b)
    const distance = gaps.reduce((largest, gap, index) => {
      const theory = 1 - Math.exp((-gap * rate) / 1000)
      return Math.max(
        largest,
        Math.abs(theory - index / gaps.length),
        Math.abs(theory - (index + 1) / gaps.length),
      )
    }, 0)
    expect(distance).toBeLessThan(1.95 / Math.sqrt(gaps.length))
  })

  it('never goes backwards and is the same for the same seed', () => {
    const due = take(schedules.poisson(spec(1000)), 1000)
    expect(due.every((at, index) => index === 0 || at >= due[index - 1]!)).toBe(true)
    expect(take(schedules.poisson(spec(1000)), 1000)).toEqual(due)
    expect(take(schedules.poisson(spec(1000, 0, 1, 2)), 1000)).not.toEqual(due)
  })

  it('keeps the rate when threads share it', () => {
    const parts = [0, 1, 2].map((thread) => take(schedules.poisson(spec(3000, thread, 3)), 20_000))
    const before = parts.flat().filter((at) => at < 10_000).length
    // 30 000 expected in ten seconds, standard deviation 173.
    expect(Math.abs(before - 30_000)).toBeLessThan(4 * 173)
    expect(parts[0]).not.toEqual(parts[1])
  })
})
