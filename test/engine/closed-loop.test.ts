import { describe, expect, it } from 'vitest'
import { Budget } from '../../src/engine/budget.ts'
import { ClosedLoop, type ClosedLoopLimits } from '../../src/engine/closed-loop.ts'
import { LoadTime } from '../../src/model/load-time.ts'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { INDETERMINATE } from '../../src/model/outcome.ts'
import { createEngineParts, type EngineParts } from '../support/engine.ts'

function createLoop(
  concurrency: ClosedLoopLimits['concurrency'],
  options: {
    readonly connections?: number
    readonly maxInFlight?: number
    readonly duration?: number
    readonly think?: ClosedLoopLimits['think']
    readonly budget?: Budget
    readonly time?: LoadTime
    readonly isFixed?: boolean
  } = {},
): { loop: ClosedLoop; parts: EngineParts } {
  const parts = createEngineParts({
    connections: options.connections ?? 2,
    hasDueInstants: false,
    commandTimeoutMillis: 100,
  })
  const startAt = parts.clock.now()
  const timeline = { startAt, measureAt: startAt + 10, endAt: startAt + 10 + (options.duration ?? 1000) }
  const loop = new ClosedLoop({ ...parts, budget: options.budget, time: options.time }, timeline, {
    concurrency,
    maxInFlight: options.maxInFlight ?? 1000,
    think: options.think,
    isFixed: options.isFixed ?? false,
  })
  parts.dispatcher.listen(loop)
  return { loop, parts }
}

const inFlight = ({ connections }: EngineParts): number[] => connections.map(({ sent }) => sent.length)

describe('ClosedLoop', () => {
  it('keeps exactly so many in flight, spread over the connections', () => {
    const { loop, parts } = createLoop(5, { connections: 3 })
    loop.start()
    expect(inFlight(parts)).toEqual([2, 2, 1])
    parts.connections[0]!.answer()
    parts.connections[2]!.answer()
    expect(inFlight(parts)).toEqual([2, 2, 1])
    expect(parts.read().warmup.counters.issued).toBe(7)
  })

  it('records no response time, and counts by the phase of the send', () => {
    const { loop, parts } = createLoop(1, { connections: 1 })
    loop.start()
    parts.clock.advance(12)
    parts.connections[0]!.answer()
    parts.clock.advance(1)
    parts.connections[0]!.answer()
    const { warmup, measure } = parts.read()
    expect(warmup.series[0]!.serviceSuccess.count).toBe(1)
    expect(measure.series[0]!.serviceSuccess.count).toBe(1)
    expect(measure.series[0]!.responseSuccess.count).toBe(0)
    expect(measure.startLag.count).toBe(0)
  })

  it('waits for a connection that is down instead of spinning', () => {
    const { loop, parts } = createLoop(2, { connections: 2 })
    loop.start()
    const [first] = parts.connections
    first!.isReady = false
    first!.answer(INDETERMINATE, errorCodeIndex('closed'))
    expect(inFlight(parts)).toEqual([0, 1])
    loop.wake()
    expect(inFlight(parts)).toEqual([0, 1])
    first!.isReady = true
    parts.dispatcher.connected(first!)
    expect(inFlight(parts)).toEqual([1, 1])
  })

  it('does not recurse when what it sends is refused at once', () => {
    const { loop, parts } = createLoop(1, { connections: 1 })
    const [connection] = parts.connections
    connection!.rejectsWith = errorCodeIndex('not_writable')
    loop.start()
    expect(parts.read().warmup.counters.issued).toBe(1)
    loop.wake()
    expect(parts.read().warmup.counters.issued).toBe(2)
    connection!.rejectsWith = undefined
    loop.wake()
    expect(inFlight(parts)).toEqual([1])
  })

  it('does not let abandoned commands pile up', () => {
    const { loop, parts } = createLoop(2, { connections: 1, maxInFlight: 4 })
    loop.start()
    for (let timeout = 0; timeout < 10; timeout++) {
      parts.clock.advance(100)
      parts.dispatcher.expire()
    }
    expect(parts.connections[0]!.held).toBe(4)
    expect(parts.dispatcher).toMatchObject({ inFlight: 0, abandoned: 4 })
    for (let late = 0; late < 4; late++) parts.connections[0]!.answer()
    expect(parts.dispatcher).toMatchObject({ inFlight: 2, abandoned: 0 })
  })

  it('ends at its time: the answers that come later trigger nothing', () => {
    const { loop, parts } = createLoop(3, { duration: 50 })
    loop.start()
    parts.clock.advance(60)
    expect(loop.isFinished).toBe(true)
    for (const connection of parts.connections) connection.answerAll()
    expect(inFlight(parts)).toEqual([0, 0])
    expect(loop.wake()).toBe(Number.POSITIVE_INFINITY)
  })

  it('ends early when it is told to', () => {
    const { loop, parts } = createLoop(1)
    loop.start()
    parts.clock.advance(1)
    loop.stop()
    expect(loop.isFinished).toBe(true)
    for (const connection of parts.connections) connection.answerAll()
    expect(inFlight(parts)).toEqual([0, 0])
  })

  it('follows a concurrency that changes: new slots at once, ended ones with their answers', () => {
    // 4 in the warm-up of 10 ms and 100 ms of measured time, then none for 100 ms, then 2.
    const steps = [
      { units: 4, untilMillis: 100 },
      { units: 0, untilMillis: 200 },
      { units: 2, untilMillis: Number.POSITIVE_INFINITY },
    ]
    const { loop, parts } = createLoop((millis) => steps.find(({ untilMillis }) => millis < untilMillis)!)
    const answerAll = (): void => {
      for (const connection of parts.connections) connection.answerAll()
    }
    loop.start()
    expect(inFlight(parts)).toEqual([2, 2])
    parts.connections[0]!.answer()
    expect(inFlight(parts)).toEqual([2, 2])
    parts.clock.advance(105)
    expect(loop.wake()).toBe(5)
    parts.clock.advance(5)
    parts.connections[0]!.answer()
    expect(inFlight(parts)).toEqual([1, 2])
    answerAll()
    loop.wake()
    expect(inFlight(parts)).toEqual([0, 0])
    parts.clock.advance(100)
    loop.wake()
    expect(inFlight(parts)).toEqual([1, 1])
    expect(loop.isFinished).toBe(false)
  })

  it('ends slots that wait when there are to be fewer', () => {
    const { loop, parts } = createLoop((millis) =>
      millis < 50 ? { units: 4, untilMillis: 50 } : { units: 1, untilMillis: 1e9 },
    )
    for (const connection of parts.connections) connection.isReady = false
    loop.start()
    parts.clock.advance(60)
    loop.wake()
    for (const connection of parts.connections) connection.isReady = true
    loop.wake()
    expect(inFlight(parts)).toEqual([1, 0])
  })

  it('sends nothing in a pause for a connection that is back before the next look at the time', () => {
    const time = new LoadTime()
    const { loop, parts } = createLoop(2, { time })
    const [first] = parts.connections
    first!.isReady = false
    loop.start()
    time.add({ atMillis: 50, factor: 0, skippedMillis: 0 })
    loop.adjusted()
    loop.wake()
    parts.clock.advance(61)
    first!.isReady = true
    parts.dispatcher.connected(first!)
    expect(inFlight(parts)).toEqual([0, 1])
  })

  it('thinks after each answer, for as long as the seeded random says, without looking all the time', () => {
    const draws = [0, 0.5, 1]
    const random = { next: () => draws.shift() ?? 0, below: () => 0 }
    const { loop, parts } = createLoop(1, { think: { time: { min_ms: 20, max_ms: 40 }, random } })
    loop.start()
    const sentAt: number[] = []
    let woken = 0
    const end = parts.clock.now() + 100
    while (parts.clock.now() < end && sentAt.length < 4) {
      const wait = loop.wake()
      if (parts.connections[0]!.sent.length > 0) {
        sentAt.push(parts.clock.now() - 1000)
        parts.connections[0]!.answer()
      }
      parts.clock.advance(wait)
      woken++
    }
    expect(sentAt).toEqual([0, 20, 50, 90])
    expect(woken).toBeLessThan(15)
  })

  it('does not spin when there may be no time to think at all', () => {
    const random = { next: () => 0, below: () => 0 }
    const { loop, parts } = createLoop(1, { think: { time: { min_ms: 0, max_ms: 10 }, random } })
    loop.start()
    parts.connections[0]!.answer()
    expect(inFlight(parts)).toEqual([0, 0])
    expect(loop.wake()).toBe(0.25)
    expect(inFlight(parts)).toEqual([1, 0])
  })

  it('ends with its budget, to the command; the warm-up takes nothing from it', () => {
    const budget = new Budget(7)
    const { loop, parts } = createLoop(3, { budget })
    loop.start()
    for (let round = 0; round < 20; round++) {
      parts.clock.advance(1)
      // Each answer sends the next: only what is out now is answered.
      for (const connection of parts.connections) for (const _ of connection.sent.slice()) connection.answer()
      loop.wake()
    }
    expect(loop.isFinished).toBe(true)
    expect(parts.read().warmup.counters.issued).toBeGreaterThan(10)
    expect(parts.read().measure.counters).toMatchObject({ scheduled: 7, issued: 7 })
    expect(inFlight(parts)).toEqual([0, 0])
  })

  it('sends nothing measured when its part of the count is nothing', () => {
    const { loop, parts } = createLoop(1, { budget: new Budget(0) })
    loop.start()
    expect(loop.isFinished).toBe(false)
    parts.clock.advance(11)
    parts.connections[0]!.answer()
    expect(loop.isFinished).toBe(true)
    expect(parts.read().measure.counters.scheduled).toBe(0)
  })

  it('sends nothing before its start', () => {
    const { loop, parts } = createLoop(1)
    parts.clock.advance(-0.5)
    loop.start()
    expect(loop.wake()).toBe(0.5)
    expect(inFlight(parts)).toEqual([0, 0])
    parts.clock.advance(0.5)
    loop.wake()
    expect(inFlight(parts)).toEqual([1, 0])
  })

  it.each([
    [false, [6, 0, 6, 9]],
    [true, [6, 0, 6, 6]],
  ])('pauses, goes on and sends more when it is adjusted (fixed: %s)', (isFixed, expected) => {
    const time = new LoadTime()
    const { loop, parts } = createLoop(6, { time, isFixed })
    const { clock, connections } = parts
    const flying = (): number => inFlight(parts).reduce((sum, count) => sum + count, 0)
    const turn = (): void => {
      clock.advance(100)
      for (const connection of connections) for (const _ of connection.sent.slice()) connection.answer()
      loop.wake()
    }
    loop.start()
    time.add({ atMillis: 200, factor: 0, skippedMillis: 0 })
    loop.adjusted()
    loop.wake()
    const seen: number[] = []
    turn()
    seen.push(flying())
    turn()
    turn()
    seen.push(flying())
    time.add({ atMillis: 400, factor: 1, skippedMillis: 0 })
    loop.adjusted()
    turn()
    turn()
    seen.push(flying())
    time.add({ atMillis: 600, factor: 1.5, skippedMillis: 0 })
    loop.adjusted()
    turn()
    turn()
    seen.push(flying())
    expect(seen).toEqual(expected)
    const { scheduled, issued } = parts.read().measure.counters
    expect(scheduled).toBe(issued)
  })

  it('follows the stages of the plan when a part of it is left out', () => {
    const time = new LoadTime()
    const stages = (millis: number): { units: number; untilMillis: number } =>
      millis < 500 ? { units: 2, untilMillis: 500 } : { units: 5, untilMillis: Number.POSITIVE_INFINITY }
    const { loop, parts } = createLoop(stages, { time })
    loop.start()
    time.add({ atMillis: 100, factor: 1, skippedMillis: 400 })
    loop.adjusted()
    parts.clock.advance(109)
    loop.wake()
    expect(inFlight(parts)).toEqual([1, 1])
    parts.clock.advance(1)
    loop.wake()
    expect(inFlight(parts)).toEqual([3, 2])
  })
})
