import { describe, expect, it } from 'vitest'
import type { Call } from '../../src/model/call.ts'
import { ConsumerWorkload } from '../../src/workload/consume-streams.ts'
import { createMessages } from '../../src/workload/messages.ts'
import { FakeCall, FakeConnection } from '../support/call.ts'
import { createLedger } from '../support/ledger.ts'

const STREAMS = { count: 2, group: 'g', consumers: 2, batch: 5, block_ms: 100 }
const message = createMessages(() => 1000)

function setUp(): {
  next: (connection?: number) => Call
  answer: (call: Call, reply: unknown) => Call | undefined
  read: ReturnType<typeof createLedger>['read']
  workload: ConsumerWorkload
} {
  const { ledger, read } = createLedger()
  const workload = new ConsumerWorkload(
    { keyPrefix: 'p', streams: STREAMS, series: { read: 0, acknowledge: 1 }, oneStreamEach: false },
    { ledger, nowMicros: () => 1_500_000 },
  )
  const filled = (call: Call): Call => {
    workload.fill(call)
    return call
  }
  const nobody = (): never => {
    throw new Error('nobody listens')
  }
  const callOn = (connection: number): Call => filled(new FakeCall(new FakeConnection(connection, nobody)))
  return {
    read,
    workload,
    next(connection = 8) {
      workload.nextUnit()
      return callOn(connection)
    },
    /** The call that follows on the answer. */
    answer(call, reply) {
      call.reader!.read(reply, call)
      if (call.followUp === null) return undefined
      workload.follow()
      return callOn(call.connection.index)
    },
  }
}

const words = ({ wire }: Call): string[] =>
  wire.split('\r\n').filter((line, index) => index % 2 === 0 && index > 0 && line !== '')
const entries = (...ids: string[]): unknown[] =>
  ids.map((id) => [Buffer.from(id), [Buffer.from('message'), Buffer.from(message(0, ''))]])

describe('ConsumerWorkload', () => {
  it('reads all streams at once, each consumer beginning with another', () => {
    const { next } = setUp()
    const command = ['XREADGROUP', 'GROUP', 'g', 'consumer-8', 'COUNT', '5', 'BLOCK', '100', 'STREAMS']
    expect(words(next(8))).toEqual([...command, 'p:x:0', 'p:x:1', '>', '>'])
    expect(words(next(9)).slice(3)).toEqual(['consumer-9', ...command.slice(4), 'p:x:1', 'p:x:0', '>', '>'])
    expect(next(8)).toMatchObject({ name: 'xreadgroup', series: 0 })
  })

  it('acknowledges what it read, stream by stream, and then reads on', () => {
    const { next, answer, read, workload } = setUp()
    workload.measuredFromMicros = 0
    const first = answer(next(), [
      Buffer.from('p:x:0'),
      entries('1-0', '2-0'),
      Buffer.from('p:x:1'),
      entries('1-0'),
    ])!
    expect(words(first)).toEqual(['XACK', 'p:x:0', 'g', '1-0', '2-0'])
    expect(first).toMatchObject({ name: 'xack', series: 1 })
    const second = answer(first, 2)!
    expect(words(second)).toEqual(['XACK', 'p:x:1', 'g', '1-0'])
    expect(answer(second, 1)).toBeUndefined()
    expect(words(next()).at(-1)).toBe('>')
    const { counters, histograms } = read()
    expect(counters).toMatchObject({ stream_read: 3, stream_acknowledged: 3, stream_damaged: 0 })
    expect([histograms.stream_delivery.count, histograms.stream_delivery.maxMicros]).toEqual([3, 500_000])
  })

  it('follows nothing on an empty read', () => {
    const { next, answer } = setUp()
    expect(answer(next(), null)).toBeUndefined()
    expect(words(next()).at(-1)).toBe('>')
  })

  it('asks for what it may have missed after an answer that was lost', () => {
    const { next, answer, read } = setUp()
    next()
    const again = next()
    expect(words(again).slice(-2)).toEqual(['0', '0'])
    const acknowledgement = answer(again, [[Buffer.from('p:x:0'), entries('1-0')]])!
    expect(answer(acknowledgement, 1)).toBeUndefined()
    expect(words(next()).at(-1)).toBe('0')
    const { counters } = read()
    expect(counters).toMatchObject({ stream_read: 1, stream_redelivered: 0, stream_acknowledged: 1 })
  })

  it('counts again what it gets again because an acknowledgement was lost', () => {
    const { next, answer, read } = setUp()
    const reply = [[Buffer.from('p:x:0'), entries('1-0', '2-0')]]
    // The XACK goes out and is never answered.
    answer(next(), reply)
    const again = next()
    expect(words(again).at(-1)).toBe('0')
    const acknowledgement = answer(again, reply)!
    expect(answer(acknowledgement, 2)).toBeUndefined()
    // Nothing is left for it: from now on new entries.
    answer(next(), [[Buffer.from('p:x:0'), []]])
    expect(words(next()).at(-1)).toBe('>')
    expect(read().counters).toMatchObject({
      stream_read: 2,
      stream_redelivered: 2,
      stream_acknowledged: 2,
    })
  })

  it('counts apart what is no message of ours', () => {
    const { next, answer, read } = setUp()
    const other = [Buffer.from('1-0'), [Buffer.from('message'), Buffer.from('hello')]]
    const trimmed = [Buffer.from('2-0'), null]
    answer(next(), [[Buffer.from('p:x:0'), [other, trimmed]]])
    expect(read().counters).toMatchObject({ stream_read: 2, stream_damaged: 2 })
    expect(read().histograms.stream_delivery.count).toBe(0)
  })
})
