import { describe, expect, it } from 'vitest'
import { KeepGate } from '../../src/engine/keep-gate.ts'
import { FAILED, OK } from '../../src/model/outcome.ts'
import { createRandom } from '../../src/model/random.ts'
import { createLedger } from '../support/ledger.ts'

const LIMITS = { sampleRatio: 0.1, maxPerSecond: 10, slowMillis: 50 }

function createGate(limits: Partial<typeof LIMITS> = {}): {
  gate: KeepGate
  read: ReturnType<typeof createLedger>['read']
} {
  const { ledger, read } = createLedger()
  return { gate: new KeepGate({ ...LIMITS, ...limits }, createRandom(1), ledger), read }
}

/** Offers one settled command; returns whether it was a candidate. */
function offer(gate: KeepGate, outcome: 0 | 1 | 2 = OK, serviceMillis = 1): boolean {
  if (!gate.isCandidate(outcome, serviceMillis)) return false
  gate.keep({
    series: 0,
    connection: 0,
    dueAt: 0,
    sentAt: 0,
    settledAt: serviceMillis,
    outcome,
    code: 0,
    size: 1,
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
})
