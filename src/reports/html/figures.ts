import { formatCount } from '../format.ts'
import type { ChartData, Series } from './chart-data.ts'
import type { ChartEntry } from './chart-entry.ts'
import { CHARTS } from './charts.ts'
import { html, type Markup } from './markup.ts'
import type { SectionContext } from './sections.ts'

/** The charts of a place that the result has, each in a box that a script fills. */
export function figuresAt(place: ChartEntry['place'], { charts }: SectionContext): Markup | undefined {
  const figures = Object.entries<ChartEntry>(CHARTS).flatMap(([id, entry]) => {
    const chart = charts.get(id)
    return entry.place === place && chart !== undefined ? [figure(chart, entry)] : []
  })
  return figures.length === 0 ? undefined : html`<div class="figures">${figures}</div>`
}

/** A chart in its box. */
export function figure(chart: ChartData, { about, size }: Pick<ChartEntry, 'about' | 'size'>): Markup {
  return html`<figure class="chart ${size} ${chart.kind}">
    <figcaption>
      <h3>${chart.title} <span class="unit">${chart.unit}</span></h3>
      <p>${about}</p>
    </figcaption>
    <div
      class="plot"
      data-chart="${chart.id}"
      tabindex="0"
      role="group"
      aria-label="${describe(chart)}"
    ></div>
  </figure>`
}

/** What the chart says, for those who do not see it; the rest is in its table. */
function describe(chart: ChartData): string {
  const hint = 'Arrow keys read its values.'
  if (chart.kind === 'heat') {
    const [low = 0, high = 0] = [chart.bounds[0], chart.bounds.at(-1)]
    return `${chart.title}: ${chart.columns.length} intervals, from ${short(low)} to ${short(high)} ms. ${hint}`
  }
  const series = chart.series.filter(({ style }) => style !== 'strip').map((one) => describeSeries(one))
  return `${chart.title}, ${chart.unit}: ${series.join('; ')}. ${hint}`
}

function describeSeries({ label, values }: Series): string {
  const known = values.filter((value) => value !== null && Number.isFinite(value)) as number[]
  if (known.length === 0) return `${label} nothing`
  let [low, high, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]
  for (const value of known) {
    low = Math.min(low, value)
    high = Math.max(high, value)
    sum += value
  }
  return `${label} from ${short(low)} to ${short(high)}, on average ${short(sum / known.length)}`
}

function short(value: number): string {
  return Math.abs(value) < 10 ? String(Number(value.toPrecision(3))) : formatCount(value)
}
