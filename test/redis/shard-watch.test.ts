import { describe, expect, it } from 'vitest'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { FAILED, INDETERMINATE, OK } from '../../src/model/outcome.ts'
import { type ShardGap, ShardWatch } from '../../src/redis/shard-watch.ts'

const CLOSED = errorCodeIndex('closed')
const DOWN = errorCodeIndex('CLUSTERDOWN')

function setUp(): { watch: ShardWatch; gaps: ShardGap[] } {
  const gaps: ShardGap[] = []
  const watch = new ShardWatch((gap) => gaps.push(gap))
  // a: 0–99 and 200–16383, b: 100–199
  watch.learn(Array.from({ length: 16_384 }, (_, slot) => [slot >= 100 && slot < 200 ? 'b:1' : 'a:1', 'r:1']))
  return { watch, gaps }
}

describe('ShardWatch', () => {
  it('measures from the first failure for a range of slots to the next success', () => {
    const { watch, gaps } = setUp()
    watch.settled(150, OK, 0, 10)
    watch.settled(150, INDETERMINATE, CLOSED, 20)
    watch.settled(101, FAILED, DOWN, 30)
    watch.settled(5, OK, 0, 35)
    watch.settled(199, OK, 0, 50)
    watch.settled(199, OK, 0, 60)
    expect(gaps).toEqual([
      { from_slot: 100, to_slot: 199, failedAt: 20, recoveredAt: 50, failures: 2, code: CLOSED },
    ])
    expect(watch.open(70)).toEqual([])
  })

  it('keeps ranges apart, also those of one node, and lists what has no end', () => {
    const { watch, gaps } = setUp()
    watch.settled(0, FAILED, DOWN, 1)
    watch.settled(16_383, FAILED, DOWN, 2)
    watch.settled(99, OK, 0, 4)
    expect(gaps).toEqual([
      { from_slot: 0, to_slot: 99, failedAt: 1, recoveredAt: 4, failures: 1, code: DOWN },
    ])
    expect(watch.open(9)).toEqual([
      { from_slot: 200, to_slot: 16_383, failedAt: 2, recoveredAt: 9, failures: 1, code: DOWN },
    ])
  })

  it('does not take a refused command for a shard that is down', () => {
    const { watch } = setUp()
    for (const code of ['WRONGTYPE', 'OOM', 'NOPERM', 'CROSSSLOT'])
      watch.settled(0, FAILED, errorCodeIndex(code), 1)
    expect(watch.open(5)).toEqual([])
  })

  it('divides the slots as they were at first', () => {
    const { watch, gaps } = setUp()
    watch.learn(Array.from({ length: 16_384 }, () => ['c:1']))
    watch.settled(150, FAILED, DOWN, 1)
    watch.settled(150, OK, 0, 2)
    expect(gaps[0]).toMatchObject({ from_slot: 100, to_slot: 199 })
  })

  it('knows of no shards before it has learnt them', () => {
    const gaps: ShardGap[] = []
    new ShardWatch((gap) => gaps.push(gap)).settled(1, FAILED, DOWN, 1)
    expect(gaps).toEqual([])
  })
})
