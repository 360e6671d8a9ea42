import type { Histogram } from '../../../model/histogram.ts'
import type { IntervalResult } from '../../../model/interval-result.ts'
import { medianOf } from '../../../model/median.ts'
import type { ChartData, Colour, PageData, QuantileChart, Series, TimeChart } from '../../html/chart-data.ts'
import { quantileAxis } from '../../html/quantile-charts.ts'
import type { ComparedRuns } from '../compare-pairs.ts'
import { LEAST_BEYOND, timesOf } from '../metrics.ts'

/** The sides over one another, and how they are shown. */
export interface OverlayChart {
  readonly chart: ChartData
  readonly about: string
  readonly size: 'wide' | 'half'
}

export interface Overlay {
  readonly frame: Omit<PageData, 'charts'>
  readonly overTime: readonly OverlayChart[]
  readonly distributions: readonly OverlayChart[]
}

type LatencyKind = 'response_time' | 'service_time'

/** Everything that is drawn of some sides. Each has a line, its runs being averaged; times are those that are compared. */
export function overlayOf(sides: readonly ComparedRuns[], kind: LatencyKind): Overlay {
  const grid = gridOf(sides)
  const { width, count } = grid
  const place = Array.from({ length: count }, (_, at) => at)
  return {
    frame: {
      start_ms: null,
      ends: place.map((at) => round((at + 1) * width)),
      lengths: place.map(() => width),
      marks: { phases: [], disturbances: [], faults: [], adjustments: [] },
    },
    overTime: [
      ...(['p50', 'p99', 'p999'] as const).flatMap((name) => quantileOverTime(sides, grid, name, kind) ?? []),
      rateOverTime(sides, grid),
      ...(errorsOverTime(sides, grid) ?? []),
    ],
    distributions: distributionsOf(sides, kind),
  }
}

/** Time that all runs are laid over: as long as the longest, in steps of the longest usual interval. */
interface Grid {
  /** Seconds. */
  readonly width: number
  readonly count: number
  /** For each side the intervals of its runs by their place. */
  readonly cells: readonly (readonly (readonly IntervalResult[])[])[]
}

/** Intervals that are about as long as the steps are counted, so that a little more or less does not add up. */
const ALIKE = 0.2

function gridOf(sides: readonly ComparedRuns[]): Grid {
  const runs = sides.map(({ samples }) => samples.map(({ intervals }) => intervals))
  const usual = (intervals: readonly IntervalResult[]): number =>
    intervals.length === 0 ? 0 : medianOf(intervals.map(({ seconds }) => seconds))
  const width = round(Math.max(0, ...runs.flat().map(usual))) || 1
  const cells = runs.map((some) => {
    const places: IntervalResult[][] = []
    for (const intervals of some) {
      const step = Math.abs(usual(intervals) / width - 1) < ALIKE ? 1 : usual(intervals) / width
      for (const [index, interval] of intervals.entries())
        (places[Math.floor((index + 0.5) * step)] ??= []).push(interval)
    }
    return places
  })
  return { width, count: Math.max(0, ...cells.map(({ length }) => length)), cells }
}

function linesOf(
  sides: readonly ComparedRuns[],
  { cells, count }: Grid,
  valueOf: (intervals: readonly IntervalResult[]) => number | null,
): Series[] {
  return sides.map(({ name }, side) => ({
    ...lookOf(name, side),
    values: Array.from({ length: count }, (_, at) => valueOf(cells[side]![at] ?? [])),
  }))
}

/** Not the colours of success and failure: neither side is either. */
const COLOURS: readonly Colour[] = ['kind-1', 'kind-3', 'kind-5', 'kind-4', 'kind-6', 'kind-7', 'kind-8']

function lookOf(name: string, side: number): Pick<Series, 'label' | 'colour' | 'style'> {
  const style = side < COLOURS.length ? 'line' : 'dashed'
  return { label: name, colour: COLOURS[side % COLOURS.length]!, style }
}

const QUANTILES = { p50: 'p50', p99: 'p99', p999: 'p99.9' } as const

function quantileOverTime(
  sides: readonly ComparedRuns[],
  grid: Grid,
  name: keyof typeof QUANTILES,
  kind: LatencyKind,
): OverlayChart | undefined {
  const field = `${kind === 'response_time' ? 'response' : 'service'}_${name}_ms` as const
  const series = linesOf(sides, grid, (intervals) => geometricMean(intervals.map((one) => one[field] ?? 0)))
  const range = rangeOf(series)
  if (range === undefined) return undefined
  const title = `${QUANTILES[name]} over time`
  const chart: TimeChart = { id: name, kind: 'time', title, unit: 'ms', scale: 'log', range, series }
  return { chart, size: 'half', about: 'Of all commands of each interval, whatever became of them.' }
}

function rateOverTime(sides: readonly ComparedRuns[], grid: Grid): OverlayChart {
  const series = linesOf(sides, grid, (intervals) => {
    const seconds = intervals.reduce((sum, one) => sum + one.seconds, 0)
    return seconds === 0 ? null : intervals.reduce((sum, { ok }) => sum + ok, 0) / seconds
  })
  const title = 'Throughput over time'
  const chart: TimeChart = { id: 'rate', kind: 'time', title, unit: 'ops/s', scale: 'linear', series }
  return { chart, size: 'half', about: 'Successful commands a second.' }
}

/** Nothing where nobody had any. */
function errorsOverTime(sides: readonly ComparedRuns[], grid: Grid): OverlayChart[] {
  if (sides.every(({ samples }) => samples.every(({ errors }) => errors === 0))) return []
  const series = linesOf(sides, grid, (intervals) => {
    const errors = intervals.reduce((sum, { failed, indeterminate }) => sum + failed + indeterminate, 0)
    const settled = intervals.reduce((sum, { ok }) => sum + ok, errors)
    return settled === 0 ? null : errors / settled
  }).map((one): Series => ({ ...one, unit: '%' }))
  const title = 'Errors over time'
  const chart: TimeChart = { id: 'errors', kind: 'time', title, unit: 'share', scale: 'linear', series }
  return [{ chart, size: 'wide', about: 'Share of the commands that failed, or whose answer was lost.' }]
}

const MOST_OPERATIONS = 24

/** All operations together, then each that is on every side. */
function distributionsOf(sides: readonly ComparedRuns[], kind: LatencyKind): OverlayChart[] {
  const samples = sides.flatMap((side) => side.samples)
  const [first, ...others] = samples.map(({ operations }) => operations.map(({ operation }) => operation))
  const shared = (first ?? []).filter((name) => others.every((names) => names.includes(name)))
  const named = shared.length < 2 ? [] : shared.slice(0, MOST_OPERATIONS)
  return [null, ...named].flatMap((operation, index) => {
    const chart = distributionOf(sides, operation, index, kind)
    const about = `What a share of the successful ${operation === null ? 'commands' : 'ones'} stayed below, on average over the runs of a side.`
    return chart === undefined ? [] : [{ chart, about, size: operation === null ? 'wide' : 'half' } as const]
  })
}

function distributionOf(
  sides: readonly ComparedRuns[],
  operation: string | null,
  index: number,
  kind: LatencyKind,
): QuantileChart | undefined {
  const times = sides.map(({ samples }) => samples.flatMap((sample) => timesOf(sample, operation) ?? []))
  const most = Math.max(0, ...times.flat().map(({ count }) => count))
  if (most < 2 * LEAST_BEYOND) return undefined
  const x = quantileAxis(most).filter((position) => position <= most / LEAST_BEYOND)
  const word = kind === 'response_time' ? 'Response time' : 'Service time'
  return {
    id: `quantiles-${index}`,
    kind: 'quantiles',
    title: `${word}, ${operation ?? 'all operations'}`,
    unit: 'ms',
    x,
    series: sides.map(({ name }, side) => ({
      ...lookOf(name, side),
      values: x.map((position) => averageAt(times[side]!, position)),
    })),
  }
}

/** Milliseconds at q = 1 - 1 / position; `null` where fewer than ten commands of a run lie beyond it. */
function averageAt(times: readonly Histogram[], position: number): number | null {
  if (times.some(({ count }) => count < LEAST_BEYOND * position)) return null
  return geometricMean(times.map((one) => one.quantile(1 - 1 / position) / 1000))
}

/** Of those above 0, which is what was not measured; as the tables average runs. */
function geometricMean(values: readonly number[]): number | null {
  const known = values.filter((value) => value > 0)
  if (known.length === 0) return null
  if (known.length === 1) return known[0]!
  return round(Math.exp(known.reduce((sum, value) => sum + Math.log(value), 0) / known.length))
}

/** In steps of a tenth of a decade. */
function rangeOf(series: readonly Series[]): readonly [number, number] | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, 0]
  for (const { values } of series)
    for (const value of values)
      if (value !== null) [low, high] = [Math.min(low, value), Math.max(high, value)]
  if (high === 0) return undefined
  const step = (value: number, towards: (exponent: number) => number): number =>
    10 ** (towards(10 * Math.log10(value)) / 10)
  return [step(low * 0.9, Math.floor), step(high * 1.1, Math.ceil)]
}

function round(value: number): number {
  return Number(value.toPrecision(6))
}
