import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { StagePlan } from '../../src/model/plan.ts'
import type { ArrivalSchedule } from '../../src/model/schedule.ts'
import { buildSchedule } from '../../src/schedule/build-schedule.ts'
import { rateCurve } from '../../src/schedule/rate-curve.ts'
import { schedules } from '../../src/schedule/registry.ts'
import { planOf } from '../support/plan.ts'
import { constantSpec } from '../support/schedule.ts'

function take(schedule: ArrivalSchedule, count: number): number[] {
  return Array.from({ length: count }, () => schedule.next())
}

function before(schedule: ArrivalSchedule, limitMillis: number): number[] {
  const due: number[] = []
  for (let at = schedule.next(); at < limitMillis; at = schedule.next()) due.push(at)
  return due
}

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b)

/** Rates that change, with pauses, jumps and ramps in them. */
const pieces = fc
  .array(
    fc.record({
      durationMillis: fc.integer({ min: 100, max: 3000 }),
      from: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 })),
      to: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 })),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .filter((list) => list.some(({ from, to }) => from + to > 0))

describe('constant', () => {
  it.each([
    [1000, [0, 1, 2, 3]],
    [4, [0, 250, 500, 750]],
    [3, [0, 1000 / 3, 2000 / 3, 1000]],
    [0.5, [0, 2000, 4000, 6000]],
  ])('is due every 1/%d s', (rate, due) => {
    expect(take(schedules.constant(constantSpec(rate)), 4)).toEqual(due)
  })

  it('does not drift: arrival 3 000 000 is due exactly when it should be', () => {
    const schedule = schedules.constant(constantSpec(30_000))
    let due = 0
    for (let arrival = 0; arrival <= 3_000_000; arrival++) due = schedule.next()
    expect(due).toBe(100_000)
  })

  it('has exactly rate × time arrivals in any whole second, at every rate', () => {
    for (let rate = 1; rate <= 3000; rate++) {
      const schedule = schedules.constant(constantSpec(rate))
      let count = 0
      while (schedule.next() < 2000) count++
      expect(count).toBe(2 * rate)
    }
  })

  it('is exact for batches: the target counts commands', () => {
    for (const size of [3, 7, 10, 17]) {
      const schedule = schedules.constant({ ...constantSpec(1000), commandsPerUnit: size })
      expect(before(schedule, 7000 * size)).toHaveLength(7000)
    }
  })
})

describe('any shape', () => {
  it('has as many arrivals as the integral of its rate, which never go backwards', () => {
    fc.assert(
      fc.property(pieces, fc.boolean(), fc.integer({ min: 0, max: 12_000 }), (list, repeats, limit) => {
        const curve = rateCurve(list, repeats)
        const due = before(schedules.constant({ ...constantSpec(1), curve }), limit)
        expect(Math.abs(due.length - curve.commandsBefore(limit))).toBeLessThanOrEqual(1)
        expect(due.every((at, index) => index === 0 || at >= due[index - 1]!)).toBe(true)
      }),
    )
  })

  it('has nothing in a pause, and goes on with its end', () => {
    const onAndOff = rateCurve(
      [
        { durationMillis: 300, from: 100, to: 100 },
        { durationMillis: 700, from: 0, to: 0 },
      ],
      true,
    )
    const due = before(schedules.constant({ ...constantSpec(1), curve: onAndOff }), 3_600_000)
    expect(due).toHaveLength(30 * 3600)
    expect(due.every((at) => at % 1000 < 300)).toBe(true)
    expect(due.slice(29, 32)).toEqual([290, 1000, 1010])
  })

  it('ends where the rate ends', () => {
    const curve = rateCurve([
      { durationMillis: 1000, from: 5, to: 5 },
      { durationMillis: Number.POSITIVE_INFINITY, from: 0, to: 0 },
    ])
    expect(take(schedules.constant({ ...constantSpec(1), curve }), 7).slice(4)).toEqual([
      800,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ])
  })
})

/** Distance between the sorted values and a distribution; below 1.95 / √n in 99.9 of 100 samples of it. */
function kolmogorovSmirnov(values: readonly number[], distribution: (value: number) => number): number {
  return sorted(values).reduce((largest, value, index) => {
    const theory = distribution(value)
    const steps = [index / values.length, (index + 1) / values.length]
    return Math.max(largest, ...steps.map((step) => Math.abs(theory - step)))
  }, 0)
}

describe('poisson', () => {
  it('has exponential gaps: Kolmogorov-Smirnov at the 99.9 % level', () => {
    const rate = 500
    const due = take(schedules.poisson(constantSpec(rate)), 20_001)
    const gaps = due.slice(1).map((at, index) => at - due[index]!)
    const distance = kolmogorovSmirnov(gaps, (gap) => 1 - Math.exp((-gap * rate) / 1000))
    expect(distance).toBeLessThan(1.95 / Math.sqrt(gaps.length))
  })

  it.each([
    ['a ramp', [{ durationMillis: 20_000, from: 0, to: 2000 }], (at: number) => (at / 20_000) ** 2],
    [
      'a spike after a pause',
      [
        { durationMillis: 4000, from: 1000, to: 1000 },
        { durationMillis: 10_000, from: 0, to: 0 },
        { durationMillis: 6000, from: 4000, to: 4000 },
      ],
      (at: number) => (Math.min(at, 4000) + 4 * Math.max(0, at - 14_000)) / 28_000,
    ],
  ])(
    'follows %s: its arrivals are distributed as the rate, and its time-rescaled gaps exponential',
    (_, list, share) => {
      const curve = rateCurve(list)
      const due = before(schedules.poisson({ ...constantSpec(1), curve, seed: 3 }), 20_000)
      expect(kolmogorovSmirnov(due, share)).toBeLessThan(1.95 / Math.sqrt(due.length))
      const rescaled = due.map((at) => curve.commandsBefore(at))
      const gaps = rescaled.slice(1).map((at, index) => at - rescaled[index]!)
      expect(kolmogorovSmirnov(gaps, (gap) => 1 - Math.exp(-gap))).toBeLessThan(1.95 / Math.sqrt(gaps.length))
    },
  )

  it('has Poisson counts: the variance of a second is its mean', () => {
    const counts = Array.from({ length: 2000 }, () => 0)
    for (const at of before(schedules.poisson(constantSpec(40)), 2_000_000))
      counts[Math.floor(at / 1000)]! += 1
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
    const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1)
    // The index of dispersion is chi-square with n - 1 degrees of freedom, over n - 1: 4 standard deviations.
    expect(Math.abs(variance / mean - 1)).toBeLessThan(4 * Math.sqrt(2 / (counts.length - 1)))
  })

  it('never goes backwards and is the same for the same seed', () => {
    const due = take(schedules.poisson(constantSpec(1000)), 1000)
    expect(due.every((at, index) => index === 0 || at >= due[index - 1]!)).toBe(true)
    expect(take(schedules.poisson(constantSpec(1000)), 1000)).toEqual(due)
    expect(take(schedules.poisson(constantSpec(1000, 2)), 1000)).not.toEqual(due)
  })
})

describe('buildSchedule', () => {
  const alone = { commandsPerUnit: 1, thread: 0, threads: 1 }
  const loadOf = (flags: Record<string, string>): Parameters<typeof buildSchedule>[0] =>
    planOf({ 'load.warmup': '1s', 'load.seed': '1', ...flags }).plan.load

  it('counts the measured arrivals from the beginning of the measured time', () => {
    const load = loadOf({ 'load.target_ops_per_second': '3', 'load.warmup': '500ms' })
    expect(before(buildSchedule(load, alone), 1501)).toEqual([
      0,
      1000 / 3,
      500,
      500 + 1000 / 3,
      500 + 2000 / 3,
      1500,
    ])
  })

  it.each([
    ['the first stage', { 'load.stages': 'a:1s:20,b:1s:500' }, 20],
    ['the first stage that is no pause', { 'load.stages': 'a:1s:0,b:1s:30' }, 30],
    ['the middle of a ramp from 0', { 'load.target_ops_per_second': '100', 'load.ramp': '10s' }, 50],
    ['the beginning of a ramp from elsewhere', { 'load.stages': 'a:1s:40..100' }, 40],
  ])('warms up at the rate of %s', (_, flags, count) => {
    const due = before(buildSchedule(loadOf(flags), alone), 1000)
    expect(due).toHaveLength(count)
  })

  it('is kept exactly by 1 to 8 threads together, in warm-up and stages, evenly or by chance', () => {
    const rate = fc.integer({ min: 0, max: 400 })
    const stages = fc.array(
      fc.record({ millis: fc.integer({ min: 100, max: 2000 }), from: rate, to: rate }),
      {
        minLength: 1,
        maxLength: 5,
      },
    )
    fc.assert(
      fc.property(
        stages.filter((list) => list.some(({ from, to }) => from + to > 0)),
        fc.record({
          threads: fc.integer({ min: 1, max: 8 }),
          arrivals: fc.constantFrom('constant', 'poisson'),
          commandsPerUnit: fc.integer({ min: 1, max: 20 }),
          warmup: fc.integer({ min: 0, max: 1500 }),
        }),
        (list, { threads, arrivals, commandsPerUnit, warmup }) => {
          const load = loadOf({
            'load.stages': list.map(({ millis, from, to }) => `s:${millis}ms:${from}..${to}`).join(','),
            'load.repeat_stages': 'true',
            'load.arrivals': arrivals,
            'load.warmup': `${warmup}ms`,
          })
          const whole = before(buildSchedule(load, { ...alone, commandsPerUnit }), 6000)
          const parts = Array.from({ length: threads }, (_, thread) =>
            before(buildSchedule(load, { commandsPerUnit, thread, threads }), 6000),
          )
          expect(sorted(parts.flat())).toEqual(whole)
          for (const [thread, part] of parts.entries())
            expect(part).toEqual(whole.filter((_, index) => index % threads === thread))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('has exactly the arrivals of the integral in a sine, which is within 0.1 % of the true one', () => {
    const load = loadOf({
      'load.target_ops_per_second': '1000',
      'load.sine.period': '20s',
      'load.warmup': '0',
    })
    const due = before(buildSchedule(load, alone), 40_000)
    expect(Math.abs(due.length - 40_000)).toBeLessThanOrEqual(1)
    const worst = load.stages.reduce((largest, stage: StagePlan, index) => {
      const middle = ((stage.from_ops_per_second ?? 0) + (stage.to_ops_per_second ?? 0)) / 2
      const truth = 1000 * (1 + 0.5 * Math.sin((2 * Math.PI * (index + 0.5)) / load.stages.length))
      return Math.max(largest, Math.abs(middle - truth))
    }, 0)
    expect(worst).toBeLessThan(0.001 * 1000)
    expect(worst).toBeGreaterThan(0)
  })
})
