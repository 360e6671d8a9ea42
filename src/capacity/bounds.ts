import type { CapacityBounds } from '../model/capacity-result.ts'
import type { Observation } from './search.ts'

const CONFIDENCE = 0.95
/** Rates that are weighed against each other, evenly spaced on a logarithmic scale. */
const RATES = 400
/** How far beyond the rates that were tried near the border it may lie, as a factor. */
const BEYOND = 1.25
/** Of the border from step to step, as a share of it; each as likely as the next before anything is known. */
const DEVIATIONS = [0.001, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08]
/** Of steps that fail at any rate. */
const LAPSES = [0.005, 0.02, 0.05, 0.1, 0.2]
/** A step may hold by luck at any rate: without this one of them would outweigh everything else. */
const LUCK = 0.001

/**
 * Between which rates the border lies with a confidence of 95 %, by all steps together; `null` before there are two rates
 * that it lies between.
 *
 * A step at rate r holds with probability (1 - l) Φ((ln c - ln r) / s): the border c moves a little from step to step (s),
 * and a share l of all steps fails for other reasons. That is the psychometric function by which thresholds of the senses are
 * estimated (A. Watson, D. Pelli, "QUEST: a Bayesian adaptive psychometric method", 1983). c, s and l are unknown: each
 * combination is weighed by how well it explains what was seen, and the bounds are the 2.5 % and 97.5 % quantiles of c.
 */
export function boundsOf(
  observations: readonly Observation[],
  { held, failed }: { readonly held: number | null; readonly failed: number | null },
): CapacityBounds | null {
  if (held === null || failed === null) return null
  const [lowest, highest] = [Math.log(held / BEYOND), Math.log(failed * BEYOND)]
  const width = (highest - lowest) / (RATES - 1)
  const borders = Array.from({ length: RATES }, (_, index) => lowest + index * width)
  const votes = votesOf(observations)
  const logs = borders.flatMap((border) =>
    DEVIATIONS.flatMap((deviation) =>
      LAPSES.map((lapse) => logLikelihood(votes, { border, deviation, lapse })),
    ),
  )
  const best = logs.reduce((most, log) => Math.max(most, log), Number.NEGATIVE_INFINITY)
  const perBorder = DEVIATIONS.length * LAPSES.length
  const weights = borders.map((_, index) =>
    logs
      .slice(index * perBorder, (index + 1) * perBorder)
      .reduce((sum, log) => sum + Math.exp(log - best), 0),
  )
  const tail = (1 - CONFIDENCE) / 2
  const isOpen = !observations.some((one) => one.rate >= failed && !one.held && !one.disturbed)
  return {
    confidence: CONFIDENCE,
    low_ops_per_second: rateAt(quantile(borders, weights, tail)),
    high_ops_per_second: isOpen ? null : rateAt(quantile(borders, weights, 1 - tail)),
  }
}

/** What is known of one rate. */
interface Votes {
  readonly logRate: number
  readonly held: number
  readonly failed: number
}

/** A failure in which the generator was disturbed says nothing about the server. */
function votesOf(observations: readonly Observation[]): Votes[] {
  const counted = observations.filter(({ held, disturbed }) => held || !disturbed)
  return [...new Set(counted.map(({ rate }) => rate))].map((rate) => {
    const own = counted.filter((one) => one.rate === rate)
    const held = own.filter((one) => one.held).length
    return { logRate: Math.log(rate), held, failed: own.length - held }
  })
}

function logLikelihood(
  votes: readonly Votes[],
  { border, deviation, lapse }: Readonly<Record<'border' | 'deviation' | 'lapse', number>>,
): number {
  return votes.reduce((sum, { logRate, held, failed }) => {
    const holds = LUCK + (1 - LUCK - lapse) * normal((border - logRate) / deviation)
    return sum + held * Math.log(holds) + failed * Math.log1p(-holds)
  }, 0)
}

/** Φ, by the approximation 26.2.17 of Abramowitz and Stegun, "Handbook of Mathematical Functions": within 1e-7. */
function normal(x: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(x))
  const series =
    t * (0.319_381_53 + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))))
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series
  return x < 0 ? tail : 1 - tail
}

function quantile(borders: readonly number[], weights: readonly number[], share: number): number {
  const wanted = share * weights.reduce((sum, weight) => sum + weight, 0)
  let sum = 0
  for (const [index, weight] of weights.entries()) {
    sum += weight
    if (sum >= wanted) return borders[index]!
  }
  return borders.at(-1)!
}

/** Five digits, as rates are tried. */
function rateAt(border: number): number {
  return Number(Math.exp(border).toPrecision(5))
}
