import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { awaitDeliveries } from '../../src/app/await-deliveries.ts'
import type { Snapshot } from '../../src/model/snapshot.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** How long it waits, milliseconds, when so many of ten messages have arrived after so long. */
async function waitWith(arrivedAt: (millis: number) => number, limitMillis: number): Promise<number> {
  const startedAt = performance.now()
  let endedAt: number | undefined
  const waiting = awaitDeliveries(() => {
    const arrived = arrivedAt(performance.now() - startedAt)
    const counters = { pubsub_promised: 10, pubsub_received: arrived - 1, pubsub_damaged: 1 }
    return { counters: counters as unknown as Snapshot['counters'] }
  }, limitMillis).then(() => {
    endedAt = performance.now()
  })
  await vi.advanceTimersByTimeAsync(20_000)
  await waiting
  return endedAt! - startedAt
}

describe('awaitDeliveries', () => {
  it('waits for nothing when everything is there, and no longer than until it is', async () => {
    expect(await waitWith(() => 10, 5000)).toBe(0)
    expect(await waitWith((millis) => Math.min(10, 1 + Math.floor(millis / 100)), 5000)).toBe(900)
  })

  it('gives up when nothing more comes, or at the limit', async () => {
    expect(await waitWith((millis) => (millis < 300 ? 5 : 6), 5000)).toBe(800)
    expect(await waitWith((millis) => 1 + millis / 10_000, 1000)).toBe(1000)
  })
})
