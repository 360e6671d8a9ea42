import { describe, expect, it } from 'vitest'
import { Losses } from '../../src/app/acked-losses.ts'
import type { Found } from '../../src/workload/acked/judge-segment.ts'

const BEGAN = 1_700_000_000_000

const lost = (sequence: number, acknowledgedAtMillis: number): Found => ({
  problem: 'lost',
  sequence,
  acknowledgedAtMillis,
})
const at = (asked: number, answered: number): { askedAtMillis: number; answeredAtMillis: number } => ({
  askedAtMillis: BEGAN + asked,
  answeredAtMillis: BEGAN + answered,
})

describe('Losses', () => {
  it('went after they were acknowledged, or after they were read for the last time, whichever was later', () => {
    const first = new Losses()
    first.read([], BEGAN, at(5000, 5010))
    const second = new Losses(first)
    second.read([lost(1, 2000), lost(2, 4990), lost(3, 7130)], BEGAN, at(9000, 9020))
    expect(second.list()).toEqual([
      { from_ms: BEGAN + 5000, until_ms: BEGAN + 9100, count: 2 },
      { from_ms: BEGAN + 7100, until_ms: BEGAN + 9100, count: 1 },
    ])
  })

  it('keep their time when they are still missing, and lose it when they come back', () => {
    const first = new Losses()
    first.read([lost(1, 2000), lost(2, 2000)], BEGAN, at(3000, 3000))
    const second = new Losses(first)
    second.read([lost(1, 2000)], BEGAN, at(6000, 6000))
    expect(second.list()).toEqual([{ from_ms: BEGAN + 2000, until_ms: BEGAN + 3000, count: 1 }])
    const third = new Losses(second)
    third.read([lost(1, 2000), lost(2, 2000)], BEGAN, at(8000, 8000))
    expect(third.list()).toEqual([
      { from_ms: BEGAN + 2000, until_ms: BEGAN + 3000, count: 1 },
      { from_ms: BEGAN + 6000, until_ms: BEGAN + 8000, count: 1 },
    ])
  })

  it('know what was there before a reading that failed', () => {
    const read = new Losses()
    read.read([], BEGAN, at(5000, 5000))
    const last = new Losses(new Losses(read))
    last.read([lost(1, 2000)], BEGAN, at(9000, 9000))
    expect(last.list()).toEqual([{ from_ms: BEGAN + 5000, until_ms: BEGAN + 9000, count: 1 }])
  })

  it('are not what is duplicated, or was never acknowledged', () => {
    const losses = new Losses()
    const found: Found[] = [
      { problem: 'duplicated', sequence: 1, acknowledgedAtMillis: 5 },
      { problem: 'unexpected', sequence: 2, acknowledgedAtMillis: null },
    ]
    losses.read(found, BEGAN, at(1000, 1000))
    expect(losses.list()).toEqual([])
  })

  it('stay few, however many there are, and none is left out', () => {
    const losses = new Losses()
    const found = Array.from({ length: 5000 }, (_, index) => lost(index, index * 100))
    losses.read(found, BEGAN, at(600_000, 600_000))
    const list = losses.list()
    expect(list).toHaveLength(1000)
    expect(list.reduce((sum, { count }) => sum + count, 0)).toBe(5000)
    expect(list.at(-1)).toEqual({ from_ms: BEGAN + 99_900, until_ms: BEGAN + 600_000, count: 4001 })
  })
})
