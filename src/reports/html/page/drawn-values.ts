import type { PageData, Series, TimeChart } from '../chart-data.ts'

export type Values = (number | null)[]

/** Where the points of a chart are: the middles of its intervals, or what it says itself; seconds. */
export function timesOf(chart: TimeChart, page: PageData): number[] {
  return chart.times === undefined ? middlesOf(page) : [...chart.times]
}

export function middlesOf({ ends, lengths }: PageData): number[] {
  return ends.map((end, index) => end - (lengths[index] ?? 0) / 2)
}

/** What is read at each point: counts by the second, everything else as it is. */
export function readingsOf({ per_second, values }: Series, { lengths }: PageData): Values {
  if (per_second === undefined) return [...values]
  return values.map((value, index) => {
    const length = lengths[index] ?? 0
    return value === null || length <= 0 ? null : value / length
  })
}

/** What is drawn of each series: a stack stands on those before it that are shown. A strip is drawn apart. */
export function drawnValues(
  chart: TimeChart,
  readings: readonly Values[],
  isShown: readonly boolean[],
): Values[] {
  const below: number[] = []
  return chart.series.map(({ style }, index) => {
    const own = readings[index] ?? []
    if (!isStacked(style) || chart.grouped === true)
      return isShown[index] === true ? own : own.map(() => null)
    return own.map((value, at) => {
      below[at] = (below[at] ?? 0) + (isShown[index] === true ? (value ?? 0) : 0)
      return below[at]
    })
  })
}

export function isStacked(style: Series['style']): boolean {
  return style === 'stack' || style === 'bars'
}
