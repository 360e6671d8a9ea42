import { describe, expect, it } from 'vitest'
import { ClosedLoop } from '../../src/engine/closed-loop.ts'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { INDETERMINATE } from '../../src/model/outcome.ts'
import { createEngineParts, type EngineParts } from '../support/engine.ts'

function createLoop(
  concurrency: number,
  options: { readonly connections?: number; readonly maxInFlight?: number; readonly duration?: number } = {},
): { loop: ClosedLoop; parts: EngineParts } {
  const parts = createEngineParts({
    connections: options.connections ?? 2,
    hasDueInstants: false,
    commandTimeoutMillis: 100,
  })
  const startAt = parts.clock.now()
  const timeline = { startAt, measureAt: startAt + 10, endAt: startAt + 10 + (options.duration ?? 1000) }
  const loop = new ClosedLoop(parts, timeline, { concurrency, maxInFlight: options.maxInFlight ?? 1000 })
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
})
