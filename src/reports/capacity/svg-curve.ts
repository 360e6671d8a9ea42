import type { CapacityPoint, CapacityResult } from '../../model/capacity-result.ts'
import { limitOf, parseThreshold, quantileOf } from '../../model/threshold.ts'
import { formatCount, formatMillis } from '../format.ts'
import { html, type Markup } from '../html/markup.ts'
import { shownPoints } from './plot-capacity.ts'

/** Of the drawing, in its own units; the page scales it. */
const WIDTH = 920
const HEIGHT = 420
const LEFT = 70
const RIGHT = 110
const TOP = 30
const BOTTOM = 50
const RATE_TICKS = 6
const NAME_HEIGHT = 15
const MICROS_PER_MILLI = 1000

/** The lines of the drawing, by the names of their classes in the style sheet. */
const LINES = [
  { name: 'p99', of: ({ p99_ms }: CapacityPoint) => p99_ms },
  { name: 'p95', of: ({ p95_ms }: CapacityPoint) => p95_ms },
  { name: 'mean', of: ({ mean_ms }: CapacityPoint) => mean_ms },
  { name: 'p50', of: ({ p50_ms }: CapacityPoint) => p50_ms },
] as const

interface Scale {
  readonly x: (rate: number) => number
  readonly y: (millis: number) => number
  readonly highestRate: number
  readonly lowMillis: number
  readonly highMillis: number
}

/** A promise about response times of all commands, as a height of the drawing. */
interface Promised {
  readonly expression: string
  readonly millis: number
}

/** Response time (logarithmic) against rate; `undefined` where there is too little to draw. */
export function svgCurve(result: CapacityResult): Markup | undefined {
  const points = shownPoints(result).filter((point) => LINES.every(({ of }) => of(point) > 0))
  if (points.length < 2) return undefined
  const promised = promisedTimes(result)
  const scale = scaleOf(points, promised)
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="curve-title curve-text">
    <title id="curve-title">Response time against rate</title>
    <desc id="curve-text">${inWords(result, points)}</desc>
    ${rateAxis(scale)}${timeAxis(scale)}${marks(result, scale)}
    ${promised.map(({ expression, millis }) => promiseLine(expression, scale.y(millis)))}
    ${LINES.map(({ name, of }) => curveLine(name, points, of, scale))} ${lineNames(points.at(-1)!, scale)}
  </svg>`
}

/** At the right ends of the lines, and not on top of each other. */
function lineNames(last: CapacityPoint, { y }: Scale): Markup[] {
  let above = Number.NEGATIVE_INFINITY
  return LINES.toSorted((one, other) => other.of(last) - one.of(last)).map(({ name, of }) => {
    above = Math.max(above + NAME_HEIGHT, y(of(last)) + 4)
    return html`<text class="${name}" x="${WIDTH - RIGHT + 10}" y="${round(above)}">${name}</text> `
  })
}

function curveLine(
  name: string,
  points: readonly CapacityPoint[],
  of: (point: CapacityPoint) => number,
  { x, y }: Scale,
): Markup {
  const place = (point: CapacityPoint): string =>
    `${round(x(point.target_ops_per_second))},${round(y(of(point)))}`
  return html`<g class="${name}">
    <polyline points="${points.map(place).join(' ')}" />
    ${points.map((point) => {
      const [cx, cy] = place(point).split(',')
      const isHeld = point.steps_held > point.steps_failed
      const rate = formatCount(point.target_ops_per_second)
      return html`<circle
        class="${isHeld ? 'held' : 'failed'}"
        cx="${cx}"
        cy="${cy}"
        r="4"
        data-rate="${point.target_ops_per_second}"
        data-ms="${of(point)}"
      >
        <title>${rate} ops/s · ${name} ${formatMillis(of(point))} ms · ${isHeld ? 'held' : 'failed'}</title>
      </circle>`
    })}
  </g>`
}

function rateAxis({ x, highestRate }: Scale): Markup {
  const step = niceStep(highestRate / RATE_TICKS)
  const ticks = Array.from({ length: Math.floor(highestRate / step) + 1 }, (_, index) => index * step)
  return html`<g class="axis">
    ${ticks.map(
      (rate) =>
        html`<line x1="${round(x(rate))}" x2="${round(x(rate))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" />
          <text x="${round(x(rate))}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle"
            >${formatCount(rate)}</text
          >`,
    )}
    <text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 8}" text-anchor="middle">commands a second</text>
  </g>`
}

/** Ticks at 1, 2 and 5 of each decade. */
function timeAxis({ y, lowMillis, highMillis }: Scale): Markup {
  const ticks: number[] = []
  for (let decade = Math.floor(Math.log10(lowMillis)); 10 ** decade <= highMillis; decade++)
    for (const digit of [1, 2, 5]) {
      const millis = Number(`${digit}e${decade}`)
      if (millis >= lowMillis && millis <= highMillis) ticks.push(millis)
    }
  return html`<g class="axis">
    ${ticks.map(
      (millis) =>
        html`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(y(millis))}" y2="${round(y(millis))}" />
          <text x="${LEFT - 8}" y="${round(y(millis) + 4)}" text-anchor="end">${millis} ms</text>`,
    )}
  </g>`
}

function marks({ knee, capacity_ops_per_second: capacity }: CapacityResult, { x }: Scale): Markup[] {
  const mark = (name: string, rate: number): Markup =>
    html`<g class="${name}">
      <line x1="${round(x(rate))}" x2="${round(x(rate))}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" />
      <text x="${round(x(rate))}" y="${TOP - (name === 'knee' ? 18 : 6)}" text-anchor="middle">
        ${name} ${formatCount(rate)}
      </text>
    </g>`
  return [
    ...(knee === null ? [] : [mark('knee', knee.ops_per_second)]),
    ...(capacity === null ? [] : [mark('capacity', capacity)]),
  ]
}

function promiseLine(expression: string, y: number): Markup {
  return html`<g class="promise">
    <line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(y)}" y2="${round(y)}" />
    <text x="${LEFT + 6}" y="${round(y - 6)}">${expression}</text>
  </g>`
}

function promisedTimes({ promise }: CapacityResult): Promised[] {
  return promise.flatMap((expression) => {
    const parsed = parseThreshold(expression)
    if ('error' in parsed) return []
    const { metric, statistic, operation } = parsed.threshold
    const isTime = metric === 'latency' || metric === 'response'
    const isDrawn = statistic === 'mean' || (statistic !== null && quantileOf(statistic) !== undefined)
    const millis = limitOf(parsed.threshold) / MICROS_PER_MILLI
    return isTime && isDrawn && operation === null && millis > 0 ? [{ expression, millis }] : []
  })
}

function scaleOf(points: readonly CapacityPoint[], promised: readonly Promised[]): Scale {
  const times = [
    ...points.flatMap((point) => LINES.map(({ of }) => of(point))),
    ...promised.map(({ millis }) => millis),
  ]
  const [lowMillis, highMillis] = [Math.min(...times) / 1.2, Math.max(...times) * 1.2]
  const highestRate = points.at(-1)!.target_ops_per_second
  const decades = Math.log10(highMillis / lowMillis)
  return {
    x: (rate) => LEFT + (rate / highestRate) * (WIDTH - LEFT - RIGHT),
    y: (millis) => HEIGHT - BOTTOM - (Math.log10(millis / lowMillis) / decades) * (HEIGHT - TOP - BOTTOM),
    highestRate,
    lowMillis,
    highMillis,
  }
}

/** For those who do not see it; every number is in the table below. */
function inWords(
  { capacity_ops_per_second: capacity }: CapacityResult,
  points: readonly CapacityPoint[],
): string {
  const [first, last] = [points[0]!, points.at(-1)!]
  const held =
    capacity === null ? 'no rate held' : `the promise held up to ${formatCount(capacity)} commands a second`
  return `From ${formatCount(first.target_ops_per_second)} to ${formatCount(last.target_ops_per_second)} commands a second, p99 goes from ${formatMillis(first.p99_ms)} to ${formatMillis(last.p99_ms)} ms; ${held}.`
}

/** 1, 2 or 5 times a power of ten, not below the given one. */
function niceStep(least: number): number {
  const decade = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 5, 10].map((digit) => digit * decade).find((step) => step >= least) ?? decade
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
