import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LoadTime, type Stretch } from '../../src/model/load-time.ts'
import { adjustedCurve } from '../../src/schedule/adjusted-curve.ts'
import { buildSchedule } from '../../src/schedule/build-schedule.ts'
import { rateCurve } from '../../src/schedule/rate-curve.ts'
import { planOf } from '../support/plan.ts'

const rate = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 }))
const stages = fc
  .array(fc.record({ millis: fc.integer({ min: 100, max: 2000 }), from: rate, to: rate }), {
    minLength: 1,
    maxLength: 5,
  })
  .filter((list) => list.some(({ from, to }) => from + to > 0))

/** What is pressed: after how long, which factor, how much is left out. */
const adjustments = fc.array(
  fc.record({
    wait: fc.integer({ min: 1, max: 1500 }),
    factor: fc.constantFrom(0, 0.1, 0.5, 0.9, 1, 1.1, 2, 10),
    skipped: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 2000 })),
  }),
  { maxLength: 6 },
)

function stretchesOf(
  list: readonly { readonly wait: number; readonly factor: number; readonly skipped: number }[],
): Stretch[] {
  let [atMillis, skippedMillis] = [0, 0]
  return list.map(({ wait, factor, skipped }) => {
    atMillis += wait
    skippedMillis += skipped
    return { atMillis, factor, skippedMillis }
  })
}

/** What a loop does: takes arrivals as they come due, and asks again for the one it waits for when it is told. */
function followed(
  schedule: { next: () => number; again: () => number },
  time: LoadTime,
  stretches: readonly Stretch[],
  { endMillis, leadMillis }: { readonly endMillis: number; readonly leadMillis: number },
): number[] {
  const due: number[] = []
  const waiting = [...stretches]
  let at = schedule.next()
  for (;;) {
    const [told] = waiting
    if (told !== undefined && at > told.atMillis - leadMillis) {
      waiting.shift()
      time.add(told)
      at = schedule.again()
    } else if (at < endMillis) {
      due.push(at)
      at = schedule.next()
    } else return due
  }
}

const loadOf = (
  list: readonly { readonly millis: number; readonly from: number; readonly to: number }[],
  arrivals: 'constant' | 'poisson' = 'constant',
): Parameters<typeof buildSchedule>[0] =>
  planOf({
    'load.stages': list.map(({ millis, from, to }) => `s:${millis}ms:${from}..${to}`).join(','),
    'load.repeat_stages': 'true',
    'load.arrivals': arrivals,
    'load.warmup': '0',
    'load.seed': '1',
  }).plan.load

describe('adjustedCurve', () => {
  const flat = rateCurve([{ durationMillis: Number.POSITIVE_INFINITY, from: 100, to: 100 }])

  it('is the plan as long as nothing is adjusted', () => {
    const curve = adjustedCurve(flat, new LoadTime())
    const dueAfter = curve.followAdjusted()
    expect([0, 1, 250].map((commands) => dueAfter(commands))).toEqual([0, 10, 2500])
    expect([curve.commandsBefore(2500), curve.rateAt(7)]).toEqual([250, 100])
  })

  it('multiplies the rate from a moment on', () => {
    const time = new LoadTime()
    time.add({ atMillis: 1000, factor: 2, skippedMillis: 0 })
    const curve = adjustedCurve(flat, time)
    const dueAfter = curve.followAdjusted()
    expect([99, 100, 101, 102, 300].map((commands) => dueAfter(commands))).toEqual([
      990, 1000, 1005, 1010, 2000,
    ])
    expect(curve.commandsBefore(2000)).toBe(300)
  })

  it('sends nothing in a pause, and nothing of it later', () => {
    const time = new LoadTime()
    time.add({ atMillis: 1000, factor: 0, skippedMillis: 0 })
    const curve = adjustedCurve(flat, time)
    const dueAfter = curve.followAdjusted()
    expect([99, 100].map((commands) => dueAfter(commands))).toEqual([990, Number.POSITIVE_INFINITY])
    time.add({ atMillis: 61_000, factor: 1, skippedMillis: 0 })
    expect([100, 101, 102].map((commands) => dueAfter(commands))).toEqual([61_000, 61_010, 61_020])
    expect([curve.commandsBefore(61_000), curve.commandsBefore(62_000), curve.rateAt(5000)]).toEqual([
      100, 200, 0,
    ])
  })

  it('goes on with the stage that the clock has come to: a pause does not move the stages', () => {
    const steps = rateCurve([
      { durationMillis: 2000, from: 100, to: 100 },
      { durationMillis: 2000, from: 10, to: 10 },
    ])
    const time = new LoadTime()
    time.add({ atMillis: 1000, factor: 0, skippedMillis: 0 })
    time.add({ atMillis: 3000, factor: 1, skippedMillis: 0 })
    const dueAfter = adjustedCurve(steps, time).followAdjusted()
    expect([100, 101, 109, 110].map((commands) => dueAfter(commands))).toEqual([
      3000,
      3100,
      3900,
      Number.POSITIVE_INFINITY,
    ])
  })

  it('leaves out what is left out', () => {
    const steps = rateCurve([
      { durationMillis: 10_000, from: 100, to: 100 },
      { durationMillis: 2000, from: 10, to: 10 },
    ])
    const time = new LoadTime()
    time.add({ atMillis: 1000, factor: 1, skippedMillis: 9000 })
    const curve = adjustedCurve(steps, time)
    const dueAfter = curve.followAdjusted()
    expect([99, 100, 101, 119].map((commands) => dueAfter(commands))).toEqual([990, 1000, 1100, 2900])
    expect(curve.commandsBefore(3000)).toBe(120)
  })
})

describe('an adjusted schedule', () => {
  it('has as many arrivals as the adjusted rate, none of them in a pause, whenever a loop is told', () => {
    fc.assert(
      fc.property(stages, adjustments, fc.integer({ min: 0, max: 700 }), (list, pressed, leadMillis) => {
        const stretches = stretchesOf(pressed)
        const time = new LoadTime()
        const endMillis = 9000
        const schedule = buildSchedule(loadOf(list), { commandsPerUnit: 1, thread: 0, threads: 1, time })
        const due = followed(schedule, time, stretches, { endMillis, leadMillis })
        expect(due.every((at, index) => index === 0 || at >= due[index - 1]!)).toBe(true)
        expect(due.filter((at) => time.at(at).factor === 0)).toEqual([])
        const pieces = list.map(({ millis, from, to }) => ({ durationMillis: millis, from, to }))
        const curve = adjustedCurve(rateCurve(pieces, true), time)
        for (const untilMillis of [...stretches.map(({ atMillis }) => atMillis), 5000, endMillis]) {
          const sent = due.filter((at) => at < untilMillis).length
          expect(Math.abs(sent - curve.commandsBefore(untilMillis))).toBeLessThanOrEqual(1.001)
        }
      }),
    )
  })

  it('is kept by several threads together, whenever each of them is told', () => {
    fc.assert(
      fc.property(
        stages,
        adjustments,
        fc.record({
          arrivals: fc.constantFrom('constant', 'poisson'),
          leads: fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 5 }),
        }),
        (list, pressed, { arrivals, leads }) => {
          const load = loadOf(list, arrivals)
          const stretches = stretchesOf(pressed)
          const part = (thread: number, threads: number, leadMillis: number): number[] => {
            const time = new LoadTime()
            const schedule = buildSchedule(load, { commandsPerUnit: 1, thread, threads, time })
            return followed(schedule, time, stretches, { endMillis: 6000, leadMillis })
          }
          const whole = part(0, 1, 1)
          const parts = leads.flatMap((leadMillis, thread) => part(thread, leads.length, leadMillis))
          expect(parts.toSorted((a, b) => a - b)).toEqual(whole)
        },
      ),
    )
  })

  it('leaves the warm-up alone', () => {
    const time = new LoadTime()
    const { load } = planOf({ 'load.target_ops_per_second': '10', 'load.warmup': '1s' }).plan
    const schedule = buildSchedule(load, { commandsPerUnit: 1, thread: 0, threads: 1, time })
    const due = Array.from({ length: 9 }, () => schedule.next())
    time.add({ atMillis: 0, factor: 0, skippedMillis: 0 })
    expect([...due, schedule.again(), schedule.next()].slice(8)).toEqual([800, 800, 900])
    expect(schedule.next()).toBe(Number.POSITIVE_INFINITY)
    time.add({ atMillis: 500, factor: 1, skippedMillis: 0 })
    expect([schedule.again(), schedule.next()]).toEqual([1500, 1600])
  })
})
