import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DeadlineList } from '../../src/engine/deadline-list.ts'
import type { Call } from '../../src/model/call.ts'
import { FakeCall, FakeConnection } from '../support/call.ts'

function callSentAt(sentAt: number): FakeCall {
  const call = new FakeCall(
    new FakeConnection(0, () => {
      throw new Error('not used')
    }),
  )
  call.sentAt = sentAt
  return call
}

describe('DeadlineList', () => {
  it('expires exactly what is old enough, oldest first', () => {
    const list = new DeadlineList(100)
    const calls = [0, 10, 20].map(callSentAt)
    for (const call of calls) list.add(call)
    expect(list.takeExpired(99)).toBeNull()
    expect(list.takeExpired(110)).toBe(calls[0])
    expect(list.takeExpired(110)).toBe(calls[1])
    expect(list.takeExpired(110)).toBeNull()
    expect(list.takeExpired(120)).toBe(calls[2])
    expect(list.takeExpired(1e9)).toBeNull()
  })

  it('behaves like a sorted set, whatever is removed in between', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ gap: fc.nat(20), answered: fc.boolean() }), { maxLength: 60 }),
        (steps) => {
          const list = new DeadlineList(50)
          const outstanding: FakeCall[] = []
          let now = 0
          for (const { gap, answered } of steps) {
            now += gap
            const call = callSentAt(now)
            list.add(call)
            outstanding.push(call)
            if (answered) {
              const [gone] = outstanding.splice(Math.floor(outstanding.length / 2), 1)
              list.remove(gone!)
            }
            for (let expired = list.takeExpired(now); expired !== null; expired = list.takeExpired(now)) {
              expect(expired).toBe(outstanding.shift())
              expect(now - expired.sentAt).toBeGreaterThanOrEqual(50)
            }
            expect(outstanding.every(({ sentAt }) => now - sentAt < 50)).toBe(true)
          }
        },
      ),
    )
  })
})

describe('more time for some', () => {
  it('expires them later, in their order, and the others in time', () => {
    const relaxed = new Set<Call>()
    const list = new DeadlineList(100, { timeToLiveMillis: 300, covers: (call) => relaxed.has(call) })
    const calls = [0, 10, 20, 30].map(callSentAt)
    for (const call of calls) list.add(call)
    relaxed.add(calls[0]!).add(calls[2]!)
    expect(list.takeExpired(130)).toBe(calls[1])
    expect(list.takeExpired(130)).toBe(calls[3])
    expect(list.takeExpired(299)).toBeNull()
    // Whether it is allowed more time is asked once.
    relaxed.clear()
    expect(list.takeExpired(320)).toBe(calls[0])
    expect(list.takeExpired(320)).toBe(calls[2])
    expect(list.takeExpired(1e9)).toBeNull()
  })

  it('behaves like two sorted sets, whatever is removed in between', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ gap: fc.nat(20), answered: fc.nat(3), relaxed: fc.boolean() }), {
          maxLength: 80,
        }),
        (steps) => {
          const relaxed = new Set<Call>()
          const list = new DeadlineList(50, { timeToLiveMillis: 120, covers: (call) => relaxed.has(call) })
          let outstanding: FakeCall[] = []
          let now = 0
          for (const step of steps) {
            now += step.gap
            const call = callSentAt(now)
            if (step.relaxed) relaxed.add(call)
            list.add(call)
            outstanding.push(call)
            if (step.answered === 0) {
              const [gone] = outstanding.splice(Math.floor(outstanding.length / 2), 1)
              list.remove(gone!)
            }
            const isDue = (one: FakeCall): boolean => now - one.sentAt >= (relaxed.has(one) ? 120 : 50)
            const due = new Set(outstanding.filter(isDue))
            for (let expired = list.takeExpired(now); expired !== null; expired = list.takeExpired(now))
              expect(due.delete(expired as FakeCall)).toBe(true)
            expect(due.size).toBe(0)
            outstanding = outstanding.filter((one) => !isDue(one))
          }
        },
      ),
    )
  })
})
