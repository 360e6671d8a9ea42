import { escapeText } from '../html/markup.ts'
import { lineChart } from '../svg/line-chart.ts'
import { renderPage, renderTable } from '../svg/page.ts'
import { formatTrend, timeOf, verdictOf } from './text-history.ts'
import { standsOut, type Trend } from './trend.ts'

/** One metric over runs as a page of its own. */
export function renderTrendPage(trend: Trend): string {
  const { metric, points, median, direction } = trend
  const format = (value: number): string => formatTrend(metric, value)
  const title = `${metric} over ${points.length} runs`
  const chart = lineChart({
    title,
    description: direction,
    series: [
      {
        name: metric,
        points: points.map(({ value }, index) => [index + 1, value]),
        labels: points.map(({ entry, value }) => `${timeOf(entry)} ${entry.version}: ${format(value)}`),
      },
      { name: 'median', points: points.map((_, index) => [index + 1, median]) },
    ],
    x: { label: 'run, oldest first', format: String },
    y: { label: metric, format, from: 0 },
  })
  const rows = points.map((point, index) => [
    String(index + 1),
    timeOf(point.entry),
    escapeText(point.entry.run_id),
    escapeText(point.entry.workload_name),
    escapeText(point.entry.target),
    escapeText(point.entry.version),
    standsOut(trend, point) ? `<span class="bad">${format(point.value)} !</span>` : format(point.value),
    escapeText(verdictOf(point.entry)),
  ])
  const table = renderTable(
    ['run', 'began (UTC)', 'run id', 'workload', 'target', 'version', metric, 'verdict'],
    rows,
  )
  return renderPage(
    title,
    `<h1>${escapeText(title)}</h1>\n<p>${escapeText(direction)}</p>\n${chart}\n${table}`,
  )
}
