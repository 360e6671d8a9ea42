import type uPlot from 'uplot'
import type { HeatMap, PageData } from '../chart-data.ts'
import { channelsOf, colourOf } from './colours.ts'
import { drawInside } from './draw-marks.ts'

const SHADES = 5

/**
 * One column of pixels after the other: counts of all intervals that it covers together, each row a cell. Colours go with
 * the logarithm of the count, up to the largest in view.
 */
export function drawHeat(self: uPlot, { columns, bounds }: HeatMap, { ends, lengths }: PageData): void {
  const { bbox } = self
  const [width, height] = [Math.max(1, Math.round(bbox.width)), bounds.length - 1]
  const counts = new Float64Array(width * height)
  for (const [index, [from, ...cells]] of columns.entries()) {
    const end = ends[index] ?? 0
    const left = Math.max(0, Math.round(self.valToPos(end - (lengths[index] ?? 0), 'x', true) - bbox.left))
    const right = Math.min(width, Math.max(left + 1, Math.round(self.valToPos(end, 'x', true) - bbox.left)))
    for (let x = left; x < right; x++)
      for (const [at, count] of cells.entries()) counts[(height - 1 - from - at) * width + x]! += count
  }
  const image = document.createElement('canvas')
  image.width = width
  image.height = height
  const pen = image.getContext('2d')
  if (pen === null) return
  pen.putImageData(toImage(counts, width, height), 0, 0)
  drawInside(self, (context) => {
    context.imageSmoothingEnabled = false
    const top = self.valToPos(bounds.at(-1)!, 'y', true)
    const bottom = self.valToPos(bounds[0]!, 'y', true)
    context.drawImage(image, bbox.left, top, bbox.width, bottom - top)
  })
}

function toImage(counts: Float64Array, width: number, height: number): ImageData {
  const image = new ImageData(width, height)
  let most = 1
  for (const count of counts) if (count > most) most = count
  const shades = Array.from({ length: SHADES }, (_, shade) => channelsOf(colourOf(`heat-${shade + 1}`)))
  for (const [index, count] of counts.entries()) {
    if (count === 0) continue
    const share = most === 1 ? 1 : Math.log(count + 1) / Math.log(most + 1)
    image.data.set(shadeAt(shades, share), 4 * index)
  }
  return image
}

function shadeAt(shades: readonly (readonly [number, number, number])[], share: number): number[] {
  const place = share * (shades.length - 1)
  const below = Math.min(shades.length - 2, Math.floor(place))
  const part = place - below
  const mixed = shades[below]!.map((channel, index) =>
    Math.round(channel + part * (shades[below + 1]![index]! - channel)),
  )
  return [...mixed, 255]
}
