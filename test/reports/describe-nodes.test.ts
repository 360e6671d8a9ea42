import { describe, expect, it } from 'vitest'
import type { ShardOutage } from '../../src/model/shard-outage.ts'
import { mergeShardOutages } from '../../src/reports/describe-nodes.ts'

const outage = (
  from_slot: number,
  failed_at_ms: number,
  duration_ms: number,
  change: Partial<ShardOutage> = {},
): ShardOutage => ({
  from_slot,
  to_slot: from_slot + 99,
  failed_at_ms,
  duration_ms,
  finished: true,
  failures: 1,
  cause: 'closed',
  ...change,
})

describe('mergeShardOutages', () => {
  it('makes one of what several load threads saw at the same time', () => {
    expect(
      mergeShardOutages([
        outage(0, 1000, 500, { cause: 'max_retries' }),
        outage(0, 1400, 300),
        outage(0, 1100, 100, { failures: 7 }),
      ]),
    ).toEqual([outage(0, 1000, 700, { cause: 'max_retries', failures: 9 })])
  })

  it('keeps ranges and times apart, in the order of time', () => {
    const seen = [outage(100, 1500, 10), outage(0, 2000, 10), outage(0, 1000, 10)]
    expect(mergeShardOutages(seen)).toEqual([seen[2], seen[0], seen[1]])
  })

  it('has no end while one of the threads has seen none', () => {
    expect(mergeShardOutages([outage(0, 1000, 500), outage(0, 1200, 900, { finished: false })])).toEqual([
      outage(0, 1000, 1100, { finished: false, failures: 2 }),
    ])
  })
})
