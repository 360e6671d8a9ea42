import type { HeatMap } from '../chart-data.ts'
import { quantileText } from './axes.ts'
import { type ChartView, isOverTime, type Page } from './chart-view.ts'
import { numberText, readingText } from './numbers-as-text.ts'
import { placeAndClock } from './places.ts'

/** How near the cursor has to be to a mark, CSS pixels. */
const NEAR = 8

/** A series in the legend, and what it says of it. */
interface Entry {
  readonly name: string
  readonly unit: string | undefined
  readonly value: HTMLElement
}

/** The legend of a chart: series to switch on and off, and what they are where the cursor is. */
export interface Legend {
  /** Shows what is at a point; `null`: nothing is. */
  read(index: number | null, self: ChartView['plot']): void
  /** The same as a sentence. */
  spoken(index: number): string
}

export function makeLegend(view: ChartView, page: Page): Legend {
  const list = document.createElement('ul')
  list.className = 'legend'
  const entries = view.chart.kind === 'heat' ? [heatEntry(list)] : seriesEntries(view, list)
  const where = document.createElement('li')
  where.className = 'where'
  list.append(where)
  view.box.before(list)
  return {
    read(index, self) {
      where.textContent =
        index === null ? '' : [placeText(view, page, index), markNear(self, view, page)].join(' ')
      for (const [at, { value, unit }] of entries.entries())
        value.textContent =
          index === null
            ? ''
            : view.chart.kind === 'heat'
              ? heatText(view.chart, index, self)
              : readingText(view.readings[at]?.[index], unit)
    },
    spoken(index) {
      const values = entries.map(
        ({ name, unit }, at) => `${name} ${readingText(view.readings[at]?.[index], unit)}`,
      )
      return `${placeText(view, page, index)}: ${values.join(', ')}`
    },
  }
}

function seriesEntries(view: ChartView, list: HTMLElement): Entry[] {
  const { chart } = view
  if (chart.kind === 'heat') return []
  return chart.series.map(({ label, colour, unit, style }, index) => {
    const item = document.createElement('li')
    const button = document.createElement('button')
    button.type = 'button'
    button.setAttribute('aria-pressed', 'true')
    const swatch = document.createElement('span')
    swatch.className = `swatch ${style} c-${colour}`
    button.append(swatch, label)
    const value = document.createElement('span')
    value.className = 'value'
    item.append(button, value)
    list.append(item)
    if (style === 'strip') button.disabled = true
    button.addEventListener('click', () => {
      view.shown[index] = view.shown[index] !== true
      button.setAttribute('aria-pressed', String(view.shown[index]))
      view.restack()
    })
    return { name: label, unit: unit ?? chart.unit, value }
  })
}

function heatEntry(list: HTMLElement): Entry {
  const item = document.createElement('li')
  const scale = document.createElement('span')
  scale.className = 'heat-scale'
  const value = document.createElement('span')
  value.className = 'value'
  item.append('few', scale, 'many', value)
  list.append(item)
  return { name: 'commands', unit: undefined, value }
}

/** The cell under the cursor, when it is in this chart; otherwise all of the interval. */
function heatText({ columns, bounds }: HeatMap, index: number, self: ChartView['plot']): string {
  const [from, ...counts] = columns[index] ?? [0]
  const total = counts.reduce((sum, count) => sum + count, 0)
  const { top = -1 } = self.cursor
  const millis = top < 0 ? Number.NaN : self.posToVal(top, 'y')
  const cell = bounds.findIndex((bound) => bound >= millis) - 1
  if (Number.isNaN(millis) || cell < 0) return `${numberText(total)} commands`
  return `${numberText(counts[cell - from] ?? 0)} of ${numberText(total)} commands took ${numberText(bounds[cell])}–${numberText(bounds[cell + 1])} ms`
}

/** Which second, or which quantile. */
function placeText(view: ChartView, { data }: Page, index: number): string {
  if (view.chart.kind === 'quantiles') return quantileText(view.chart.x[index] ?? 1)
  return placeAndClock(data, (view.plot.data[0] as number[])[index] ?? 0)
}

function markNear(self: ChartView['plot'], view: ChartView, { data }: Page): string {
  const { left } = self.cursor
  if (!isOverTime(view) || left === undefined || left < 0) return ''
  const { faults, adjustments } = data.marks
  const near = [...faults, ...adjustments].find(
    ({ from }) => Math.abs(self.valToPos(from, 'x') - left) <= NEAR,
  )
  return near === undefined ? '' : `· ${near.title}`
}
