import { describe, expect, it } from 'vitest'
import { LATENCY_CELL_BOUNDS, type LatencyCells } from '../../src/model/latency-cells.ts'
import { mergeHistograms } from '../../src/ledger/merge.ts'
import type { IntervalResult } from '../../src/model/interval-result.ts'
import { describeInterval, IntervalSeries } from '../../src/reports/interval-series.ts'
import { longestOutages } from '../../src/reports/longest-outages.ts'
import type { Outage } from '../../src/model/connection-event.ts'
import { QUIET_SECOND } from '../support/interval.ts'
import { sampleSnapshot } from '../support/snapshot.ts'

const second = (index: number, change: Partial<IntervalResult> = {}): IntervalResult => ({
  ...QUIET_SECOND,
  at_ms: 1000 * (index + 1),
  scheduled: 10,
  issued: 10,
  ok: 9,
  failed: 1,
  service_p50_ms: 0.1,
  service_p99_ms: index,
  response_p50_ms: 0.2,
  response_p99_ms: index,
  reconnections: 1,
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

  it('joins cells and errors, and means by time', () => {
    const series = new IntervalSeries(1)
    const [oom, busy] = ['OOM', 'BUSY'].map(
      (code) => ({ outcome: 'failed', error_type: 'memory_error', code, count: 2 }) as const,
    )
    series.add(second(0, { latency_cells: { from: 3, counts: [1, 2] }, errors: [oom!], cpu_cores: 0.5 }))
    const cells = { from: 5, counts: [7] }
    series.add(second(1, { latency_cells: cells, errors: [busy!, oom!], target_ops_per_second: 30 }))
    expect(series.toArray()).toMatchObject([
      {
        seconds: 2,
        latency_cells: { from: 3, counts: [1, 2, 7] },
        errors: [
          { code: 'OOM', count: 4 },
          { code: 'BUSY', count: 2 },
        ],
        cpu_cores: 0.25,
        target_ops_per_second: 20,
      },
    ])
    // Two seconds count twice as much as one.
    series.add(second(2, { cpu_cores: 1, target_ops_per_second: 80 }))
    expect(series.toArray()).toMatchObject([{ seconds: 3, cpu_cores: 0.5, target_ops_per_second: 40 }])
  })

  it('joins the sliver of the drain to the last second', () => {
    const series = new IntervalSeries()
    series.add(second(0))
    series.add(second(1, { seconds: 0.02, ok: 3, response_p99_ms: null, response_p50_ms: null }))
    expect(series.toArray()).toHaveLength(1)
    expect(series.toArray()[0]).toMatchObject({ ok: 12, seconds: 1.02, response_p99_ms: null })
  })
})

/** Of the values of the sample, by the cell that each is in. */
function countsAt({ from, counts }: LatencyCells): Record<number, number> {
  const values = [100, 200, 250, 300, 400, 500, 600, 5000, 10_000, 3e7]
  const found: Record<number, number> = {}
  counts.forEach((count, index) => {
    const upper = LATENCY_CELL_BOUNDS[from + index]!
    const lower = LATENCY_CELL_BOUNDS[from + index - 1] ?? 0
    const value = values.find((one) => lower < one && one <= upper)
    if (count > 0) found[value ?? Number.NaN] = count
  })
  return found
}

describe('describeInterval', () => {
  it('adds up the commands of a phase', () => {
    const facts = {
      interval: sampleSnapshot(),
      seconds: 2,
      targetOpsPerSecond: 10,
      cpuMicrosBefore: 500_000,
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
      service_max_ms: 30_000,
      reconnections: 1,
      connections_lost: 1,
      in_flight: 3,
      start_lag_p99_ms: 0.02,
      cpu_cores: 1,
      target_ops_per_second: 10,
      errors: [
        { outcome: 'failed', code: 'OOM', count: 1 },
        { outcome: 'indeterminate', code: 'closed', count: 1 },
      ],
    })
    expect(describeInterval({ ...facts, phase: 'warmup' })).toMatchObject({
      ok: 1,
      failed: 0,
      service_p50_ms: 0.05,
    })
    const closed = describeInterval({ ...facts, targetOpsPerSecond: null })
    expect(closed).toMatchObject({ response_p99_ms: null, response_max_ms: null })
    // Response times in an open loop, and service times in a closed one.
    expect(countsAt(describeInterval(facts).latency_cells)).toEqual({
      200: 1,
      400: 1,
      500: 1,
      600: 1,
      10_000: 1,
      3e7: 1,
    })
    expect(countsAt(closed.latency_cells)).toEqual({ 100: 1, 200: 1, 250: 1, 300: 1, 5000: 1, 3e7: 1 })
  })
})

describe('longestOutages', () => {
  it('keeps the longest, in the order in which they began', () => {
    const outages = [3, 9, 1, 7].map((duration_ms, index) => ({ duration_ms, lost_at_ms: index }) as Outage)
    expect(longestOutages(outages, 3).map(({ duration_ms }) => duration_ms)).toEqual([3, 9, 7])
  })
})
