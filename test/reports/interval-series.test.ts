import { describe, expect, it } from 'vitest'
import { mergeHistograms } from '../../src/ledger/merge.ts'
import type { IntervalResult } from '../../src/model/result.ts'
import { describeInterval, IntervalSeries } from '../../src/reports/interval-series.ts'
import { longestOutages } from '../../src/reports/longest-outages.ts'
import type { Outage } from '../../src/model/connection-event.ts'
import { sampleSnapshot } from '../support/snapshot.ts'

const second = (index: number, change: Partial<IntervalResult> = {}): IntervalResult => ({
  at_ms: 1000 * (index + 1),
  seconds: 1,
  scheduled: 10,
  issued: 10,
  ok: 9,
  failed: 1,
  indeterminate: 0,
  dropped: 0,
  service_p50_ms: 0.1,
  service_p99_ms: index,
  response_p50_ms: 0.2,
  response_p99_ms: index,
  connections_active: 5,
  reconnections: 1,
  phase: null,
  ...change,
})

describe('IntervalSeries', () => {
  it('keeps single seconds as long as they fit', () => {
    const series = new IntervalSeries(10)
    for (let index = 0; index < 10; index++) series.add(second(index))
    expect(series.toArray()).toHaveLength(10)
  })

  it('joins neighbours when they do not, and loses no count', () => {
    const series = new IntervalSeries(10)
    for (let index = 0; index < 1000; index++) series.add(second(index))
    const intervals = series.toArray()
    expect(intervals.length).toBeLessThanOrEqual(10)
    expect(intervals.reduce((sum, { ok }) => sum + ok, 0)).toBe(9000)
    expect(intervals.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(1000)
    expect(intervals.at(-1)!.at_ms).toBe(1_000_000)
    // The quantile of a joined interval is that of its worst second.
    expect(intervals.at(-1)!.service_p99_ms).toBe(999)
    expect(intervals[0]!.service_p99_ms).toBe(intervals[0]!.seconds - 1)
  })

  it('joins the sliver of the drain to the last second', () => {
    const series = new IntervalSeries()
    series.add(second(0))
    series.add(second(1, { seconds: 0.02, ok: 3, response_p99_ms: null, response_p50_ms: null }))
    expect(series.toArray()).toHaveLength(1)
    expect(series.toArray()[0]).toMatchObject({ ok: 12, seconds: 1.02, response_p99_ms: null })
  })
})

describe('describeInterval', () => {
  it('adds up the commands of a phase', () => {
    const facts = {
      interval: sampleSnapshot(),
      seconds: 1,
      isOpenLoop: true,
      phase: 'measure',
      stage: null,
      merge: mergeHistograms,
    } as const
    expect(describeInterval(facts)).toMatchObject({
      ok: 4,
      failed: 1,
      indeterminate: 1,
      dropped: 3,
      service_p99_ms: 30_000,
      reconnections: 1,
    })
    expect(describeInterval({ ...facts, phase: 'warmup' })).toMatchObject({
      ok: 1,
      failed: 0,
      service_p50_ms: 0.05,
    })
    expect(describeInterval({ ...facts, isOpenLoop: false }).response_p99_ms).toBeNull()
  })
})

describe('longestOutages', () => {
  it('keeps the longest, in the order in which they began', () => {
    const outages = [3, 9, 1, 7].map((duration_ms, index) => ({ duration_ms, lost_at_ms: index }) as Outage)
    expect(longestOutages(outages, 3).map(({ duration_ms }) => duration_ms)).toEqual([3, 9, 7])
  })
})
