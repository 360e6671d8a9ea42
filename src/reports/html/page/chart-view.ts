import type uPlot from 'uplot'
import type { ChartData, PageData } from '../chart-data.ts'
import type { Values } from './drawn-values.ts'

/** A chart on the page. */
export interface ChartView {
  readonly chart: ChartData
  /** The element that holds it: focus and size are its. */
  readonly box: HTMLElement
  readonly plot: uPlot
  /** For each series of the chart what is read at each point, and what is drawn there: stacks stand on one another. */
  readonly readings: readonly Values[]
  drawn: readonly Values[]
  readonly shown: boolean[]
  /** Draws again after {@link shown} was changed. */
  restack(): void
}

/** What the scripts of the page share. */
export interface Page {
  readonly data: PageData
  readonly views: ChartView[]
  /** The part of the measured time that all charts show, seconds; `null`: all of it. */
  zoom: readonly [from: number, to: number] | null
}

export function isOverTime({ chart }: Pick<ChartView, 'chart'>): boolean {
  return chart.kind !== 'quantiles'
}

/** From the beginning of the measured time to the end of its last interval, or from the first run to the last. */
export function wholeTime({ ends, lengths, runs }: PageData): readonly [number, number] {
  const first = (ends[0] ?? 0) - (lengths[0] ?? 0)
  return [runs === undefined ? Math.min(0, first) : first, Math.max(ends.at(-1) ?? 1, first + 0.001)]
}
