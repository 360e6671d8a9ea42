import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { atMoments } from '../../src/app/at-moments.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

describe('atMoments', () => {
  it('calls at each moment, not before it, until there is none any more', async () => {
    const moments = [100, 100.5, 5000]
    const seen: number[] = []
    const start = performance.now()
    const now = (): number => performance.now() - start
    atMoments(
      () => moments[0] ?? Number.POSITIVE_INFINITY,
      now,
      () => {
        seen.push(now())
        moments.shift()
      },
    )
    for (let millis = 0; millis < 6000; millis++) await vi.advanceTimersByTimeAsync(1)
    expect(seen).toHaveLength(3)
    for (const [index, due] of [100, 100.5, 5000].entries()) {
      expect(seen[index]).toBeGreaterThanOrEqual(due)
      expect(seen[index]).toBeLessThan(due + 2)
    }
    expect(vi.getTimerCount()).toBe(0)
  })

  it('waits for what is further away than a timer reaches', () => {
    const stop = atMoments(
      () => 1e12,
      () => 0,
      () => expect.unreachable(),
    )
    vi.advanceTimersByTime(200_000_000)
    stop()
    expect(vi.getTimerCount()).toBe(0)
  })
})
