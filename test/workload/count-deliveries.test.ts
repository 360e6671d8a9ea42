import { describe, expect, it } from 'vitest'
import type { Call } from '../../src/model/call.ts'
import { DeliveryCounter } from '../../src/workload/count-deliveries.ts'
import { createMessages } from '../../src/workload/messages.ts'
import { createLedger } from '../support/ledger.ts'

const CALL = {} as Call

function setUp(facts: { listeners?: number; subscribers?: number; publishers?: number } = {}): {
  counter: DeliveryCounter
  read: ReturnType<typeof createLedger>['read']
  message: (publisher: number, atMillis?: number) => Buffer
} {
  const { ledger, read } = createLedger()
  const counter = new DeliveryCounter(ledger, {
    listeners: 2,
    subscribers: 4,
    publishers: 3,
    isPassedOn: false,
    ...facts,
  })
  let now = 0
  const next = createMessages(() => now)
  return {
    counter,
    read,
    message(publisher, atMillis = 1000) {
      now = atMillis
      return Buffer.from(next(publisher, 'x'.repeat(100)))
    },
  }
}

describe('DeliveryCounter', () => {
  it('counts what was promised, no more than our own subscribers', () => {
    const { counter, read } = setUp()
    for (const receivers of [4, 3, 0, 6]) counter.promises.read(receivers, CALL)
    expect(read().counters).toMatchObject({
      pubsub_published: 4,
      pubsub_promised: 11,
      pubsub_foreign_receivers: 2,
    })
  })

  it('tells first, late, repeated and damaged arrivals apart, for each subscriber', () => {
    const { counter, read, message } = setUp()
    const [one, two] = [message(0), message(0)]
    for (const bytes of [two, one, one, message(2)]) counter.receive(0, bytes, 0)
    counter.receive(1, one, 0)
    counter.receive(1, one.subarray(0, 90), 0)
    counter.receive(1, Buffer.from('hello'), 0)
    // Nobody has that many connections.
    counter.receive(1, message(3), 0)
    expect(read().counters).toMatchObject({
      pubsub_received: 4,
      pubsub_out_of_order: 1,
      pubsub_duplicates: 1,
      pubsub_damaged: 3,
    })
  })

  it('times what was published in the measured phase', () => {
    const { counter, read, message } = setUp()
    counter.receive(0, message(0, 500), 600_000)
    counter.measuredFromMicros = 1_000_000
    counter.receive(0, message(0, 999), 1_100_000)
    counter.receive(0, message(0, 1000), 1_002_500)
    counter.receive(1, message(0, 2000), 2_000_500)
    // A clock of another thread may be microseconds ahead.
    counter.receive(1, message(0, 3000), 2_999_998)
    const { pubsub_delivery } = read().histograms
    expect([pubsub_delivery.count, pubsub_delivery.minMicros, pubsub_delivery.maxMicros]).toEqual([
      3, 0, 2500,
    ])
  })

  it('goes on counting for subscribers whose order it has no memory for', () => {
    const { counter, read, message } = setUp({ publishers: 200_000 })
    const bytes = message(199_999)
    for (const listener of [0, 0, 1, 1]) counter.receive(listener, bytes, 0)
    expect(read().counters).toMatchObject({ pubsub_received: 3, pubsub_duplicates: 1 })
  })
})
