import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Budget } from '../../src/engine/budget.ts'
import { OpenLoop } from '../../src/engine/open-loop.ts'
import type { Timeline } from '../../src/engine/timeline.ts'
import { LoadTime } from '../../src/model/load-time.ts'
import type { Unit } from '../../src/model/call.ts'
import { FAILED } from '../../src/model/outcome.ts'
import type { ArrivalSchedule } from '../../src/model/schedule.ts'
import { adjustedCurve } from '../../src/schedule/adjusted-curve.ts'
import { schedules } from '../../src/schedule/registry.ts'
import { createEngineParts, type EngineParts } from '../support/engine.ts'
import { constantSchedule, constantSpec } from '../support/schedule.ts'

interface Setup {
  readonly loop: OpenLoop
  readonly parts: EngineParts
  readonly timeline: Timeline
}

function createLoop(
  options: {
    readonly rate?: number
    readonly maxInFlight?: number
    readonly warmup?: number
    readonly measure?: number
    readonly unit?: Unit
    readonly schedule?: ArrivalSchedule
    readonly budget?: Budget
    readonly time?: LoadTime
  } = {},
): Setup {
  const parts = createEngineParts(options.unit === undefined ? {} : { unit: options.unit })
  const startAt = parts.clock.now()
  const measureAt = startAt + (options.warmup ?? 0)
  const timeline = { startAt, measureAt, endAt: measureAt + (options.measure ?? 1000) }
  const schedule = options.schedule ?? constantSchedule(options.rate ?? 100)
  const loop = new OpenLoop(
    { ...parts, schedule, budget: options.budget, time: options.time },
    timeline,
    options.maxInFlight ?? 1000,
  )
  parts.dispatcher.listen(loop)
  return { loop, parts, timeline }
}

const answerAll = ({ connections }: EngineParts): void => {
  for (const connection of connections) connection.answerAll()
}

describe('OpenLoop', () => {
  it('fires exactly rate times duration, at the due instants, and then ends', () => {
    const { loop, parts } = createLoop({ rate: 100, measure: 1000 })
    const end = parts.clock.now() + 2000
    while (parts.clock.now() < end) {
      const wait = loop.wake()
      answerAll(parts)
      if (wait === Number.POSITIVE_INFINITY) break
      parts.clock.advance(Math.max(wait, 0.01))
    }
    expect(loop.isFinished).toBe(true)
    const { measure } = parts.read()
    expect(measure.counters).toEqual({
      scheduled: 100,
      issued: 100,
      dropped_max_in_flight: 0,
      dropped_generator_late: 0,
      unpaced_settled: 0,
    })
    expect(measure.startLag.count).toBe(100)
    expect(measure.startLag.maxMicros).toBeLessThan(50)
  })

  it('spreads arrivals over the connections in turn', () => {
    const { loop, parts } = createLoop({ rate: 1000 })
    parts.clock.advance(9)
    loop.wake()
    expect(parts.connections.map(({ sent }) => sent.length)).toEqual([5, 5])
  })

  it('times a late arrival from its due instant, and records the lag', () => {
    const { loop, parts } = createLoop({ rate: 10 })
    parts.clock.advance(30)
    loop.wake()
    parts.clock.advance(2)
    answerAll(parts)
    const { startLag, series } = parts.read().measure
    expect(startLag.maxMicros).toBe(30_000)
    expect(series[0]!.responseSuccess.maxMicros).toBe(32_000)
    expect(series[0]!.serviceSuccess.maxMicros).toBe(2000)
  })

  it('counts every arrival that finds too many in flight, and goes on when there is room', () => {
    const { loop, parts } = createLoop({ rate: 1000, maxInFlight: 5 })
    parts.clock.advance(9)
    loop.wake()
    expect(parts.read().measure.counters).toMatchObject({
      scheduled: 10,
      issued: 5,
      dropped_max_in_flight: 5,
    })
    answerAll(parts)
    parts.clock.advance(3)
    loop.wake()
    expect(parts.read().measure.counters).toMatchObject({
      scheduled: 13,
      issued: 8,
      dropped_max_in_flight: 5,
    })
  })

  it('draws the same commands whether or not some are dropped', () => {
    const { loop, parts } = createLoop({ rate: 1000, maxInFlight: 5 })
    parts.clock.advance(9)
    loop.wake()
    expect(parts.workload.filled).toBe(10)
  })

  it('tells who follows a dropped command that it will not be sent', () => {
    const { loop, parts } = createLoop({ rate: 1000, maxInFlight: 5 })
    const settled: number[] = []
    const { workload } = parts
    const { fill } = workload
    workload.fill = function fillAndFollow(call) {
      fill.call(workload, call)
      call.tracker = { settled: (_, outcome) => void settled.push(outcome) }
    }
    parts.clock.advance(9)
    loop.wake()
    expect(settled).toEqual([FAILED, FAILED, FAILED, FAILED, FAILED])
  })

  it('counts commands, not batches', () => {
    const { loop, parts } = createLoop({
      rate: 100,
      maxInFlight: 25,
      unit: { kind: 'pipeline', size: 10, series: 1 },
    })
    parts.clock.advance(25)
    loop.wake()
    expect(parts.read().measure.counters).toMatchObject({
      scheduled: 30,
      issued: 20,
      dropped_max_in_flight: 10,
    })
  })

  it('puts each arrival into the phase in which it was due', () => {
    const { loop, parts } = createLoop({ rate: 100, warmup: 100, measure: 200 })
    for (let millis = 0; millis < 400; millis += 5) {
      loop.wake()
      answerAll(parts)
      parts.clock.advance(5)
    }
    expect(parts.read().warmup.counters.scheduled).toBe(10)
    expect(parts.read().measure.counters.scheduled).toBe(20)
  })

  it('lets replies be read between bursts when it has fallen behind', () => {
    const { loop, parts } = createLoop({ rate: 100_000, maxInFlight: 1_000_000 })
    parts.clock.advance(100)
    expect(loop.wake()).toBe(0)
    expect(parts.read().measure.counters.issued).toBe(256)
  })

  it('drops and counts what it could not fire by the end', () => {
    const { loop, parts } = createLoop({ rate: 100, measure: 1000 })
    parts.clock.advance(5000)
    loop.wake()
    expect(loop.isFinished).toBe(true)
    expect(parts.read().measure.counters).toMatchObject({
      scheduled: 100,
      issued: 0,
      dropped_generator_late: 100,
    })
  })

  it('ends early when it is told to, without an arrival uncounted', () => {
    const { loop, parts, timeline } = createLoop({ rate: 100, measure: 10_000 })
    parts.clock.advance(55)
    loop.wake()
    parts.clock.advance(40)
    timeline.endAt = parts.clock.now()
    loop.stop()
    expect(parts.read().measure.counters).toMatchObject({
      scheduled: 10,
      issued: 10,
      dropped_generator_late: 0,
    })
    parts.clock.advance(100)
    expect(loop.wake()).toBe(Number.POSITIVE_INFINITY)
    expect(parts.read().measure.counters.scheduled).toBe(10)
  })

  it('sleeps through a pause, also through one that lasts until its end', () => {
    const due = [0, 400]
    const next = (): number => due.shift() ?? Number.POSITIVE_INFINITY
    const { loop, parts } = createLoop({ schedule: { next, again: next } })
    expect(loop.wake()).toBe(400)
    parts.clock.advance(400)
    expect(loop.wake()).toBe(600)
    expect(loop.isFinished).toBe(false)
    parts.clock.advance(600)
    expect(loop.wake()).toBe(Number.POSITIVE_INFINITY)
    expect(loop.isFinished).toBe(true)
    expect(parts.read().measure.counters).toMatchObject({ scheduled: 2, issued: 2 })
  })

  it('ends when nothing will ever be due again', () => {
    const never = (): number => Number.POSITIVE_INFINITY
    const schedule = { next: never, again: never }
    const { loop } = createLoop({ schedule, measure: Number.POSITIVE_INFINITY })
    expect(loop.wake()).toBe(Number.POSITIVE_INFINITY)
    expect(loop.isFinished).toBe(true)
  })

  it('ends with its budget, which the warm-up and the end of the timeline do not touch', () => {
    const budget = new Budget(5)
    const { loop, parts, timeline } = createLoop({
      rate: 100,
      warmup: 100,
      measure: Number.POSITIVE_INFINITY,
      budget,
    })
    for (let millis = 0; millis < 300 && !loop.isFinished; millis += 5) {
      loop.wake()
      answerAll(parts)
      parts.clock.advance(5)
    }
    expect(loop.isFinished).toBe(true)
    expect(parts.read().warmup.counters.scheduled).toBe(10)
    expect(parts.read().measure.counters).toMatchObject({ scheduled: 5, issued: 5 })
    expect(timeline.endAt).toBe(timeline.measureAt + 40)
  })

  it('counts dropped arrivals against its budget, and cuts no batch', () => {
    const { loop, parts } = createLoop({
      rate: 100,
      maxInFlight: 10,
      budget: new Budget(25),
      unit: { kind: 'pipeline', size: 10, series: 1 },
    })
    parts.clock.advance(900)
    loop.wake()
    expect(loop.isFinished).toBe(true)
    expect(parts.read().measure.counters).toMatchObject({
      scheduled: 30,
      issued: 10,
      dropped_max_in_flight: 20,
    })
  })

  it('never loses an arrival: scheduled = issued + dropped, at any pace', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 3000 }),
        fc.integer({ min: 1, max: 40 }),
        fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 5, maxLength: 60 }),
        (rate, maxInFlight, pauses) => {
          const { loop, parts, timeline } = createLoop({ rate, maxInFlight, warmup: 300, measure: 1000 })
          for (const pause of pauses) {
            parts.clock.advance(pause)
            loop.wake()
            if (pause % 3 === 0) answerAll(parts)
          }
          parts.clock.set(timeline.endAt + 1000)
          loop.wake()
          const { warmup, measure } = parts.read()
          for (const { counters } of [warmup, measure])
            expect(counters.scheduled).toBe(
              counters.issued + counters.dropped_max_in_flight + counters.dropped_generator_late,
            )
          const due = (from: number, to: number): number =>
            Array.from({ length: 5000 }, (_, index) => (index * 1000) / rate).filter(
              (at) => at >= from && at < to,
            ).length
          expect(warmup.counters.scheduled).toBe(due(0, 300))
          expect(measure.counters.scheduled).toBe(due(300, 1300))
        },
      ),
    )
  })

  it('sends nothing in a pause, does not end with it, and makes up for nothing after it', () => {
    const time = new LoadTime()
    const spec = constantSpec(100)
    const schedule = schedules.constant({ ...spec, curve: adjustedCurve(spec.curve, time) })
    const { loop, parts } = createLoop({ schedule, time, measure: Number.POSITIVE_INFINITY })
    const scheduledAfter = (millis: number): number => {
      parts.clock.advance(millis)
      loop.wake()
      answerAll(parts)
      return parts.read().measure.counters.scheduled
    }
    expect(scheduledAfter(95)).toBe(10)
    time.add({ atMillis: 200, factor: 0, skippedMillis: 0 })
    loop.adjusted()
    expect(scheduledAfter(100)).toBe(20)
    expect(scheduledAfter(60_000)).toBe(20)
    expect(loop.wake()).toBe(Number.POSITIVE_INFINITY)
    expect(loop.isFinished).toBe(false)
    time.add({ atMillis: 60_200, factor: 2, skippedMillis: 0 })
    loop.adjusted()
    expect(loop.wake()).toBe(5)
    expect(scheduledAfter(5 + 99)).toBe(40)
    loop.stop()
    expect(parts.read().measure.counters).toMatchObject({ issued: 40, dropped_generator_late: 0 })
  })
})
