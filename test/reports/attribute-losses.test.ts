import { describe, expect, it } from 'vitest'
import type { AckedLoss } from '../../src/model/acked-writes.ts'
import type { DisturbancesResult } from '../../src/model/disturbance.ts'
import { attributeLosses } from '../../src/reports/attribute-losses.ts'
import { describeDisturbances } from '../../src/reports/disturbances.ts'
import { disturbanceLines } from '../../src/reports/text-disturbances.ts'
import { BEGAN, disturb, faultOf, play, trackerOf } from '../support/disturbances.ts'
import { sampleSnapshot } from '../support/snapshot.ts'

/** A crash from 5 s to 5.6 s, a client-kill from 10 s to 10.6 s, another crash from 15 s to 15.6 s. */
function disturbances(): DisturbancesResult {
  const tracker = trackerOf()
  play(tracker, [0, 5000])
  for (const [index, kind] of ['crash', 'client-kill', 'crash'].entries()) {
    const at = 5000 * (index + 1)
    disturb(tracker, faultOf(kind, at))
    play(tracker, [at, at + 600], () => ({ ok: 10, failed: 90, errors: [['failed', 'not_writable', 90]] }))
    play(tracker, [at + 600, at + 5000])
  }
  return describeDisturbances(tracker.finish(BEGAN + 20_000, []), sampleSnapshot())
}

const loss = (from: number, until: number, count: number): AckedLoss => ({
  from_ms: BEGAN + from,
  until_ms: BEGAN + until,
  count,
})

const of = (result: DisturbancesResult): unknown => ({
  each: result.list.map(({ cost }) => cost.acknowledged_writes),
  kinds: Object.fromEntries(result.kinds.map(({ kind, acknowledged_writes: lost }) => [kind, lost])),
  all: result.cost.acknowledged_writes,
  outside: result.outside.acknowledged_writes,
})

describe('attributeLosses', () => {
  it('gives a loss to the one disturbance in whose time it happened', () => {
    expect(of(attributeLosses(disturbances(), [loss(4000, 5800, 7), loss(10_100, 12_000, 2)]))).toEqual({
      each: [7, 2, 0],
      kinds: { crash: 7, 'client-kill': 2 },
      all: 9,
      outside: 0,
    })
  })

  it('gives what may have happened in several to none of them, and to a kind when all are of it', () => {
    expect(of(attributeLosses(disturbances(), [loss(4000, 11_000, 5)]))).toEqual({
      each: [0, 0, 0],
      kinds: { crash: 0, 'client-kill': 0 },
      all: 5,
      outside: 0,
    })
    const crashes = disturbances()
    const list = crashes.list.filter(({ cause }) => cause === 'crash')
    expect(of(attributeLosses({ ...crashes, list }, [loss(4000, 16_000, 3)]))).toEqual({
      each: [0, 0],
      kinds: { crash: 3, 'client-kill': 0 },
      all: 3,
      outside: 0,
    })
  })

  it('leaves outside what happened between disturbances', () => {
    expect(of(attributeLosses(disturbances(), [loss(7000, 9000, 4)]))).toEqual({
      each: [0, 0, 0],
      kinds: { crash: 0, 'client-kill': 0 },
      all: 0,
      outside: 4,
    })
  })

  it('says nothing when disturbances are left out', () => {
    const some = { ...disturbances(), left_out: 1 }
    expect(attributeLosses(some, [loss(4000, 5800, 7)])).toBe(some)
  })

  it('is told, loudly, where something was lost', () => {
    const lines = disturbanceLines(
      attributeLosses(disturbances(), [loss(4000, 5800, 1), loss(7000, 9000, 4)]),
    )
    const told = lines.filter((line) => line.includes('LOST'))
    expect(told).toEqual([
      '              1 acknowledged write LOST',
      '              4 acknowledged writes LOST',
      '                 1 acknowledged write LOST',
    ])
    const quiet = disturbanceLines(attributeLosses(disturbances(), []))
    expect(quiet.filter((line) => line.includes('LOST'))).toEqual([])
  })
})
