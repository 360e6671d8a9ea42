import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { timelineOf } from '../../../src/reports/html/timeline-rows.ts'
import { outageOf } from '../../support/disturbances.ts'
import { disturbance, STORY_BEGAN } from '../../support/html-report.ts'

const outage = (after: number, duration: number) => ({
  ...outageOf(0, duration),
  lost_at_ms: STORY_BEGAN + 4250 + after,
})

describe('the timeline of a disturbance', () => {
  it('has its phases at their times', () => {
    const { rows, outages, from, to, step } = timelineOf(disturbance(), [
      outage(20, 90),
      outage(10, 60),
      outage(-500, 10),
    ])
    expect(rows.map(({ is, bars, millis }) => [is, bars, millis])).toEqual([
      ['fault', [{ from: 0, to: 0 }], 0],
      ['noticed', [{ from: 0, to: 10 }], 10],
      ['errors', [{ from: 12, to: 112 }], 100],
      ['away', [{ from: 20, to: 110 }], 90],
      ['steady', [{ from: 0, to: 400 }], 400],
    ])
    expect(outages).toEqual([
      { from: 10, to: 70 },
      { from: 20, to: 110 },
    ])
    expect([from, to, step]).toEqual([0, 500, 100])
  })

  it('begins before it when it was noticed late', () => {
    const late = disturbance({ cause: null, faults: [], detection_ms: 250, detection_from: 'last_reply' })
    const { rows, from } = timelineOf(late, [])
    expect(rows[1]).toMatchObject({
      bars: [{ from: -240, to: 10 }],
      note: 'by a lost connection, since the last good reply',
    })
    expect(rows[3]).toMatchObject({ bars: [{ from: 10, to: 100 }] })
    expect(from).toBeLessThanOrEqual(-240)
  })

  it('leaves open what did not end', () => {
    const open = disturbance({
      ...{ first_success_after_ms: null, steady_after_ms: null, ended_at_ms: STORY_BEGAN + 9250 },
      connections: { lost: 3, reconnected: 2, superseded: 0, still_down: 1, causes: [], unfinished: [] },
    })
    const { rows } = timelineOf(open, [])
    expect(rows[2]).toMatchObject({ bars: [{ from: 12, to: 5000, isOpen: true }], millis: null })
    expect(rows[3]?.note).toBe('2 of 3 back, 1 still down')
    expect(rows[4]).toMatchObject({ bars: [{ from: 0, to: 5000, isOpen: true }], note: 'not before the end' })
  })

  it('holds all of it, in a few steps', () => {
    const millis = fc.double({ min: 0.01, max: 1e7, noNaN: true })
    fc.assert(
      fc.property(millis, millis, millis, (steady, detection, reconnection) => {
        const one = disturbance({
          ...{ steady_after_ms: steady, detection_ms: detection, detection_from: 'last_reply' as const },
          reconnection: { count: 1, p50_ms: reconnection, p95_ms: reconnection, max_ms: reconnection },
        })
        const { from, to, step, rows } = timelineOf(one, [])
        for (const bar of rows.flatMap(({ bars }) => bars)) {
          expect(bar.from).toBeGreaterThanOrEqual(from)
          expect(bar.to).toBeLessThanOrEqual(to)
        }
        expect((to - from) / step).toBeGreaterThanOrEqual(2)
        expect((to - from) / step).toBeLessThanOrEqual(10)
      }),
    )
  })
})
