import { LATENCY_CELL_BOUNDS } from '../../model/latency-cells.ts'
import type { RunResult } from '../../model/result.ts'
import type { HeatMap } from './chart-data.ts'

/** Below the lowest and above the highest bound there is a cell each; on the axis they are as high as the others. */
const CELL_STEP = 10 ** (1 / 20)

/** The latencies of each interval in cells; nothing when none were counted. */
export function latencyMap({ intervals, latency_kind }: RunResult): HeatMap | undefined {
  const used = intervals.filter(({ latency_cells: cells }) => cells.counts.length > 0)
  if (used.length === 0) return undefined
  const first = Math.min(...used.map(({ latency_cells: { from } }) => from))
  const last = Math.max(...used.map(({ latency_cells: { from, counts } }) => from + counts.length - 1))
  return {
    id: 'heatmap',
    kind: 'heat',
    title:
      latency_kind === 'response_time' ? 'Response times of all commands' : 'Service times of all commands',
    unit: 'commands',
    bounds: boundsOf(first, last),
    columns: intervals.map(({ latency_cells: { from, counts } }) =>
      counts.length === 0 ? [0] : [from - first, ...counts],
    ),
  }
}

/** In milliseconds: the lower bound of the first cell, then the upper bound of each. */
function boundsOf(first: number, last: number): number[] {
  return Array.from({ length: last - first + 2 }, (_, index) => upperBound(first - 1 + index) / 1000)
}

function upperBound(cell: number): number {
  const highest = LATENCY_CELL_BOUNDS.length - 1
  if (cell < 0) return LATENCY_CELL_BOUNDS[0]! / CELL_STEP
  return cell > highest ? LATENCY_CELL_BOUNDS[highest]! * CELL_STEP : LATENCY_CELL_BOUNDS[cell]!
}
