import { describe, expect, it } from 'vitest'
import type { PageData, TimeChart } from '../../../../src/reports/html/chart-data.ts'
import {
  drawnValues,
  middlesOf,
  readingsOf,
  timesOf,
} from '../../../../src/reports/html/page/drawn-values.ts'

const page: PageData = {
  start_ms: 0,
  ends: [1, 2, 2.5],
  lengths: [1, 1, 0.5],
  marks: { phases: [], disturbances: [], faults: [], adjustments: [] },
  charts: [],
}
const series = (style: TimeChart['series'][number]['style'], values: (number | null)[]) =>
  ({ label: style, colour: 'ok', style, values, per_second: true }) as const
const chart: TimeChart = {
  id: 'x',
  kind: 'time',
  title: '',
  unit: '',
  scale: 'linear',
  series: [series('stack', [10, 20, 30]), series('stack', [1, null, 3]), series('line', [5, 6, 7])],
}

describe('what is drawn', () => {
  it('is in the middle of its interval, or where the chart says', () => {
    expect(middlesOf(page)).toEqual([0.5, 1.5, 2.25])
    expect(timesOf({ ...chart, times: [7, 8] }, page)).toEqual([7, 8])
  })

  it('is by the second when it is counted', () => {
    expect(readingsOf(chart.series[0]!, page)).toEqual([10, 20, 60])
    expect(
      readingsOf({ ...chart.series[0]!, values: [null, 1, 1] }, { ...page, lengths: [1, 0, 1] }),
    ).toEqual([null, null, 1])
  })

  it('stands on the stacks before it', () => {
    const readings = chart.series.map((one) => readingsOf(one, page))
    expect(drawnValues(chart, readings, [true, true, true])).toEqual([
      [10, 20, 60],
      [11, 20, 66],
      [5, 6, 14],
    ])
    expect(drawnValues(chart, readings, [false, true, false])).toEqual([
      [0, 0, 0],
      [1, 0, 6],
      [null, null, null],
    ])
  })

  it('stands beside the others in groups', () => {
    const bars: TimeChart = {
      ...chart,
      grouped: true,
      series: [series('bars', [1, 2, 3]), series('bars', [4, 5, 6])],
    }
    const readings = bars.series.map(({ values }) => [...values])
    expect(drawnValues(bars, readings, [true, true])).toEqual(readings)
  })
})
