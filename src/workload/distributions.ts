import type { KeysPlan } from '../model/plan.ts'
import type { Random } from '../model/random.ts'
import type { Draw } from './draw.ts'

/** Draws the index of a key: 0 to count - 1. */
export type KeyDraw = () => number

export type DistributionSpec = Pick<
  KeysPlan,
  'count' | 'distribution' | 'zipf_exponent' | 'gaussian_deviation' | 'hot_keys' | 'hot_share' | 'preload'
>

type Distribution = (spec: DistributionSpec, draw: Draw, isWrite: boolean) => KeyDraw

/** Every way to choose keys. Add one here, and to `KEY_DISTRIBUTIONS`. */
export const distributions: Readonly<Record<KeysPlan['distribution'], Distribution>> = {
  uniform:
    ({ count }, { random }) =>
    () =>
      random.below(count),
  zipfian: ({ count, zipf_exponent }, { random }) => zipfian(count, zipf_exponent, random),
  gaussian: ({ count, gaussian_deviation }, { random }) => gaussian(count, gaussian_deviation, random),
  hotspot: ({ count, hot_keys, hot_share }, { random }) => hotspot(count, hot_keys, hot_share, random),
  sequential: ({ count }, draw) => sequential(count, draw),
  latest: (spec, draw, isWrite) => (isWrite ? sequential(spec.count, draw) : latest(spec, draw)),
}

/**
 * Zipf's law: key k is drawn with a probability in proportion to 1 / (k + 1)^exponent; key 0 is the most popular. Exact for
 * every count and exponent above 0, in constant time and memory: rejection-inversion (W. Hörmann, G. Derflinger,
 * "Rejection-inversion to generate variates from monotone discrete distributions", 1996).
 */
export function zipfian(count: number, exponent: number, random: Random): KeyDraw {
  const hat = (x: number): number => Math.exp(-exponent * Math.log(x))
  // The integral of x^-exponent, and its inverse; both have a limit at exponent 1, which the quotients approach.
  const integral = (x: number): number => {
    const log = Math.log(x)
    return expm1Quotient((1 - exponent) * log) * log
  }
  const inverse = (y: number): number => Math.exp(log1pQuotient(Math.max(-1, y * (1 - exponent))) * y)
  const lowest = integral(1.5) - 1
  const highest = integral(count + 0.5)
  const squeeze = 2 - inverse(integral(2.5) - hat(2))
  return () => {
    for (;;) {
      const y = highest + random.next() * (lowest - highest)
      const x = inverse(y)
      const rank = Math.min(count, Math.max(1, Math.floor(x + 0.5)))
      if (rank - x <= squeeze || y >= integral(rank + 0.5) - hat(rank)) return rank - 1
    }
  }
}

/** (e^x - 1) / x */
function expm1Quotient(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.expm1(x) / x : 1 + x / 2
}

/** ln(1 + x) / x */
function log1pQuotient(x: number): number {
  return Math.abs(x) > 1e-8 ? Math.log1p(x) / x : 1 - x / 2
}

/**
 * A normal distribution around the middle key, cut off at both ends; `deviation` is the standard deviation as a share of the
 * number of keys. Marsaglia's polar method (G. Marsaglia, T. A. Bray, 1964).
 */
export function gaussian(count: number, deviation: number, random: Random): KeyDraw {
  const middle = count / 2
  const scale = count * deviation
  const normal = (): number => {
    for (;;) {
      const u = 2 * random.next() - 1
      const v = 2 * random.next() - 1
      const square = u * u + v * v
      if (square > 0 && square < 1) return u * Math.sqrt((-2 * Math.log(square)) / square)
    }
  }
  return () => {
    for (;;) {
      const index = Math.floor(middle + scale * normal())
      if (index >= 0 && index < count) return index
    }
  }
}

/** A share of the draws goes to a share of the keys, the first ones, evenly; the other draws to the other keys. */
export function hotspot(count: number, hotKeys: number, hotShare: number, random: Random): KeyDraw {
  const hot = Math.min(count, Math.max(1, Math.round(count * hotKeys)))
  const cold = count - hot
  return () => (cold === 0 || random.next() < hotShare ? random.below(hot) : hot + random.below(cold))
}

/** One after the other, again and again: as many as are drawn, counted over the whole run. */
export function sequential(count: number, draw: Draw): KeyDraw {
  return () => draw.sequence++ % count
}

/**
 * The newer a key, the more often it is drawn: as far back from the newest as Zipf's law says. Keys are written one after
 * the other; a preloaded share of them counts as written before.
 */
export function latest(spec: DistributionSpec, draw: Draw): KeyDraw {
  const back = zipfian(spec.count, spec.zipf_exponent, draw.random)
  const preloaded = Math.floor(spec.count * spec.preload)
  return () => {
    const written = Math.floor(draw.written) + preloaded
    if (written === 0) return 0
    for (;;) {
      const distance = back()
      if (distance < written) return (written - 1 - distance) % spec.count
    }
  }
}
