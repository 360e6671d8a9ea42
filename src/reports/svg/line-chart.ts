import { type Axis, linearAxis, logAxis } from './axis.ts'
import { escapeText } from '../html/markup.ts'

export interface LineSeries {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
  /** Drawn as a dot with its text; for series of few points. */
  readonly labels?: readonly string[]
}

export interface LineChart {
  readonly title: string
  /** What somebody who does not see it is told. */
  readonly description: string
  readonly series: readonly LineSeries[]
  readonly x: AxisOptions
  readonly y: AxisOptions
}

interface AxisOptions {
  readonly label: string
  readonly format: (value: number) => string
  readonly isLog?: boolean
  /** Where it begins at the latest. */
  readonly from?: number
}

const WIDTH = 900
const HEIGHT = 280
const LEFT = 70
const RIGHT = 16
const TOP = 12
const BOTTOM = 44

/** A chart as a drawing in a page: lines of several sides over one another, told apart by colour and dashes. */
export function lineChart({ title, description, series, x, y }: LineChart): string {
  const drawn = series.map((one) => ({
    ...one,
    points: one.points.filter((point) => isDrawable(point, x, y)),
  }))
  const all = drawn.flatMap(({ points }) => points)
  if (all.length === 0)
    return `<figure><figcaption>${escapeText(title)}</figcaption><p>Nothing to draw.</p></figure>`
  const across = axisOf(
    all.map(([value]) => value),
    x,
  )
  const up = axisOf(
    all.map(([, value]) => value),
    y,
  )
  const place = ([one, other]: readonly [number, number]): readonly [number, number] => [
    LEFT + across.at(one) * (WIDTH - LEFT - RIGHT),
    HEIGHT - BOTTOM - up.at(other) * (HEIGHT - TOP - BOTTOM),
  ]
  const legend = drawn
    .map(({ name }, at) => `<span><i class="s${at % 6}"></i>${escapeText(name)}</span>`)
    .join('')
  return `<figure>
<figcaption>${escapeText(title)} ${legend}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(`${title}: ${description}`)}">
${gridOf(across, up, { x, y })}
${drawn.map((one, at) => lineOf(one, at, place)).join('\n')}
</svg>
</figure>`
}

function isDrawable([one, other]: readonly [number, number], x: AxisOptions, y: AxisOptions): boolean {
  if (!Number.isFinite(one) || !Number.isFinite(other)) return false
  return (x.isLog !== true || one > 0) && (y.isLog !== true || other > 0)
}

function axisOf(values: readonly number[], { isLog, from }: AxisOptions): Axis {
  // Not spread over the arguments of a call: there may be very many.
  let [least, most] = [from ?? Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)]
  return isLog === true ? logAxis(least, most) : linearAxis(least, most)
}

function gridOf(across: Axis, up: Axis, { x, y }: Pick<LineChart, 'x' | 'y'>): string {
  const [right, bottom] = [WIDTH - RIGHT, HEIGHT - BOTTOM]
  const rows = up.ticks.map((tick) => {
    const at = round(bottom - up.at(tick) * (bottom - TOP))
    return `<line class="grid" x1="${LEFT}" x2="${right}" y1="${at}" y2="${at}"/><text x="${LEFT - 6}" y="${at + 4}" text-anchor="end">${escapeText(y.format(tick))}</text>`
  })
  const columns = across.ticks.map((tick) => {
    const at = round(LEFT + across.at(tick) * (right - LEFT))
    return `<line class="grid" x1="${at}" x2="${at}" y1="${TOP}" y2="${bottom}"/><text x="${at}" y="${bottom + 16}" text-anchor="middle">${escapeText(x.format(tick))}</text>`
  })
  const labels = [
    `<text class="label" x="${(LEFT + right) / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escapeText(x.label)}</text>`,
    `<text class="label" x="14" y="${(TOP + bottom) / 2}" text-anchor="middle" transform="rotate(-90 14 ${(TOP + bottom) / 2})">${escapeText(y.label)}</text>`,
  ]
  return [...rows, ...columns, ...labels].join('\n')
}

function lineOf(
  { name, points, labels }: LineSeries,
  at: number,
  place: (point: readonly [number, number]) => readonly [number, number],
): string {
  const placed = points.map((point) => place(point))
  const path = placed.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('')
  const dots = (labels ?? []).map((label, index) => {
    const [x, y] = placed[index] ?? [0, 0]
    return `<circle class="s${at % 6}" cx="${round(x)}" cy="${round(y)}" r="4"><title>${escapeText(label)}</title></circle>`
  })
  return `<path class="line s${at % 6}" d="${path}"><title>${escapeText(name)}</title></path>${dots.join('')}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
