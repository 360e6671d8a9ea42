import type Plot from 'uplot'
import type { ChartData } from '../chart-data.ts'
import { type ChartView, type Page } from './chart-view.ts'
import { drawnValues, middlesOf, readingsOf, timesOf, type Values } from './drawn-values.ts'
import {
  drawingOrder,
  heatOptions,
  type PlotListeners,
  quantileOptions,
  timeOptions,
} from './plot-options.ts'

/** The library is a script before this one. */
declare const uPlot: typeof Plot

type Options = Omit<Plot.Options, 'width' | 'height'>

/** How a chart is drawn, and what. */
interface Drawing {
  readonly options: Options
  readonly readings: readonly Values[]
  /** In the order of the series of the chart. */
  readonly drawn: (shown: readonly boolean[]) => readonly Values[]
  /** In the order of the library, x first. */
  readonly toPlot: (drawn: readonly Values[]) => Plot.AlignedData
}

/** Puts a chart into its box. */
export function makeView(
  chart: ChartData,
  box: HTMLElement,
  page: Page,
  listeners: PlotListeners,
): ChartView {
  const { options, readings, drawn, toPlot } = drawingOf(chart, page, listeners)
  const shown = readings.map(() => true)
  const first = drawn(shown)
  const plot = new uPlot({ ...options, ...sizeOf(box) }, toPlot(first), box)
  const view: ChartView = {
    chart,
    box,
    plot,
    readings,
    drawn: first,
    shown,
    restack() {
      view.drawn = drawn(shown)
      plot.batch(() => {
        plot.setData(toPlot(view.drawn), false)
        const { min, max } = plot.scales['x']!
        plot.setScale('x', { min: min!, max: max! })
      })
    },
  }
  return view
}

function drawingOf(chart: ChartData, page: Page, listeners: PlotListeners): Drawing {
  if (chart.kind === 'heat') return heatDrawing(chart, page, listeners)
  if (chart.kind === 'quantiles') {
    const readings = chart.series.map(({ values }) => [...values])
    return {
      options: quantileOptions(chart, listeners),
      readings,
      drawn: (shown) =>
        readings.map((values, index) => (shown[index] === true ? values : values.map(() => null))),
      toPlot: (values) => [[...chart.x], ...values],
    }
  }
  const readings = chart.series.map((series) => readingsOf(series, page.data))
  const times = timesOf(chart, page.data)
  const order = drawingOrder(chart)
  return {
    options: timeOptions(chart, page, listeners),
    readings,
    drawn: (shown) => drawnValues(chart, readings, shown),
    toPlot: (values) => [times, ...order.map((index) => values[index] ?? [])],
  }
}

/** The library draws axes and a cursor; its one series only has the times. */
function heatDrawing(
  chart: Extract<ChartData, { kind: 'heat' }>,
  page: Page,
  listeners: PlotListeners,
): Drawing {
  const totals = chart.columns.map(([, ...counts]) => counts.reduce((sum, count) => sum + count, 0))
  return {
    options: heatOptions(chart, page, listeners),
    readings: [totals],
    drawn: () => [totals],
    toPlot: () => [middlesOf(page.data), totals.map(() => chart.bounds[0]!)],
  }
}

export function sizeOf(box: HTMLElement): { readonly width: number; readonly height: number } {
  return { width: Math.max(200, Math.floor(box.clientWidth)), height: box.clientHeight }
}
