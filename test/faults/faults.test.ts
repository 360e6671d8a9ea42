import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startFaultTimeline, waveInstants } from '../../src/faults/fault-timeline.ts'
import { faults } from '../../src/faults/registry.ts'
import type { FaultTarget } from '../../src/model/fault.ts'
import type { FaultPlan } from '../../src/model/plan.ts'
import { createRandom } from '../../src/model/random.ts'
import type { FaultResult } from '../../src/model/result.ts'

const DAY = 86_400_000
const WAVES: FaultPlan = { kind: 'client-kill', at_ms: 5000, every_ms: 10_000, jitter_ms: 1000, share: 0.5 }

function fakeTarget(
  ids: readonly string[],
  gone: readonly string[] = [],
): FaultTarget & { killed: string[] } {
  const killed: string[] = []
  return {
    killed,
    listConnections: () => Promise.resolve(ids),
    killConnection(id) {
      killed.push(id)
      return Promise.resolve(!gone.includes(id))
    },
    cutConnections: (share) => Promise.resolve(Math.round(share * ids.length)),
  }
}

function takeWaves(plan: FaultPlan, seed: number, count: number): number[] {
  const instants = waveInstants(plan, createRandom(seed))
  return Array.from({ length: count }, () => instants.next().value as number)
}

describe('the registry', () => {
  it('has these faults', () => {
    expect(Object.keys(faults)).toEqual(['client-kill', 'socket-cut'])
  })
})

describe('waveInstants', () => {
  it('come every period, each moved by at most the jitter', () => {
    const waves = takeWaves(WAVES, 1, 100)
    for (const [index, at] of waves.entries())
      expect(Math.abs(at - (5000 + 10_000 * index))).toBeLessThanOrEqual(1000)
    expect(new Set(waves.map((at, index) => at - 10_000 * index)).size).toBeGreaterThan(90)
  })

  it('are the same for the same seed', () => {
    expect(takeWaves(WAVES, 1, 20)).toEqual(takeWaves(WAVES, 1, 20))
    expect(takeWaves(WAVES, 1, 20)).not.toEqual(takeWaves(WAVES, 2, 20))
  })

  it('come once without a period, and never before the start', () => {
    const once = { ...WAVES, at_ms: 0, every_ms: null, jitter_ms: 500 }
    const instants = [...waveInstants(once, createRandom(4))]
    expect(instants).toHaveLength(1)
    expect(instants[0]).toBeGreaterThanOrEqual(0)
  })
})

describe('client-kill', () => {
  it.each([
    [0.5, 5],
    [1, 10],
    [0, 0],
    [0.04, 0],
    [0.05, 1],
  ])('with share %d kills %d of 10, each at most once', async (share, count) => {
    const ids = Array.from({ length: 10 }, (_, index) => String(index))
    const target = fakeTarget(ids)
    expect(await faults['client-kill'](target, { ...WAVES, share }, createRandom(1))).toBe(count)
    expect(new Set(target.killed).size).toBe(count)
    expect(target.killed.every((id) => ids.includes(id))).toBe(true)
  })

  it('counts only what was there to be killed', async () => {
    const target = fakeTarget(['a', 'b'], ['b'])
    expect(await faults['client-kill'](target, { ...WAVES, share: 1 }, createRandom(1))).toBe(1)
  })
})

describe('the timeline', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function start(
    plans: readonly FaultPlan[],
    target: FaultTarget,
  ): { done: FaultResult[]; planned: number[]; stop: () => void } {
    const done: FaultResult[] = []
    const planned: number[] = []
    const stop = startFaultTimeline(plans, {
      target,
      beginMillis: Date.now(),
      endMillis: Date.now() + 100 * DAY,
      seed: 1,
      now: () => Date.now(),
      onPlanned: (_, at) => planned.push(at),
      onDone: (result) => done.push(result),
    })
    return { done, planned, stop }
  }

  it('injects every wave at its planned time, and tells before and after', async () => {
    const startedAt = Date.now()
    const { done, planned, stop } = start([{ ...WAVES, jitter_ms: 0 }], fakeTarget(['a', 'b']))
    await vi.advanceTimersByTimeAsync(26_000)
    stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(planned.map((at) => at - startedAt)).toEqual([5000, 15_000, 25_000])
    expect(done.map(({ at_ms }) => at_ms - startedAt)).toEqual([5000, 15_000, 25_000])
    expect(done.map(({ connections, error }) => [connections, error])).toEqual(done.map(() => [1, null]))
  })

  it('leaves out what falls on or after the end, and can wait for a month', async () => {
    const startedAt = Date.now()
    const once = { ...WAVES, jitter_ms: 0, every_ms: null }
    const { planned } = start(
      [
        { ...once, at_ms: 40 * DAY },
        { ...once, at_ms: 100 * DAY },
      ],
      fakeTarget(['a', 'b']),
    )
    await vi.advanceTimersByTimeAsync(200 * DAY)
    expect(planned).toEqual([startedAt + 40 * DAY])
  })

  it('records a fault that cannot be done, and goes on', async () => {
    const target = { ...fakeTarget([]), listConnections: () => Promise.reject(new Error('NOPERM')) }
    const { done, stop } = start(
      [
        { ...WAVES, jitter_ms: 0 },
        { ...WAVES, kind: 'socket-cut', jitter_ms: 0 },
      ],
      target,
    )
    await vi.advanceTimersByTimeAsync(16_000)
    stop()
    expect(done.map(({ kind, error }) => `${kind} ${error}`)).toEqual([
      'client-kill NOPERM',
      'socket-cut null',
      'client-kill NOPERM',
      'socket-cut null',
    ])
  })
})
