import { describe, expect, it } from 'vitest'
import { decodeHdr } from '../../../src/ledger/hdr.ts'
import { LATENCY_CELL_BOUNDS } from '../../../src/model/latency-cells.ts'
import type { IntervalResult } from '../../../src/model/interval-result.ts'
import type { RunResult } from '../../../src/model/result.ts'
import type { ChartData, Series } from '../../../src/reports/html/chart-data.ts'
import { buildCharts, CHARTS } from '../../../src/reports/html/charts.ts'
import { NO_CELLS } from '../../../src/model/latency-cells.ts'
import { storyResult } from '../../support/html-report.ts'

const story = storyResult()

function chartOf<Kind extends ChartData['kind']>(
  id: keyof typeof CHARTS,
  kind: Kind,
  result: RunResult = story,
): Extract<ChartData, { kind: Kind }> {
  const chart = buildCharts(result, { decodeHdr }).find((one) => one.id === id)
  if (chart?.kind !== kind) throw new Error(`no ${kind} chart ${id}`)
  return chart as Extract<ChartData, { kind: Kind }>
}

function seriesOf(id: keyof typeof CHARTS, label: string, result = story): Series {
  const found = chartOf(id, 'time', result).series.find((one) => one.label === label)
  if (found === undefined) throw new Error(`no series ${label}`)
  return found
}

const of = (field: keyof IntervalResult): unknown[] => story.intervals.map((interval) => interval[field])
const without = (change: Partial<IntervalResult>): RunResult => ({
  ...story,
  intervals: story.intervals.map((interval) => ({ ...interval, ...change })),
})

describe('charts', () => {
  it('are known by the identifier that they are listed under', () => {
    const several = (id: string): boolean => id.startsWith('servers-')
    expect(buildCharts(story, { decodeHdr }).map(({ id }) => id)).toEqual(
      Object.keys(CHARTS).filter((id) => !several(id)),
    )
  })

  it.each<[keyof typeof CHARTS, string, keyof IntervalResult, boolean]>([
    ['rate', 'ok', 'ok', true],
    ['rate', 'failed', 'failed', true],
    ['rate', 'unknown', 'indeterminate', true],
    ['rate', 'dropped', 'dropped', true],
    ['rate', 'target', 'target_ops_per_second', false],
    ['in-flight', 'in flight', 'in_flight', false],
    ['response', 'p99', 'response_p99_ms', false],
    ['response', 'p99.9', 'response_p999_ms', false],
    ['response', 'max', 'response_max_ms', false],
    ['service', 'p50', 'service_p50_ms', false],
    ['service', 'p99', 'service_p99_ms', false],
    ['service', 'p99.9', 'service_p999_ms', false],
    ['service', 'max', 'service_max_ms', false],
    ['connections', 'ready', 'connections_active', false],
    ['connection-changes', 'lost', 'connections_lost', true],
    ['connection-changes', 'back', 'reconnections', true],
    ['generator-delays', 'start lag p99', 'start_lag_p99_ms', false],
    ['generator-delays', 'loop delay p99', 'loop_delay_p99_ms', false],
    ['generator-cores', 'cores', 'cpu_cores', false],
  ])('have the numbers of the result: %s, %s', (id, label, field, isCount) => {
    const { values, per_second } = seriesOf(id, label)
    expect(values).toEqual(of(field))
    expect(per_second).toBe(isCount ? true : undefined)
  })

  it('leave out a quantile of a second without commands', () => {
    expect(story.intervals[3]?.response_p50_ms).toBe(0)
    expect(seriesOf('response', 'p50').values).toEqual(
      of('response_p50_ms').map((value) => (value === 0 ? null : value)),
    )
  })

  it('show the share of commands that went wrong', () => {
    const expected = story.intervals.map(
      ({ ok, failed, indeterminate }) => (failed + indeterminate) / (ok + failed + indeterminate),
    )
    expect(seriesOf('service', 'not ok').values).toEqual(expected)
    expect(expected[4]).toBeCloseTo(0.015, 3)
  })

  it('have the same scale for response and service time, with room for all of their values', () => {
    const [low, high] = chartOf('response', 'time').range!
    expect(chartOf('service', 'time').range).toEqual([low, high])
    expect(low).toBeLessThan(0.2)
    expect(high).toBeGreaterThan(10)
  })

  it('count errors by cause, the most frequent first', () => {
    const { series } = chartOf('errors', 'time')
    expect(series.map(({ label }) => label)).toEqual([
      'memory_error OOM',
      'connection_error closed (unknown)',
    ])
    expect(series.map(({ values }) => values)).toEqual([
      [0, 0, 0, 0, 12, 0, 0, 0, 0, 0],
      [0, 0, 0, 0, 3, 0, 0, 0, 0, 0],
    ])
  })

  it('put rare causes together, without losing one', () => {
    const codes = Array.from({ length: 12 }, (_, index) => ({
      ...{ outcome: 'failed' as const, error_type: 'command_error', code: `E${index}` },
      count: 100 - index,
    }))
    const { series } = chartOf('errors', 'time', without({ errors: codes }))
    expect(series.map(({ label }) => label)).toEqual([
      ...codes.slice(0, 7).map(({ code }) => `command_error ${code}`),
      '5 others',
    ])
    const sum = series.reduce((total, { values }) => total + (values[0] ?? 0), 0)
    expect(sum).toBe(codes.reduce((total, { count }) => total + count, 0))
  })

  it('have every latency cell where it belongs', () => {
    const { bounds, columns } = chartOf('heatmap', 'heat')
    expect(bounds).toEqual([39, 40, 41, 42, 43, 44].map((cell) => LATENCY_CELL_BOUNDS[cell]! / 1000))
    story.intervals.forEach(({ latency_cells: { from, counts } }, index) => {
      const [first, ...cells] = columns[index]!
      expect(cells).toEqual(counts)
      if (counts.length > 0) expect(bounds[first + 1]).toBe(LATENCY_CELL_BOUNDS[from]! / 1000)
    })
  })

  it('have cells beyond both ends of the scale', () => {
    const last = LATENCY_CELL_BOUNDS.length
    const { bounds } = chartOf(
      'heatmap',
      'heat',
      without({ latency_cells: { from: 0, counts: [1, ...Array.from({ length: last }, () => 1)] } }),
    )
    expect(bounds).toHaveLength(last + 2)
    expect(bounds.every((bound, index) => index === 0 || bound > bounds[index - 1]!)).toBe(true)
  })

  it('have the quantiles of the histograms in the result', () => {
    const { x, series } = chartOf('response-quantiles', 'quantiles')
    expect(series.map(({ label }) => label)).toEqual(['GET', 'SET'])
    const histogram = decodeHdr(story.operations[0]!.response!.success.hdr)
    expect(x.length).toBeGreaterThan(10)
    series[0]!.values.forEach((value, index) => {
      const millis = Math.round(histogram.quantile(1 - 1 / x[index]!) * 10) / 10_000
      expect(value).toBe(x[index]! <= 2 * histogram.count ? millis : null)
    })
    expect(series[0]!.values.findLast((value) => value !== null)).toBeCloseTo(10, 1)
  })

  it('leave out what the result does not have', () => {
    const closed = {
      ...without({ errors: [], latency_cells: NO_CELLS, connections_lost: 0, reconnections: 0 }),
      load_model: 'closed' as const,
      ...{ server_samples: null, slowest_commands: [], slowlog: [] },
    }
    const operations = closed.operations.map((operation) => ({ ...operation, response: null }))
    const ids = buildCharts({ ...closed, operations }, { decodeHdr }).map(({ id }) => id)
    expect(ids).toEqual([
      'rate',
      'in-flight',
      'service',
      'service-quantiles',
      'connections',
      'generator-delays',
      'generator-cores',
    ])
    expect(buildCharts({ ...closed, operations: [], intervals: [] }, { decodeHdr })).toEqual([])
  })
})
