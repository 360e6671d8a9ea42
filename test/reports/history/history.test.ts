import { describe, expect, it } from 'vitest'
import type { HistoryEntry } from '../../../src/model/history.ts'
import { filterHistory } from '../../../src/reports/history/filter-history.ts'
import { renderHistory, renderTrend } from '../../../src/reports/history/text-history.ts'
import type { TimeChart } from '../../../src/reports/html/chart-data.ts'
import { renderTrendPage } from '../../../src/reports/history/trend-page.ts'
import { standsOut, trendOfRuns } from '../../../src/reports/history/trend.ts'
import { dataOf, tagsOf } from '../../support/html-page.ts'
import { HTML_TOOLS } from '../../support/html-report.ts'

const BASE: HistoryEntry = {
  schema: 'redis-test/history',
  file: 'x.json',
  run_id: '0123456789',
  run_start: 1_700_000_000,
  workload_name: 'basic_rw',
  app_name: 'redis-test',
  version: 'v1',
  target: 'embedded',
  server: 'Redis 7.0.15',
  measured_seconds: 60,
  end_reason: 'duration',
  audit_ok: true,
  missed: 0,
  warnings: 0,
  outages: 0,
  throughput: 1000,
  errors: 0,
  latency_kind: 'response_time',
  p50: 0.2,
  p95: 0.3,
  p99: 1,
  max: 5,
  mean: 0.25,
}
const runs = (values: number[], changes: Partial<HistoryEntry> = {}): HistoryEntry[] =>
  values.map((p99, at) => ({ ...BASE, p99, run_start: BASE.run_start + 3600 * at, ...changes }))

describe('a list of runs', () => {
  it('reads like this', () => {
    const failed = {
      ...BASE,
      version: '<v2>',
      missed: 2,
      errors: 0.0123,
      end_reason: 'signal' as const,
      outages: 1,
    }
    expect(renderHistory([BASE, failed])).toMatchInlineSnapshot(`
      "began             run       workload  target    version  seconds  ops/s   errors    p50    p99    max  verdict
      2023-11-14 22:13  01234567  basic_rw  embedded  v1            60  1,000        0  0.200  1.000  5.000  ok
      2023-11-14 22:13  01234567  basic_rw  embedded  <v2>          60  1,000  1.230 %  0.200  1.000  5.000  FAILED, 2 missed, signal, 1 outage
      "
    `)
    expect(renderHistory([])).toBe('no runs\n')
  })

  it('is filtered', () => {
    const all = [...runs([1, 2, 3]), { ...BASE, workload_name: 'other', missed: 1, run_start: 2e9 }]
    const p99 = (filter: Parameters<typeof filterHistory>[1]): number[] =>
      filterHistory(all, filter).map((one) => one.p99)
    expect(p99({ profile: 'BASIC' })).toEqual([1, 2, 3])
    expect(p99({ profile: 'basic', limit: 2 })).toEqual([2, 3])
    expect(p99({ sinceMillis: (BASE.run_start + 3600) * 1000, profile: 'basic' })).toEqual([2, 3])
    expect(filterHistory(all, { isFailedOnly: true }).map(({ workload_name }) => workload_name)).toEqual([
      'other',
    ])
    expect(filterHistory(all, { target: 'redis.example', version: 'v1' })).toEqual([])
  })
})

describe('a metric over runs', () => {
  it('reads like this', () => {
    expect(renderTrend(trendOfRuns(runs([1, 1.1, 0.9, 1, 3]), 'p99'))).toMatchInlineSnapshot(`
      "p99  ▁▂▁▁█  0.900 ms … 3.000 ms, median 1.000 ms
      no trend shown

      began             run       version       p99  of median
      2023-11-14 22:13  01234567  v1       1.000 ms     +0.0 %     ██████████
      2023-11-14 23:13  01234567  v1       1.100 ms    +10.0 %     ███████████
      2023-11-15 00:13  01234567  v1       0.900 ms    -10.0 %     █████████
      2023-11-15 01:13  01234567  v1       1.000 ms     +0.0 %     ██████████
      2023-11-15 02:13  01234567  v1       3.000 ms   +200.0 %  !  ██████████████████████████████
      "
    `)
  })

  it('says what it does, and of what', () => {
    expect(trendOfRuns(runs([1, 1.1, 1.2, 1.31, 1.4]), 'p99').direction).toBe(
      'rises over these runs (p < 0.001)',
    )
    expect(trendOfRuns(runs([1, 2]), 'p99').direction).toBe('too few runs for a trend')
    const mixed = [...runs([1, 1, 1, 1]), ...runs([1], { target: 'elsewhere' })]
    expect(trendOfRuns(mixed, 'p99').direction).toBe(
      'no trend shown; the runs are of 2 workloads and targets: --profile and --target choose',
    )
    const trend = trendOfRuns(runs([1, 1.1, 0.9, 1, 3]), 'p99')
    expect(trend.points.map((point) => standsOut(trend, point))).toEqual([false, false, false, false, true])
  })

  it('is a page without anything from outside', () => {
    const trend = trendOfRuns(runs([1, 1.1, 0.9, 1, 3], { version: '<script>' }), 'p99')
    const page = renderTrendPage(trend, HTML_TOOLS.parts, '1.2.3')
    expect(page).toContain('&lt;script&gt;')
    const quiet = renderTrendPage(trendOfRuns(runs([1, 1, 1, 1, 3]), 'p99'), HTML_TOOLS.parts, '1.2.3')
    expect(tagsOf(page)).toEqual(
      tagsOf(renderTrendPage(trendOfRuns(runs([1, 1.1, 0.9, 1, 3]), 'p99'), HTML_TOOLS.parts, '1.2.3')),
    )
    expect(tagsOf(page).join('')).not.toMatch(/<script(?! type="application\/octet-stream")|src=|https?:/)
    expect(page).not.toMatch(/NaN|undefined/)
    const { charts, runs: names, ends } = dataOf(page)
    expect(ends).toEqual([1.5, 2.5, 3.5, 4.5, 5.5])
    expect(names![4]).toBe('run 5: 2023-11-15 02:13 UTC, <script>')
    const [chart] = charts as TimeChart[]
    expect(chart!.series.map(({ label, values }) => [label, values])).toEqual([
      ['p99', [1, 1.1, 0.9, 1, 3]],
      ['median', [1, 1, 1, 1, 1]],
      ['stands out', [null, null, null, null, 3]],
    ])
    // Where the usual distance is nothing, nothing stands out.
    expect((dataOf(quiet).charts as TimeChart[])[0]!.series).toHaveLength(2)
  })

  it('is a page of no runs, and of one', () => {
    const pageOf = (values: number[]): string =>
      renderTrendPage(trendOfRuns(runs(values), 'p99'), HTML_TOOLS.parts, '1.2.3')
    expect(pageOf([])).toContain('No runs.')
    expect(dataOf(pageOf([])).charts).toEqual([])
    expect(pageOf([2])).toContain('<h1>p99 over 1 run</h1>')
    expect(dataOf(pageOf([2])).charts).toHaveLength(1)
    expect(renderTrend(trendOfRuns(runs([2]), 'p99'))).toContain('too few runs for a trend')
  })

  it('is not one of times that mean different things without a word', () => {
    const mixed = [...runs([1, 1, 1]), ...runs([1], { latency_kind: 'service_time' })]
    expect(trendOfRuns(mixed, 'p99').direction).toBe(
      'no trend shown; response times of open loops stand beside service times of closed ones',
    )
  })
})
