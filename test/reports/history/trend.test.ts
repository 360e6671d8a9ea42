import { expect, it } from 'vitest'
import type { HistoryEntry } from '../../../src/model/history.ts'
import { standsOut, trendOfRuns } from '../../../src/reports/history/trend.ts'

function whatStandsOut(values: readonly number[]): number[] {
  const entries = values.map((throughput) => ({ throughput }) as HistoryEntry)
  const trend = trendOfRuns(entries, 'throughput')
  return trend.points.filter((point) => standsOut(trend, point)).map(({ value }) => value)
}

it('runs stand out that are much lower or much higher than the others', () => {
  expect(whatStandsOut([1000, 1010, 990, 1000, 500, 1020, 980, 1500])).toEqual([500, 1500])
  // Three times 1.4826 · 10, the median of the distances.
  expect(whatStandsOut([1000, 1010, 990, 1010, 990, 1000, 1044, 956])).toEqual([])
  expect(whatStandsOut([1000, 1010, 990, 1010, 990, 1000, 1045, 955])).toEqual([1045, 955])
})

it('none does of three runs, or where all others are the same', () => {
  expect(whatStandsOut([1000, 1001, 5])).toEqual([])
  expect(whatStandsOut([1000, 1000, 1000, 1000, 5])).toEqual([])
})
