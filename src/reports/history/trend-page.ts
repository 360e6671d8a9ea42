import type { TrendMetric } from '../../model/history.ts'
import type { Series, TimeChart } from '../html/chart-data.ts'
import { figure } from '../html/figures.ts'
import type { PageParts } from '../html/html-tools.ts'
import { html, type Markup } from '../html/markup.ts'
import { renderFrame } from '../html/page-frame.ts'
import { numbers, table, words } from '../html/table.ts'
import { hasFailed } from './history-entry.ts'
import { formatTrend, timeOf, verdictOf } from './text-history.ts'
import { standsOut, type Trend } from './trend.ts'

/** One metric over runs as a page, for whoever has the run's report open as well. */
export function renderTrendPage(trend: Trend, parts: PageParts, toolVersion: string): string {
  const { metric, points } = trend
  const title = `${metric} over ${points.length} run${points.length === 1 ? '' : 's'}`
  const chart = trendChart(trend)
  const drawing =
    points.length === 0
      ? html`<p class="nothing">No runs.</p>`
      : html`<div class="figures">
          ${figure(chart, { size: 'wide', about: 'Runs by number, the oldest first; the table below has them all.' })}
        </div>`
  return renderFrame(
    {
      title: `${title} · redis-test history`,
      name: 'history',
      verdict: { word: metric, kind: 'none' },
      headline: html`<header class="headline none">
        <h1>${title}</h1>
        <p class="answer">${trend.direction}</p>
        ${points.length > 0 && html`<p class="facts-line">${summaryOf(trend)}</p>`}
      </header>`,
      sections: [
        { id: 'trend', title: 'Trend', contents: drawing },
        { id: 'runs', title: 'Runs', contents: runs(trend) },
      ],
      footer: `redis-test ${toolVersion} history`,
      data: {
        start_ms: null,
        ends: points.map((_, index) => index + 1.5),
        lengths: points.map(() => 1),
        marks: { phases: [], disturbances: [], faults: [], adjustments: [] },
        runs: points.map(({ entry }, index) => `run ${index + 1}: ${timeOf(entry)} UTC, ${entry.version}`),
        charts: points.length === 0 ? [] : [chart],
      },
    },
    parts,
  )
}

function summaryOf({ metric, points, median }: Trend): string {
  const values = points.map(({ value }) => value)
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const [first, last] = [points[0]!.entry, points.at(-1)!.entry]
  return `${formatTrend(metric, least)} … ${formatTrend(metric, most)}, median ${formatTrend(metric, median)} · ${timeOf(first)} to ${timeOf(last)} UTC`
}

const UNITS: Readonly<Partial<Record<TrendMetric, string>>> = {
  throughput: 'ops/s',
  errors: '%',
  outages: 'connections lost',
}

/** Shares are read as per cent. */
function trendChart(trend: Trend): TimeChart {
  const { metric, points, median } = trend
  const unit = UNITS[metric] ?? 'ms'
  const series: Series[] = [
    { label: metric, colour: 'kind-1', style: 'line', values: points.map(({ value }) => value) },
    { label: 'median', colour: 'target', style: 'dashed', values: points.map(() => median) },
  ]
  if (points.some((point) => standsOut(trend, point)))
    series.push({
      label: 'stands out',
      colour: 'failed',
      style: 'dots',
      values: points.map((point) => (standsOut(trend, point) ? point.value : null)),
    })
  return {
    id: 'trend',
    kind: 'time',
    title: metric,
    unit: metric === 'errors' ? 'share' : unit,
    scale: 'linear',
    series: series.map((one) => ({ ...one, unit })),
  }
}

function runs(trend: Trend): Markup {
  const { metric, points } = trend
  return table({
    caption: `Every run with its ${metric}`,
    columns: [
      ...words('Run', 'began (UTC)', 'run id', 'workload', 'target', 'version'),
      ...numbers(metric),
      ...words('verdict'),
    ],
    rows: points.map((point, index) => {
      const { entry, value } = point
      const isOut = standsOut(trend, point)
      return [
        index + 1,
        timeOf(entry),
        html`<code>${entry.run_id}</code>`,
        entry.workload_name,
        entry.target,
        entry.version,
        html`<span class="${isOut ? 'bad' : ''}">${formatTrend(metric, value)}${isOut ? ' !' : ''}</span>`,
        html`<span class="${hasFailed(entry) ? 'bad' : ''}">${verdictOf(entry)}</span>`,
      ]
    }),
  })
}
