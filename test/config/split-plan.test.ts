import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { split, splitPlan } from '../../src/config/split-plan.ts'
import { planOf } from '../support/plan.ts'

describe('split', () => {
  it.each([
    [10, 1, [10]],
    [10, 3, [4, 3, 3]],
    [2, 4, [1, 1, 0, 0]],
    [0, 2, [0, 0]],
  ])('%d over %d is %j', (total, parts, shares) => {
    expect(split(total, parts)).toEqual(shares)
  })

  it('always adds up, and no two shares differ by more than one', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 300 }), (total, parts) => {
        const shares = split(total, parts)
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total)
        expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1)
      }),
    )
  })
})

describe('splitPlan', () => {
  it('places every connection, every slot and all room exactly once', () => {
    const { plan } = planOf({
      'load.threads': '3',
      'load.clients': '10',
      'load.concurrency': '50',
      'load.max_in_flight': '1000',
      'load.seed': '5',
    })
    const shares = splitPlan(plan)
    expect(shares.map(({ connections }) => connections)).toEqual([4, 3, 3])
    expect(shares.map(({ firstConnection }) => firstConnection)).toEqual([0, 4, 7])
    expect(shares.map(({ concurrency }) => concurrency)).toEqual([17, 17, 16])
    expect(shares.map(({ maxInFlight }) => maxInFlight)).toEqual([334, 333, 333])
    expect(new Set(shares.map(({ seed }) => seed)).size).toBe(3)
    expect(shares.reduce((sum, { keepPerSecond }) => sum + keepPerSecond, 0)).toBeCloseTo(
      plan.traces.max_per_second,
    )
    expect(splitPlan(plan)).toEqual(shares)
    expect(shares.map(({ count }) => count)).toEqual([null, null, null])
  })

  it('splits a count exactly, and rounds it up to whole batches', () => {
    const countsOf = (flags: Record<string, string>): (number | null)[] =>
      splitPlan(planOf({ 'load.threads': '3', ...flags }).plan).map(({ count }) => count)
    expect(countsOf({ 'load.count': '1000' })).toEqual([334, 333, 333])
    expect(countsOf({ 'load.count': '2' })).toEqual([1, 1, 0])
    expect(countsOf({ 'load.count': '1000', 'pipeline.size': '10' })).toEqual([340, 330, 330])
    expect(countsOf({ 'load.count': '1001', 'pipeline.size': '10' })).toEqual([340, 340, 330])
  })

  it('splits the concurrency of each stage', () => {
    const { plan } = planOf({ 'load.threads': '2', 'load.stages': 'a:1s:5c,b:1s:0c,c:1s:1c' })
    expect(splitPlan(plan).map(({ stageConcurrency }) => stageConcurrency)).toEqual([
      [3, 0, 1],
      [2, 0, 0],
    ])
  })

  it('numbers subscribers and consumers after all others, and gives each thread its part', () => {
    const { plan } = planOf({
      'load.threads': '2',
      'load.clients': '4',
      'pubsub.subscribers': '3',
      'streams.consumers': '1',
    })
    expect(splitPlan(plan).map(({ subscribers, consumers }) => [subscribers, consumers])).toEqual([
      [
        { firstConnection: 4, connections: 2 },
        { firstConnection: 7, connections: 1 },
      ],
      [
        { firstConnection: 6, connections: 1 },
        { firstConnection: 8, connections: 0 },
      ],
    ])
  })
})
