import { LATENCY_CELL_BOUNDS } from '../../model/latency-cells.ts'
import type { IntervalResult } from '../../model/interval-result.ts'
import type { Block } from './statistics/blocks.ts'

const CELLS = LATENCY_CELL_BOUNDS.length + 1
/** Neighbouring intervals are joined above this many: an hour of seconds says no more about its quarters of a minute. */
const MOST = 300

/** What was counted in some intervals. */
export interface CellCounts {
  readonly seconds: number
  readonly ok: number
  /** Failed and indeterminate. */
  readonly errors: number
  /** Settled commands by cell of latency. */
  readonly cells: Float64Array
  readonly count: number
}

/** The intervals of a run, such that any block of neighbours can be counted at once. */
export interface CellSeries {
  readonly length: number
  over(blocks: readonly Block[]): CellCounts
}

/** Empty when the result is of a version whose intervals have no cells: what settled in them is not counted anywhere. */
export function cellSeriesOf(intervals: readonly IntervalResult[]): CellSeries {
  const isCounted = ({ latency_cells: { counts }, ok, failed, indeterminate }: IntervalResult): boolean =>
    counts.length > 0 || ok + failed + indeterminate === 0
  const usable = intervals.every(isCounted) ? intervals : []
  const each = Math.ceil(usable.length / MOST)
  const length = usable.length === 0 ? 0 : Math.floor(usable.length / each)
  const sums = [emptySum()]
  for (let group = 0; group < length; group++)
    sums.push(addTo(sums[group]!, usable.slice(group * each, (group + 1) * each)))
  return { length, over: (blocks) => countOver(sums, blocks) }
}

const AT = { seconds: CELLS, ok: CELLS + 1, errors: CELLS + 2 }

function emptySum(): Float64Array {
  return new Float64Array(CELLS + 3)
}

function addTo(before: Float64Array, intervals: readonly IntervalResult[]): Float64Array {
  const sum = before.slice()
  for (const { latency_cells, seconds, ok, failed, indeterminate } of intervals) {
    latency_cells.counts.forEach((count, index) => {
      sum[latency_cells.from + index]! += count
    })
    sum[AT.seconds]! += seconds
    sum[AT.ok]! += ok
    sum[AT.errors]! += failed + indeterminate
  }
  return sum
}

function countOver(sums: readonly Float64Array[], blocks: readonly Block[]): CellCounts {
  const total = emptySum()
  for (const { start, end } of blocks) {
    const [before, after] = [sums[start]!, sums[end]!]
    for (let at = 0; at < total.length; at++) total[at]! += after[at]! - before[at]!
  }
  const cells = total.subarray(0, CELLS)
  return {
    seconds: total[AT.seconds]!,
    ok: total[AT.ok]!,
    errors: total[AT.errors]!,
    cells,
    count: cells.reduce((sum, count) => sum + count, 0),
  }
}

/** Natural logarithm of a bound of a cell, in microseconds. */
function logBound(index: number): number {
  return Math.log(LATENCY_CELL_BOUNDS[Math.min(index, LATENCY_CELL_BOUNDS.length - 1)] ?? 1)
}

const FIRST_WIDTH = Math.log(10) / 20

/**
 * Logarithm of a quantile in microseconds, between the bounds of its cell as if the logarithms there lay evenly. Off by
 * up to the width of a cell (12 %), but by nearly as much in whatever has a similar distribution. NaN of nothing.
 */
export function logQuantile({ cells, count }: CellCounts, q: number): number {
  const rank = q * count
  let below = 0
  for (let at = 0; at < CELLS; at++) {
    const here = cells[at]!
    if (here > 0 && below + here >= rank) {
      const low = at === 0 ? logBound(0) - FIRST_WIDTH : logBound(at - 1)
      return low + ((rank - below) / here) * (logBound(at) - low)
    }
    below += here
  }
  return Number.NaN
}

/** Logarithm of the mean in microseconds, each command counted in the middle of its cell. NaN of nothing. */
export function logMean({ cells, count }: CellCounts): number {
  let sum = 0
  for (let at = 0; at < CELLS; at++)
    if (cells[at]! > 0) sum += cells[at]! * Math.exp(logBound(at) - FIRST_WIDTH / 2)
  return Math.log(sum / count)
}
