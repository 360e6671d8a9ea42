import type Plot from 'uplot'
import type { ChartData, PageData, QuantileChart, Series, TimeChart } from '../chart-data.ts'
import { LEFT_AXIS_WIDTH, quantileAxisOfPage, timeAxis, valueAxis } from './axes.ts'
import { type Page, wholeTime } from './chart-view.ts'
import { colourOf } from './colours.ts'
import { pathsOfLine } from './dense-lines.ts'
import { isStacked } from './drawn-values.ts'
import { drawHeat } from './draw-heat.ts'
import { drawDisturbances, drawMarks, drawStrip, marksHeight } from './draw-marks.ts'

/** The library is a script before this one. */
declare const uPlot: typeof Plot

/** Points of which lines are thinner, so that they can be told apart. */
const MANY = 1200
const RIGHT_EDGE = 28

/** Told by the chart itself. */
export interface PlotListeners {
  readonly onCursor: (self: Plot) => void
  readonly onSelect: (self: Plot) => void
}

type Options = Omit<Plot.Options, 'width' | 'height'>

function common({ onCursor, onSelect }: PlotListeners): Options {
  return {
    legend: { show: false },
    series: [],
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false },
      points: { size: 6 },
      bind: { dblclick: () => null },
    },
    hooks: { setCursor: [onCursor], setSelect: [onSelect] },
  }
}

/** Series of the library in the order in which they are drawn: the highest stack first, so that the others cover it. */
export function drawingOrder(chart: Exclude<ChartData, { kind: 'heat' }>): readonly number[] {
  const all = [...chart.series.keys()].filter((index) => chart.series[index]!.style !== 'strip')
  const stacked = all.filter((index) => isStacked(chart.series[index]!.style))
  return [...stacked.toReversed(), ...all.filter((index) => !stacked.includes(index))]
}

export function timeOptions(chart: TimeChart, page: Page, listeners: PlotListeners): Options {
  const { data } = page
  const base = common(listeners)
  const strips = chart.series.filter(({ style }) => style === 'strip')
  return {
    ...base,
    padding: [marksHeight(data.marks), RIGHT_EDGE, 0, 0],
    series: [{}, ...drawingOrder(chart).map((index) => lineOf(chart, index, data))],
    scales: { x: { time: false, range: () => [...(page.zoom ?? wholeTime(data))] }, y: valueScale(chart) },
    axes: [timeAxis(data), valueAxis(chart.scale)],
    cursor: { ...base.cursor!, sync: { key: 'time', scales: ['x', null], setSeries: false } },
    hooks: {
      ...base.hooks!,
      drawClear: [(self) => drawDisturbances(self, data.marks)],
      draw: [
        (self) => {
          for (const { values } of strips) drawStrip(self, values, data.lengths)
          drawMarks(self, data.marks)
        },
      ],
    },
  }
}

function valueScale({ scale, range }: TimeChart): Plot.Scale {
  if (range !== undefined) return { distr: scale === 'log' ? 3 : 1, range: () => [...range] }
  if (scale === 'log') return { distr: 3 }
  return { range: (_, __, high) => [0, (high || 1) * 1.08] }
}

function lineOf(chart: TimeChart, index: number, { runs }: PageData): Plot.Series {
  const series = chart.series[index]!
  const line: Plot.Series = {
    label: series.label,
    stroke: () => colourOf(series.colour),
    width: chart.series[index]!.values.length > MANY ? 1 : 1.5,
    points: {
      show: (self) => isFew(self) || (runs !== undefined && series.style === 'line'),
      size: 6,
      fill: () => colourOf(series.colour),
      filter: lonelyPoints,
    },
  }
  if (series.style === 'stack')
    return { ...line, width: 1, fill: () => colourOf(`${series.colour}-area`) || colourOf(series.colour) }
  if (series.style === 'bars') return { ...line, width: 0, points: { show: false }, ...barsOf(chart, index) }
  if (series.style === 'dots')
    return {
      ...line,
      paths: () => null,
      points: { show: true, size: 9, fill: () => colourOf(series.colour) },
    }
  const drawn = { ...line, fill: () => `${colourOf(series.colour)}${FAINT}`, paths: pathsOfLine }
  return series.style === 'dashed' ? { ...drawn, dash: [5, 4] } : drawn
}

/** Alpha of what the points of a dense line range over, for `#rrggbb`. */
const FAINT = '47'

/** A line through one point is none: those between gaps are drawn as points. */
function lonelyPoints(self: Plot, series: number): number[] | null {
  const values = self.data[series] ?? []
  const lonely: number[] = []
  for (let index = 0; index < values.length; index++)
    if (!isGap(values[index]) && isGap(values[index - 1]) && isGap(values[index + 1])) lonely.push(index)
  return lonely.length === 0 ? null : lonely
}

function isGap(value: number | null | undefined): boolean {
  return value === null || value === undefined
}

/** A line needs three points to be seen as one. */
function isFew({ data }: Plot): boolean {
  return (data[0]?.length ?? 0) < 3
}

function barsOf(chart: TimeChart, index: number): Plot.Series {
  const { colour } = chart.series[index]!
  const bars = uPlot.paths.bars!
  const fill = (): string => colourOf(colour)
  if (chart.grouped !== true) return { fill, paths: bars({ size: [0.84, 40, 1], align: 0 }) }
  return { fill, paths: bars({ size: [0.4, 16, 1], align: index % 2 === 0 ? -1 : 1 }) }
}

export function heatOptions(
  chart: Extract<ChartData, { kind: 'heat' }>,
  page: Page,
  listeners: PlotListeners,
): Options {
  const { data } = page
  const base = common(listeners)
  return {
    ...base,
    padding: [marksHeight(data.marks), RIGHT_EDGE, 0, 0],
    series: [{}, { paths: () => null, points: { show: false } }],
    scales: {
      x: { time: false, range: () => [...(page.zoom ?? wholeTime(data))] },
      y: { distr: 3, range: () => [chart.bounds[0]!, chart.bounds.at(-1)!] },
    },
    axes: [timeAxis(data), valueAxis('log')],
    cursor: {
      ...base.cursor!,
      y: true,
      points: { show: false },
      sync: { key: 'time', scales: ['x', null], setSeries: false },
    },
    hooks: {
      ...base.hooks!,
      drawAxes: [(self) => drawHeat(self, chart, data)],
      draw: [(self) => drawMarks(self, { ...data.marks, disturbances: [] })],
    },
  }
}

export function quantileOptions(chart: QuantileChart, listeners: PlotListeners): Options {
  const base = common(listeners)
  return {
    ...base,
    padding: [10, RIGHT_EDGE, 0, 0],
    series: [{}, ...chart.series.map((series) => quantileLine(series))],
    scales: {
      x: { time: false, distr: 3, range: () => [chart.x[0] ?? 1, Math.max(chart.x.at(-1) ?? 10, 10)] },
      y: { distr: 3, range: (_, low, high) => [(low || 0.001) * 0.85, (high || 1) * 1.2] },
    },
    axes: [quantileAxisOfPage(), { ...valueAxis('log'), size: LEFT_AXIS_WIDTH }],
    cursor: {
      ...base.cursor!,
      drag: { x: false, y: false },
      sync: { key: 'quantiles', scales: ['x', null] },
    },
  }
}

function quantileLine({ label, colour, style }: Series): Plot.Series {
  const line: Plot.Series = { label, stroke: () => colourOf(colour), width: 1.75, points: { show: false } }
  return style === 'dashed' ? { ...line, dash: [5, 4] } : line
}
