import { describe, expect, it } from 'vitest'
import { histogramOf } from '../../../src/ledger/decimal-histogram.ts'
import type { Difference } from '../../../src/model/comparison.ts'
import { NO_CELLS } from '../../../src/model/latency-cells.ts'
import { createRandom, type Random } from '../../../src/model/random.ts'
import { comparePairs } from '../../../src/reports/compare/compare-pairs.ts'
import { LEAST_INTERVALS, spreadAllowedFor } from '../../../src/reports/compare/by-intervals.ts'
import type { RunSample } from '../../../src/reports/compare/run-sample.ts'
import { simulatePairs, simulateRun, USUAL } from '../../support/simulated-runs.ts'

const SMALL = { ...USUAL, seconds: 30, opsPerSecond: 100 }
const EVEN = { ...USUAL, opsPerSecond: 100, runSpread: 0.0075 }
const LONG = { ...USUAL, seconds: 180, opsPerSecond: 60, runSpread: 0.005 }

function differences(baseline: RunSample[], candidate: RunSample[]): readonly Difference[] {
  const options = { budgets: [], runSpread: 0.0075 }
  const [compared] = comparePairs(
    { name: 'A', samples: baseline },
    [{ name: 'B', samples: candidate }],
    options,
  )
  return compared!.pair.differences
}

const find = (all: readonly Difference[], metric: string, operation: string | null = null): Difference =>
  all.find((one) => one.metric === metric && one.operation === operation)!

describe('repeated runs', () => {
  it(
    'that do not differ raise no alarm, and those that do by 5 % are told apart',
    { timeout: 60_000 },
    () => {
      const same = simulatePairs(8, 5, 0, EVEN, createRandom(77), differences)
      expect(same.claimed).toBe(0)
      const slower = simulatePairs(8, 5, 0.05, EVEN, createRandom(12), differences)
      expect(slower.p50Found).toBeGreaterThanOrEqual(7)
    },
  )

  it('give the same numbers each time, and the opposite when the sides are swapped', () => {
    const random = createRandom(1)
    const side = (factor: number): RunSample[] => [1, 2, 3].map(() => simulateRun(SMALL, random, factor))
    const [one, other] = [side(1), side(1.2)]
    const there = differences(one, other)
    expect(differences(one, other)).toEqual(there)
    const p50 = find(there, 'p50')
    const back = find(differences(other, one), 'p50')
    expect(p50).toMatchObject({ verdict: 'higher', unit: 'ms', operation: null, note: null })
    expect(back.verdict).toBe('lower')
    expect((1 + p50.change!) * (1 + back.change!)).toBeCloseTo(1, 9)
    expect((1 + p50.low!) * (1 + back.high!)).toBeCloseTo(1, 9)
    expect(p50.low).toBeLessThan(0.2)
    expect(p50.high).toBeGreaterThan(0.2)
    expect(p50.p_adjusted).toBeGreaterThanOrEqual(p50.p_value!)
  })

  it('take the spread of a single run from the other side', () => {
    const random = createRandom(2)
    const runs = [1, 2, 3, 4].map(() => simulateRun(SMALL, random))
    const wide = find(differences(runs, [simulateRun(SMALL, random)]), 'p50')
    expect(wide.verdict).toBe('none_shown')
    expect(wide.high! - wide.low!).toBeGreaterThan(0.02)
  })
})

describe('one run a side', () => {
  it(
    'is judged with care, and 5 % is found all the same where it is long enough',
    { timeout: 60_000 },
    () => {
      expect(simulatePairs(3, 1, 0, LONG, createRandom(21), differences).claimed).toBe(0)
      expect(simulatePairs(3, 1, 0.05, LONG, createRandom(22), differences).p50Found).toBeGreaterThanOrEqual(
        2,
      )
    },
  )

  it('is not judged when it is short, or its intervals have no cells', () => {
    const random = createRandom(3)
    const long = simulateRun(SMALL, random)
    const short = simulateRun({ ...SMALL, seconds: LEAST_INTERVALS - 1 }, random)
    for (const one of differences([long], [short])) expect(one.verdict).toBe('not_judged')
    // As results of older versions are completed when they are read.
    const old = { ...long, intervals: long.intervals.map((one) => ({ ...one, latency_cells: NO_CELLS })) }
    for (const one of differences([long], [old])) expect(one.verdict).toBe('not_judged')
    expect(find(differences([long], [old]), 'p50')).toMatchObject({ change: 0, note: 'too little to tell' })
  })
})

describe('one run a side that was not steady', () => {
  const seed = 14
  const busy = (factor: number, random: Random): RunSample => {
    // Everything takes longer for some tens of seconds at a time: another one each run.
    const parts = [0, 1, 2, 3, 4].map(() =>
      simulateRun({ ...SMALL, seconds: 12 }, random, factor * (1 + random.next())),
    )
    const whole = simulateRun({ ...SMALL, seconds: 60 }, random, factor)
    return { ...whole, intervals: parts.flatMap(({ intervals }) => intervals) }
  }

  it('is taken to differ from the next one by what its parts differ by', () => {
    const random = createRandom(seed)
    const steady = simulateRun({ ...SMALL, seconds: 60 }, random)
    expect(spreadAllowedFor(steady, 0.0075)).toBeLessThan(0.03)
    const unrest = spreadAllowedFor(busy(1, random), 0.0075)
    expect(unrest).toBeGreaterThan(0.08)
    expect(unrest).toBeLessThan(0.4)
    expect(spreadAllowedFor(steady, 0.05)).toBe(0.05)
  })

  it('is no reason to claim a difference that such runs have by chance', () => {
    const random = createRandom(seed)
    const steady = [
      simulateRun({ ...SMALL, seconds: 60 }, random),
      simulateRun({ ...SMALL, seconds: 60 }, random, 1.2),
    ]
    expect(find(differences([steady[0]!], [steady[1]!]), 'p50').verdict).toBe('higher')
    const claimed = differences([busy(1, random)], [busy(1.2, random)]).filter(({ verdict }) =>
      ['higher', 'lower'].includes(verdict),
    )
    expect(claimed).toEqual([])
  })

  it('has the rate that it was given all the same, where the loop is open', () => {
    const random = createRandom(seed)
    const { low, high } = find(differences([busy(1, random)], [busy(1, random)]), 'throughput')
    expect(high! - low!).toBeLessThan(0.01)
  })

  it('says so', () => {
    const random = createRandom(seed)
    const sides = [busy(1, random), busy(1, random)].map((sample, at) => ({
      name: 'AB'[at]!,
      samples: [sample],
    }))
    const [compared] = comparePairs(sides[0]!, sides.slice(1), { budgets: [], runSpread: 0.0075 })
    expect(compared!.pair.remarks[1]).toMatch(
      /a standard deviation of \d\d\.\d\d % for p50, .*\(as parts of these runs vary, which were not steady\)/,
    )
  })
})

describe('a generator that was held up', () => {
  it('is enough to say nothing of one run a side', () => {
    const random = createRandom(8)
    const [one, other] = [simulateRun(SMALL, random), simulateRun(SMALL, random, 2)]
    expect(find(differences([one], [other]), 'p50').verdict).toBe('higher')
    const all = differences([one], [{ ...other, isHeldUp: true }])
    for (const { verdict } of all) expect(verdict).toBe('not_judged')
  })
})

describe('what is claimed of nothing', () => {
  it('is the highest value, a quantile of a few commands, and errors where there are none', () => {
    const random = createRandom(4)
    const all = differences([simulateRun(SMALL, random)], [simulateRun(SMALL, random)])
    expect(find(all, 'max')).toMatchObject({ verdict: 'not_judged', low: null })
    expect(find(all, 'max').note).toBe('a single command: nothing is claimed of it')
    expect(find(all, 'p99.9').note).toBe('fewer than 10 commands of a run lie beyond it')
    expect(find(all, 'errors').note).toBe('no error on either side')
    expect(find(all, 'p50', 'SET').baseline).toBeGreaterThan(find(all, 'p50', 'GET').baseline!)
  })

  it('and an operation of one side only is left out', () => {
    const random = createRandom(5)
    const [one, other] = [simulateRun(SMALL, random), simulateRun(SMALL, random)]
    const more = {
      ...other,
      operations: [...other.operations, { operation: 'DEL', times: histogramOf([5]) }],
    }
    const named = differences([one], [more]).map(({ operation }) => operation)
    expect(new Set(named)).toEqual(new Set([null, 'GET', 'SET']))
  })
})

describe('errors', () => {
  it('are compared as shares', () => {
    const random = createRandom(6)
    const side = (errors: number): RunSample[] =>
      [0, 1, 2].map((extra) => ({ ...simulateRun(SMALL, random), errors: errors * (10 + extra) }))
    const more = find(differences(side(0), side(6)), 'errors')
    expect(more).toMatchObject({ verdict: 'higher', unit: 'share', baseline: 0 })
    expect(more.change).toBeCloseTo(66 / 3000, 6)
    expect(find(differences(side(6), side(6)), 'errors').verdict).toBe('none_shown')
  })
})
