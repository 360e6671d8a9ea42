import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { MEASURE } from '../../src/model/ledger.ts'
import { FAILED, INDETERMINATE, OK, type Outcome } from '../../src/model/outcome.ts'
import type { SeriesSnapshot } from '../../src/model/snapshot.ts'
import { createEngineParts } from '../support/engine.ts'

const PIPELINE = { kind: 'pipeline', size: 3, series: 1 } as const
const SINGLE = { kind: 'single', size: 1, series: -1 } as const

function countsOf(series: SeriesSnapshot): Record<string, number> {
  const counts: Record<string, number> = { ok: 0, failed: 0, indeterminate: 0 }
  for (const { outcome, count } of series.outcomes) counts[outcome]! += count
  return counts
}

/** Follows every call that a workload fills from now on: what became of each. */
function followed(workload: ReturnType<typeof createEngineParts>['workload']): Outcome[] {
  const settled: Outcome[] = []
  const { fill } = workload
  workload.fill = function fillAndFollow(call) {
    fill.call(workload, call)
    call.tracker = { settled: (_, outcome) => void settled.push(outcome) }
  }
  return settled
}

describe('Dispatcher', () => {
  it('tells who follows a call what became of it, once: also when the deadline came first', () => {
    const { clock, dispatcher, connections, workload } = createEngineParts({ commandTimeoutMillis: 1000 })
    const settled = followed(workload)
    const [connection] = connections
    for (let call = 0; call < 3; call++)
      dispatcher.issue(connection!, SINGLE, MEASURE, clock.now(), clock.now())
    connection!.answer()
    connection!.answer(FAILED, errorCodeIndex('OOM'))
    expect(settled).toEqual([OK, FAILED])
    clock.advance(1000)
    dispatcher.expire()
    expect(settled).toEqual([OK, FAILED, INDETERMINATE])
    connection!.answer()
    expect(settled).toHaveLength(3)
  })

  it('tells it of each command of a batch', () => {
    const { clock, dispatcher, connections, workload } = createEngineParts({ unit: PIPELINE })
    const settled = followed(workload)
    dispatcher.issue(connections[0]!, PIPELINE, MEASURE, clock.now(), clock.now())
    connections[0]!.answer()
    connections[0]!.answer(INDETERMINATE, errorCodeIndex('closed'))
    connections[0]!.answer(FAILED, errorCodeIndex('WRONGTYPE'))
    expect(settled).toEqual([OK, INDETERMINATE, FAILED])
  })

  it('records service time from the send and response time from the due instant', () => {
    const { clock, dispatcher, connections, read } = createEngineParts()
    dispatcher.issue(connections[0]!, SINGLE, MEASURE, clock.now() - 7, clock.now())
    clock.advance(3)
    connections[0]!.answer()
    const [get] = read().measure.series
    expect(get!.serviceSuccess.maxMicros).toBe(3000)
    expect(get!.responseSuccess.maxMicros).toBe(10_000)
    expect(read().measure.counters.issued).toBe(1)
  })

  it('counts each command of a pipeline, and the pipeline once, from its send to its last answer', () => {
    const { clock, dispatcher, connections, read } = createEngineParts({ unit: PIPELINE })
    dispatcher.issue(connections[0]!, PIPELINE, MEASURE, clock.now(), clock.now())
    clock.advance(1)
    connections[0]!.answer()
    connections[0]!.answer(FAILED, errorCodeIndex('WRONGTYPE'))
    clock.advance(1)
    expect(read().measure.series[1]!.outcomes).toEqual([])
    connections[0]!.answer()
    const [commands, batch] = read().measure.series
    expect(countsOf(commands!)).toEqual({ ok: 2, failed: 1, indeterminate: 0 })
    expect(commands!.serviceSuccess.minMicros).toBe(1000)
    expect(commands!.serviceSuccess.maxMicros).toBe(2000)
    // A batch with a failed command failed.
    expect(countsOf(batch!)).toEqual({ ok: 0, failed: 1, indeterminate: 0 })
    expect(batch!.serviceError.maxMicros).toBe(2000)
  })

  it('sends a follow-up on the same connection once its cause is answered, as part of the same unit', () => {
    const { clock, dispatcher, connections, read, workload } = createEngineParts()
    const settled: number[] = []
    dispatcher.listen({ unitSettled: (connection) => settled.push(connection.index), available() {} })
    workload.followUps = [{ on: 'nil', unit: SINGLE }, null]
    dispatcher.issue(connections[1]!, SINGLE, MEASURE, clock.now() - 5, clock.now())
    clock.advance(2)
    connections[1]!.sent[0]!.nil = true
    connections[1]!.answer()
    expect(settled).toEqual([])
    expect(connections[1]!.sent).toHaveLength(1)
    clock.advance(3)
    connections[1]!.answer()
    expect(settled).toEqual([1])
    expect(read().measure.counters).toMatchObject({ scheduled: 1, issued: 2 })
    const [get] = read().measure.series
    expect([get!.responseSuccess.minMicros, get!.responseSuccess.maxMicros]).toEqual([3000, 7000])
  })

  it.each([
    ['nil', false, OK, 0],
    ['nil', true, OK, 1],
    ['ok', false, OK, 1],
    ['ok', false, FAILED, 0],
    ['nil', true, INDETERMINATE, 0],
  ] as const)('follows on %s: nil %s, outcome %d → %d follow-ups', (on, nil, outcome, followers) => {
    const { clock, dispatcher, connections, workload } = createEngineParts()
    workload.followUps = [{ on, unit: SINGLE }, null]
    dispatcher.issue(connections[0]!, SINGLE, MEASURE, clock.now(), clock.now())
    connections[0]!.sent[0]!.nil = nil
    connections[0]!.answer(outcome, outcome === OK ? 0 : 1)
    expect(connections[0]!.sent).toHaveLength(followers)
  })

  it('settles an overdue command as indeterminate, and a late answer changes nothing but its own count', () => {
    const { clock, dispatcher, connections, read } = createEngineParts({ commandTimeoutMillis: 100 })
    dispatcher.issue(connections[0]!, SINGLE, MEASURE, clock.now(), clock.now())
    clock.advance(99)
    dispatcher.expire()
    expect(dispatcher.inFlight).toBe(1)
    clock.advance(1)
    dispatcher.expire()
    const expired = read()
    expect(expired.measure.series[0]!.outcomes).toEqual([
      { outcome: 'indeterminate', code: errorCodeIndex('command_deadline'), count: 1 },
    ])
    expect(dispatcher).toMatchObject({ inFlight: 0, abandoned: 1 })
    connections[0]!.answer()
    expect(dispatcher).toMatchObject({ inFlight: 0, abandoned: 0 })
    expect(read().measure).toEqual(expired.measure)
    expect(read().counters.late_replies).toBe(1)
  })

  it('does not call a lost connection a late reply', () => {
    const { clock, dispatcher, connections, read } = createEngineParts({ commandTimeoutMillis: 100 })
    dispatcher.issue(connections[0]!, SINGLE, MEASURE, clock.now(), clock.now())
    clock.advance(100)
    dispatcher.expire()
    connections[0]!.answer(INDETERMINATE, errorCodeIndex('closed'))
    expect(read().counters.late_replies).toBe(0)
    expect(dispatcher.abandoned).toBe(0)
  })

  it('does not reuse a command that ioredis still holds', () => {
    const { clock, dispatcher, connections } = createEngineParts({ commandTimeoutMillis: 100 })
    const [connection] = connections
    dispatcher.issue(connection!, SINGLE, MEASURE, clock.now(), clock.now())
    const [held] = connection!.sent
    clock.advance(100)
    dispatcher.expire()
    dispatcher.issue(connection!, SINGLE, MEASURE, clock.now(), clock.now())
    expect(connection!.sent[1]).not.toBe(held)
    connection!.answer()
    connection!.answer()
    dispatcher.issue(connection!, SINGLE, MEASURE, clock.now(), clock.now())
    expect(connection!.sent).toHaveLength(1)
  })

  it('records nothing after it was closed', () => {
    const { clock, dispatcher, connections, read } = createEngineParts()
    dispatcher.issue(connections[0]!, SINGLE, MEASURE, clock.now(), clock.now())
    dispatcher.close()
    connections[0]!.answer(INDETERMINATE, errorCodeIndex('closed'))
    expect(dispatcher.inFlight).toBe(1)
    expect(read().measure.series[0]!.outcomes).toEqual([])
  })

  it('settles every command exactly once, whatever happens in whatever order', () => {
    const step = fc.record({
      what: fc.constantFrom('issue', 'answer', 'fail', 'lose', 'wait'),
      connection: fc.nat(2),
      millis: fc.nat(60),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), fc.boolean(), (steps, isBatched) => {
        const unit = isBatched ? PIPELINE : SINGLE
        const { clock, dispatcher, connections, read } = createEngineParts({
          connections: 3,
          unit,
          commandTimeoutMillis: 100,
        })
        const outcomes: Record<string, readonly [Outcome, number]> = {
          answer: [OK, 0],
          fail: [FAILED, errorCodeIndex('OOM')],
          lose: [INDETERMINATE, errorCodeIndex('closed')],
        }
        for (const { what, connection: index, millis } of steps) {
          const connection = connections[index]!
          if (what === 'issue') dispatcher.issue(connection, unit, MEASURE, clock.now(), clock.now())
          else if (what === 'wait') {
            clock.advance(millis)
            dispatcher.expire()
          } else if (connection.sent.length > 0) connection.answer(...outcomes[what]!)
          const { measure } = read()
          const settled = Object.values(countsOf(measure.series[0]!)).reduce((sum, count) => sum + count, 0)
          expect(measure.counters.issued).toBe(settled + dispatcher.inFlight)
          expect(measure.series[0]!.serviceSuccess.count + measure.series[0]!.serviceError.count).toBe(
            settled,
          )
          const held = connections.reduce((sum, { sent }) => sum + sent.length, 0)
          expect(held).toBe(dispatcher.inFlight + dispatcher.abandoned)
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('while a maintenance is announced', () => {
  it('gives the commands that it covers more time, and tells of them only', () => {
    const covered = new Set<number>()
    const told: string[] = []
    const { clock, dispatcher, connections, read } = createEngineParts({
      commandTimeoutMillis: 100,
      maintenance: {
        relaxedTimeoutMillis: 300,
        covers: ({ connection }) => covered.has(connection.index),
        settled: (call, outcome, code, millis) =>
          void told.push(`${call.connection.index} ${outcome} ${code} ${millis}`),
      },
    })
    const [first, second] = connections
    for (const connection of [first!, first!, second!])
      dispatcher.issue(connection, SINGLE, MEASURE, clock.now(), clock.now())
    covered.add(0)
    clock.advance(100)
    dispatcher.expire()
    expect(countsOf(read().measure.series[0]!)).toEqual({ ok: 0, failed: 0, indeterminate: 1 })
    expect(dispatcher.inFlight).toBe(2)
    clock.advance(150)
    first!.answer()
    expect(told).toEqual([`0 ${OK} 0 250`])
    clock.advance(50)
    dispatcher.expire()
    expect(told).toEqual([`0 ${OK} 0 250`, `0 ${INDETERMINATE} ${errorCodeIndex('command_deadline')} 300`])
    expect(countsOf(read().measure.series[0]!)).toEqual({ ok: 1, failed: 0, indeterminate: 2 })
    expect(dispatcher.inFlight).toBe(0)
  })

  it('never gives less time than otherwise, and none more to those who only look', () => {
    for (const relaxedTimeoutMillis of [10, null]) {
      const { clock, dispatcher, connections } = createEngineParts({
        commandTimeoutMillis: 100,
        maintenance: { relaxedTimeoutMillis, covers: () => true, settled() {} },
      })
      dispatcher.issue(connections[0]!, SINGLE, MEASURE, clock.now(), clock.now())
      clock.advance(99)
      dispatcher.expire()
      expect(dispatcher.inFlight).toBe(1)
      clock.advance(1)
      dispatcher.expire()
      expect(dispatcher.inFlight).toBe(0)
    }
  })
})
