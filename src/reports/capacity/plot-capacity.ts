import type { CapacityPoint, CapacityResult } from '../../model/capacity-result.ts'
import { formatCount, formatMillis } from '../format.ts'
import { BrailleCanvas } from './braille-canvas.ts'

const ROWS = 12
const LABEL_WIDTH = 10
const NARROWEST = 20
/** Rates far beyond the border would leave no room for what matters. */
const WIDEST_BEYOND = 1.5

/** Latency (logarithmic) against rate, p99 above p50, with marks for the knee and the capacity; `width` in characters. */
export function plotCapacity(result: CapacityResult, width: number): string[] {
  const points = shownPoints(result)
  const latencies = points.flatMap(({ p50_ms, p99_ms }) => [p50_ms, p99_ms])
  if (points.length < 2 || Math.min(...latencies) <= 0) return []
  const columns = Math.max(NARROWEST, width - LABEL_WIDTH - 2)
  const canvas = new BrailleCanvas(columns, ROWS)
  const highest = points.at(-1)!.target_ops_per_second
  const [bottom, top] = [Math.log(Math.min(...latencies)), Math.log(Math.max(...latencies))]
  const span = Math.max(top - bottom, 0.1)
  const xOf = (rate: number): number => Math.round((rate / highest) * (canvas.width - 1))
  const yOf = (millis: number): number =>
    Math.round(((bottom + span - Math.log(millis)) / span) * (canvas.height - 1))
  for (const of of [(point: CapacityPoint) => point.p99_ms, (point: CapacityPoint) => point.p50_ms])
    drawLine(
      canvas,
      points.map((point) => [xOf(point.target_ops_per_second), yOf(of(point))]),
    )
  const label = (row: number): string =>
    row % 4 === 0 || row === ROWS - 1
      ? `${formatMillis(Math.exp(bottom + span * (1 - row / (ROWS - 1))))} ms`.padStart(LABEL_WIDTH)
      : ' '.repeat(LABEL_WIDTH)
  return [
    'response time, p99 (upper line) and p50 (lower line), against the rate',
    ...canvas.lines().map((line, row) => `${label(row)} ┤${line}`),
    `${' '.repeat(LABEL_WIDTH)} └${axis(result, columns, highest)}`,
    `${' '.repeat(LABEL_WIDTH + 2)}${spread('0', `${formatCount(highest)} ops/s`, columns)}`,
  ]
}

/** By rate, without those far above the border. */
export function shownPoints({ curve, interval }: CapacityResult): CapacityPoint[] {
  const limit = WIDEST_BEYOND * (interval.failed ?? Number.POSITIVE_INFINITY)
  return curve.filter(
    ({ target_ops_per_second: rate, answered_per_second }) => rate <= limit && answered_per_second > 0,
  )
}

function drawLine(canvas: BrailleCanvas, dots: readonly (readonly [number, number])[]): void {
  for (const [index, to] of dots.entries()) canvas.line(dots[index - 1] ?? to, to)
}

/** `K` where the knee is and `C` where the capacity is. */
function axis(
  { knee, capacity_ops_per_second: capacity }: CapacityResult,
  columns: number,
  highest: number,
): string {
  const cells = Array.from({ length: columns }, () => '─')
  const mark = (rate: number | null | undefined, sign: string): void => {
    if (rate !== null && rate !== undefined)
      cells[Math.min(columns - 1, Math.round((rate / highest) * (columns - 1)))] = sign
  }
  mark(knee?.ops_per_second, 'K')
  mark(capacity, 'C')
  return cells.join('')
}

function spread(left: string, right: string, width: number): string {
  return left + right.padStart(Math.max(0, width - left.length))
}
