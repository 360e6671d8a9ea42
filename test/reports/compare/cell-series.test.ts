import { expect, it } from 'vitest'
import type { IntervalResult } from '../../../src/model/interval-result.ts'
import { LATENCY_CELL_BOUNDS } from '../../../src/model/latency-cells.ts'
import { cellSeriesOf, logMean, logQuantile } from '../../../src/reports/compare/cell-series.ts'
import { QUIET_SECOND } from '../../support/interval.ts'

const second = (from: number, counts: readonly number[]): IntervalResult => ({
  ...QUIET_SECOND,
  ...{ ok: 7, failed: 2, indeterminate: 1, latency_cells: { from, counts } },
})
/** Cell 60 holds what took more than 891 µs and no more than 1 ms. */
const [low, high] = [LATENCY_CELL_BOUNDS[59]!, LATENCY_CELL_BOUNDS[60]!]

it('counts blocks of neighbours, one that is drawn twice twice', () => {
  const series = cellSeriesOf([second(60, [4]), second(60, [0, 6]), second(58, [2])])
  expect(series.length).toBe(3)
  const counts = series.over([
    { start: 0, end: 2 },
    { start: 1, end: 2 },
  ])
  expect(counts).toMatchObject({ seconds: 3, ok: 21, errors: 9, count: 16 })
  expect([...counts.cells.subarray(58, 63)]).toEqual([0, 0, 4, 12, 0])
})

it('has quantiles between the bounds of a cell', () => {
  expect([low, high]).toEqual([891, 1000])
  const counts = cellSeriesOf([second(60, [4, 4])]).over([{ start: 0, end: 1 }])
  expect(logQuantile(counts, 0.25)).toBeCloseTo((Math.log(low) + Math.log(high)) / 2, 9)
  expect(logQuantile(counts, 0.5)).toBeCloseTo(Math.log(high), 9)
  expect(logQuantile(counts, 0.75)).toBeCloseTo((Math.log(high) + Math.log(LATENCY_CELL_BOUNDS[61]!)) / 2, 9)
  const [one, other] = [high, LATENCY_CELL_BOUNDS[61]!].map((bound) => bound * 10 ** (-1 / 40))
  expect(Math.exp(logMean(counts))).toBeCloseTo((one! + other!) / 2, 6)
})

it('knows no quantile of nothing', () => {
  const series = cellSeriesOf([{ ...second(0, []), ok: 0, failed: 0, indeterminate: 0 }, second(60, [4])])
  expect(logQuantile(series.over([{ start: 0, end: 1 }]), 0.5)).toBeNaN()
})
