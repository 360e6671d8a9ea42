import type { Histogram } from './histogram.ts'

const CELLS_PER_DECADE = 20
const DECADES = 9

/**
 * Upper bounds of the cells in which intervals count latencies, microseconds: twenty a decade from 1 µs to 1 000 s, each
 * 10^(k/20) rounded to three significant digits. Those are bounds of the ledger's buckets, so that every count is exact.
 * Cell k holds the values in (bound k-1, bound k]; the first everything up to 1 µs, and a last one everything above.
 */
export const LATENCY_CELL_BOUNDS: readonly number[] = Array.from(
  { length: CELLS_PER_DECADE * DECADES + 1 },
  (_, index) => Number((10 ** (index / CELLS_PER_DECADE)).toPrecision(3)),
)

/** Counts of neighbouring cells. */
export interface LatencyCells {
  /** Index of the first. */
  readonly from: number
  /** Of that cell and those after it, up to the last that is not empty; empty when nothing was counted. */
  readonly counts: readonly number[]
}

export const NO_CELLS: LatencyCells = { from: 0, counts: [] }

export function cellsOf(histogram: Histogram): LatencyCells {
  if (histogram.count === 0) return NO_CELLS
  const upTo = [...histogram.cumulativeCounts(LATENCY_CELL_BOUNDS), histogram.count]
  return trimmed(upTo.map((count, index) => count - (upTo[index - 1] ?? 0)))
}

export function addCells(one: LatencyCells, other: LatencyCells): LatencyCells {
  const counts = Array.from({ length: LATENCY_CELL_BOUNDS.length + 1 }, () => 0)
  for (const { from, counts: some } of [one, other])
    some.forEach((count, index) => {
      counts[from + index]! += count
    })
  return trimmed(counts)
}

function trimmed(counts: readonly number[]): LatencyCells {
  const from = counts.findIndex((count) => count !== 0)
  if (from < 0) return NO_CELLS
  return { from, counts: counts.slice(from, counts.findLastIndex((count) => count !== 0) + 1) }
}
