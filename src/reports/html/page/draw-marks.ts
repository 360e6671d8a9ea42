import type uPlot from 'uplot'
import type { Mark, PageData } from '../chart-data.ts'
import { colourOf } from './colours.ts'

type Marks = PageData['marks']

const ROW = 16
/** That the line of a fault needs, so that there are not too many. */
const ROOM_OF_LINE = 10

/** Height above the charts that the marks need, CSS pixels. */
export function marksHeight({ phases, faults, adjustments }: Marks): number {
  return 6 + ROW * [phases, faults, adjustments].filter(({ length }) => length > 0).length
}

/** Below the lines: disturbed times. */
export function drawDisturbances(self: uPlot, { disturbances }: Marks): void {
  drawInside(self, (context) => {
    context.fillStyle = colourOf('disturbed')
    for (const { from, to } of disturbances) fillSpan(self, context, from, to ?? from)
  })
}

/** Above the lines: where phases begin, what was adjusted, and faults with their numbers. */
export function drawMarks(self: uPlot, { phases, faults, adjustments }: Marks): void {
  const { ctx: context, bbox } = self
  drawInside(self, () => {
    context.lineWidth = pixels(1)
    context.strokeStyle = colourOf('muted')
    context.setLineDash([pixels(2), pixels(3)])
    for (const { from } of phases.slice(1)) strokeAt(self, from)
    context.strokeStyle = colourOf('accent')
    for (const { from } of adjustments) strokeAt(self, from)
    context.setLineDash([])
    context.strokeStyle = colourOf('fault')
    context.fillStyle = colourOf('fault-span')
    const shown = faults.filter((fault) => isInView(self, fault))
    // Where there are many, what they are about shall be seen all the same.
    context.globalAlpha = shown.length * pixels(ROOM_OF_LINE) > bbox.width ? 0.3 : 1
    for (const { from, to } of shown) {
      if (to !== null) fillSpan(self, context, from, to)
      strokeAt(self, from)
    }
  })
  context.save()
  context.textBaseline = 'middle'
  let row = bbox.top - pixels(ROW / 2 + 1)
  drawFaultNumbers(self, faults, row)
  if (faults.length > 0) row -= pixels(ROW)
  drawAdjustments(self, adjustments, row)
  if (adjustments.length > 0) row -= pixels(ROW)
  drawPhaseNames(self, phases, row)
  context.restore()
}

function drawPhaseNames(self: uPlot, phases: readonly Mark[], y: number): void {
  const { ctx: context, bbox } = self
  context.font = `${pixels(11)}px system-ui, sans-serif`
  context.fillStyle = colourOf('muted')
  context.textAlign = 'left'
  for (const { from, to, label } of phases) {
    const left = Math.max(bbox.left, self.valToPos(from, 'x', true))
    const right = Math.min(bbox.left + bbox.width, self.valToPos(to ?? from, 'x', true))
    if (context.measureText(label).width + pixels(6) <= right - left)
      context.fillText(label, left + pixels(3), y)
  }
}

function drawAdjustments(self: uPlot, adjustments: readonly Mark[], y: number): void {
  const { ctx: context, bbox } = self
  context.font = `${pixels(11)}px system-ui, sans-serif`
  context.fillStyle = colourOf('accent')
  context.textAlign = 'center'
  let free = Number.NEGATIVE_INFINITY
  for (const { from, label } of adjustments) {
    const x = self.valToPos(from, 'x', true)
    const half = context.measureText(label).width / 2 + pixels(2)
    if (x < bbox.left - 1 || x > bbox.left + bbox.width + 1 || x - half < free) continue
    context.fillText(label, x, y)
    free = x + half
  }
}

function drawFaultNumbers(self: uPlot, faults: readonly Mark[], y: number): void {
  const { ctx: context } = self
  context.font = `600 ${pixels(9)}px system-ui, sans-serif`
  context.textAlign = 'center'
  let free = Number.NEGATIVE_INFINITY
  for (const fault of faults) {
    if (!isInView(self, fault, 1)) continue
    const x = self.valToPos(fault.from, 'x', true)
    const half = Math.max(pixels(7), context.measureText(fault.label).width / 2 + pixels(4))
    if (x - half < free) continue
    free = x + half + pixels(2)
    context.fillStyle = colourOf('fault')
    context.beginPath()
    context.roundRect(x - half, y - pixels(7), 2 * half, pixels(14), pixels(7))
    context.fill()
    context.fillStyle = colourOf('panel')
    context.fillText(fault.label, x, y + pixels(0.5))
  }
}

/** Whether any of it is; with `room` to both sides, and for moments by their beginning alone. */
function isInView(self: uPlot, { from, to }: Mark, room?: number): boolean {
  const { left, width } = self.bbox
  const end = self.valToPos(room === undefined ? (to ?? from) : from, 'x', true)
  return end >= left - (room ?? 0) && self.valToPos(from, 'x', true) <= left + width + (room ?? 0)
}

/** The share of what went wrong, as the darkness of a strip along the time axis. */
export function drawStrip(self: uPlot, shares: readonly (number | null)[], lengths: readonly number[]): void {
  const { bbox } = self
  const height = pixels(5)
  drawInside(self, (context) => {
    context.fillStyle = colourOf('failed')
    const times = self.data[0] as number[]
    for (const [index, share] of shares.entries()) {
      if (share === null || share === 0) continue
      const half = (lengths[index] ?? 1) / 2
      const left = self.valToPos(times[index]! - half, 'x', true)
      const width = Math.max(pixels(1.5), self.valToPos(times[index]! + half, 'x', true) - left)
      context.globalAlpha = 0.35 + 0.65 * Math.sqrt(share)
      context.fillRect(left, bbox.top + bbox.height - height, width, height)
    }
  })
}

function fillSpan(self: uPlot, context: CanvasRenderingContext2D, from: number, to: number): void {
  const left = self.valToPos(from, 'x', true)
  const width = Math.max(pixels(1), self.valToPos(to, 'x', true) - left)
  context.fillRect(left, self.bbox.top, width, self.bbox.height)
}

function strokeAt(self: uPlot, seconds: number): void {
  const { ctx: context, bbox } = self
  const x = Math.round(self.valToPos(seconds, 'x', true)) + 0.5
  context.beginPath()
  context.moveTo(x, bbox.top)
  context.lineTo(x, bbox.top + bbox.height)
  context.stroke()
}

/** Nothing leaves the plotting area. */
export function drawInside(
  { ctx: context, bbox }: uPlot,
  draw: (context: CanvasRenderingContext2D) => void,
): void {
  context.save()
  context.beginPath()
  context.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  context.clip()
  draw(context)
  context.restore()
}

/** CSS pixels as those of the canvas. */
export function pixels(css: number): number {
  return css * (devicePixelRatio || 1)
}
