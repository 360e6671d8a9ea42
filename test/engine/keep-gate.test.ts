import { describe, expect, it } from 'vitest'
import { KeepGate } from '../../src/engine/keep-gate.ts'
import { MEASURE } from '../../src/model/ledger.ts'
import { FAILED, OK } from '../../src/model/outcome.ts'
import { createRandom } from '../../src/model/random.ts'
import { createLedger } from '../support/ledger.ts'

const LIMITS = { sampleRatio: 0.1, maxPerSecond: 10, slowMillis: 50, slowestOfEach: 4 }

function createGate(limits: Partial<typeof LIMITS> = {}): {
  gate: KeepGate
  read: ReturnType<typeof createLedger>['read']
} {
  const { ledger, read } = createLedger()
  return { gate: new KeepGate({ ...LIMITS, ...limits }, createRandom(1), ledger, 2), read }
}

/** Offers one settled command; returns whether it was a candidate. */
function offer(gate: KeepGate, outcome: 0 | 1 | 2 = OK, serviceMillis = 1): boolean {
  if (!gate.isCandidate(0, outcome, serviceMillis)) return false
  gate.keep({
    series: 0,
    connection: 0,
    dueAt: 0,
    sentAt: 0,
    settledAt: serviceMillis,
    outcome,
    code: 0,
    size: 1,
    phase: MEASURE,
    node: -1,
  })
  return true
}

describe('KeepGate', () => {
  it('samples the given share', () => {
    const { gate } = createGate({ maxPerSecond: 1e6 })
    let sampled = 0
    for (let command = 0; command < 50_000; command++) if (offer(gate)) sampled++
    expect(sampled / 50_000).toBeGreaterThan(0.095)
    expect(sampled / 50_000).toBeLessThan(0.105)
    expect(gate.take()).toHaveLength(sampled)
    expect(gate.take()).toHaveLength(0)
  })

  it.each([
    [0, 0],
    [1, 1000],
  ])('with ratio %d keeps %d of 1000', (sampleRatio, kept) => {
    const { gate } = createGate({ sampleRatio, maxPerSecond: 1e6 })
    for (let command = 0; command < 1000; command++) offer(gate)
    expect(gate.take()).toHaveLength(kept)
  })

  it('keeps errors and slow commands, and says why', () => {
    const { gate } = createGate({ sampleRatio: 0 })
    offer(gate)
    offer(gate, FAILED)
    offer(gate, OK, 50)
    expect(gate.take().map(({ reason }) => reason)).toEqual(['error', 'slow'])
  })

  it('keeps each reason to its rate, and counts what it drops', () => {
    const { gate, read } = createGate({ sampleRatio: 0, maxPerSecond: 10 })
    for (let command = 0; command < 100; command++) offer(gate, FAILED)
    // One refill has happened: a tenth of a second's worth.
    expect(gate.take()).toHaveLength(1)
    for (let refill = 0; refill < 100; refill++) gate.refill()
    for (let command = 0; command < 100; command++) offer(gate, FAILED)
    expect(gate.take()).toHaveLength(10)
    expect(read().counters).toMatchObject({ kept_error: 11, kept_dropped: 189 })
  })

  it('keeps the slowest of each series once it is told to, and no longer those that were overtaken', () => {
    const { gate, read } = createGate({ sampleRatio: 0, slowMillis: 1000 })
    expect(offer(gate, OK, 30)).toBe(false)
    gate.followSlowest()
    for (const millis of [5, 1, 9, 3, 7, 2, 8]) offer(gate, OK, millis)
    // Nobody knows how long it would have taken.
    offer(gate, 2, 500)
    expect(gate.take().map(({ reason, settledAt }) => [reason, settledAt])).toEqual([
      ['slowest', 5],
      ['slowest', 9],
      ['slowest', 7],
      ['slowest', 8],
      ['error', 500],
    ])
    expect(offer(gate, OK, 4)).toBe(false)
    expect(gate.isCandidate(1, OK, 4)).toBe(true)
    expect(read().counters).toMatchObject({ kept_error: 1, kept_slow: 0, kept_dropped: 0 })
  })

  it('keeps one of the slowest without a span where its reason has no room', () => {
    const { gate } = createGate({ sampleRatio: 0, maxPerSecond: 0 })
    gate.followSlowest()
    offer(gate, OK, 60)
    offer(gate, OK, 70)
    expect(gate.take().map(({ reason, isSlowest }) => [reason, isSlowest])).toEqual([
      ['slowest', true],
      ['slowest', true],
    ])
  })

  it('does not follow commands that wait for something', () => {
    const { gate } = createGate({ sampleRatio: 0, slowMillis: Number.POSITIVE_INFINITY })
    gate.followSlowest()
    expect(offer(gate, OK, 1e6)).toBe(false)
  })
})
