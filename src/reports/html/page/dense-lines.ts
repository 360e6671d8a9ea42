import type Plot from 'uplot'
import { pixels } from './draw-marks.ts'

/** The library is a script before this one. */
declare const uPlot: typeof Plot

/** Points a CSS pixel from which on a line would only be a blot. */
const DENSE = 2
/** What becomes one point then, CSS pixels. */
const COLUMN = 2

/**
 * A line through all points while they can be told apart; else through the medians of narrow columns, over all that the
 * points of each range over. Zoomed in, it is the line again.
 */
export function pathsOfLine(self: Plot, series: number, from: number, to: number): Plot.Series.Paths | null {
  if ((to - from) * pixels(1) <= DENSE * self.bbox.width) {
    const paths = uPlot.paths.linear!()(self, series, from, to)
    return paths === null ? null : { ...paths, fill: null }
  }
  const [stroke, fill] = [new Path2D(), new Path2D()]
  const width = pixels(COLUMN)
  let isBroken = true
  for (const { left, values } of columnsOf(self, series, [from, to], width)) {
    isBroken ||= values.length === 0
    if (values.length === 0) continue
    values.sort((a, b) => a - b)
    const at = (value: number): number => self.valToPos(value, 'y', true)
    const [high, low] = [at(values.at(-1)!), at(values[0]!)]
    fill.rect(left, high, width, Math.max(1, low - high))
    const y = at(values[values.length >> 1]!)
    if (isBroken) stroke.moveTo(left, y)
    stroke.lineTo(left + width / 2, y)
    isBroken = false
  }
  return { stroke, fill, clip: null, band: null, flags: 0 }
}

interface Column {
  readonly left: number
  readonly values: number[]
}

/** Columns of the plotting area from the left to the right, those without values as well. */
function columnsOf(
  self: Plot,
  series: number,
  [from, to]: readonly [number, number],
  width: number,
): Column[] {
  const times = self.data[0]
  const values = self.data[series]!
  const first = Math.floor(self.valToPos(times[from]!, 'x', true) / width)
  const last = Math.floor(self.valToPos(times[to]!, 'x', true) / width)
  const columns = Array.from({ length: last - first + 1 }, (_, index): Column => ({
    left: (first + index) * width,
    values: [],
  }))
  for (let index = from; index <= to; index++) {
    const value = values[index]
    if (value === null || value === undefined) continue
    columns[Math.floor(self.valToPos(times[index]!, 'x', true) / width) - first]?.values.push(value)
  }
  return columns
}
