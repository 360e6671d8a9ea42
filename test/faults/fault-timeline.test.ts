import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startFaultTimeline, waveInstants } from '../../src/faults/fault-timeline.ts'
import { createRandom } from '../../src/model/random.ts'
import type { FaultPlan } from '../../src/model/fault-plan.ts'
import { faultPlan } from '../support/faults.ts'

const DAY = 86_400_000
const WAVES = faultPlan({ at_ms: 5000, every_ms: 10_000, jitter_ms: 1000 })

function takeWaves(plan: FaultPlan, seed: number, count: number): number[] {
  const instants = waveInstants(plan, createRandom(seed))
  return Array.from({ length: count }, () => instants.next().value as number)
}

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
    const instants = [...waveInstants(faultPlan({ jitter_ms: 500 }), createRandom(4))]
    expect(instants).toHaveLength(1)
    expect(instants[0]).toBeGreaterThanOrEqual(0)
  })
})

describe('the timeline', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** `draws`: how many numbers each fault draws from its own randomness. */
  function start(
    plans: readonly FaultPlan[],
    draws = 1,
  ): { planned: number[]; drawn: number[]; stop: () => void } {
    const planned: number[] = []
    const drawn: number[] = []
    const stop = startFaultTimeline(plans, {
      beginMillis: Date.now(),
      endMillis: Date.now() + 100 * DAY,
      seed: 1,
      now: () => Date.now(),
      inject(_, at, random) {
        planned.push(at)
        drawn.push(random.next())
        for (let more = 1; more < draws; more++) random.next()
      },
    })
    return { planned, drawn, stop }
  }

  it('injects every wave at its planned time', async () => {
    const startedAt = Date.now()
    const { planned, stop } = start([{ ...WAVES, jitter_ms: 0 }])
    await vi.advanceTimersByTimeAsync(26_000)
    stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(planned.map((at) => at - startedAt)).toEqual([5000, 15_000, 25_000])
  })

  it('draws the same for the same wave, however much the waves before it have drawn', async () => {
    const one = start([WAVES, WAVES])
    await vi.advanceTimersByTimeAsync(100_000)
    one.stop()
    const from = Date.now() - 100_000
    const other = start([WAVES, WAVES], 50)
    const otherFrom = Date.now()
    await vi.advanceTimersByTimeAsync(100_000)
    other.stop()
    expect(other.planned.map((at) => at - otherFrom)).toEqual(one.planned.map((at) => at - from))
    expect(other.drawn).toEqual(one.drawn)
    expect(new Set(one.drawn).size).toBe(one.drawn.length)
  })

  it('leaves out what falls on or after the end, and can wait for a month', async () => {
    const startedAt = Date.now()
    const { planned } = start([faultPlan({ at_ms: 40 * DAY }), faultPlan({ at_ms: 100 * DAY })])
    await vi.advanceTimersByTimeAsync(200 * DAY)
    expect(planned).toEqual([startedAt + 40 * DAY])
  })
})
