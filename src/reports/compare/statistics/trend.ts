import { medianOf } from '../../../model/median.ts'
import { autocorrelationOf, meanOf, sumOf } from './moments.ts'
import { criticalT, twoSidedP } from './student.ts'

export interface Trend {
  /** From the first value to the last, along the line. */
  readonly change: number
  /** How likely so much of a trend is without one. */
  readonly pValue: number
}

/**
 * Whether a series rises or falls: the test of Mann and Kendall, S = Σ_{i<j} sign(x_j - x_i), whose variance
 * n(n-1)(2n+5)/18 is multiplied by (1+ρ)/(1-ρ), ρ being the autocorrelation of what is left without the trend (Yue and
 * Wang, Water Resour. Manage. 18, 2004), and the slope of Theil and Sen, the median of all (x_j - x_i)/(j - i).
 */
export function trendOf(series: readonly number[]): Trend {
  const count = series.length
  if (count < 8) return { change: 0, pValue: 1 }
  const slopes: number[] = []
  let score = 0
  for (let i = 0; i < count; i++)
    for (let j = i + 1; j < count; j++) {
      const rise = series[j]! - series[i]!
      score += Math.sign(rise)
      slopes.push(rise / (j - i))
    }
  const slope = medianOf(slopes)
  const rho = autocorrelationOf(series.map((value, at) => value - slope * at))
  const variance = (((count * (count - 1) * (2 * count + 5)) / 18) * (1 + rho)) / (1 - rho)
  const z = score === 0 ? 0 : (score - Math.sign(score)) / Math.sqrt(variance)
  return { change: slope * (count - 1), pValue: twoSidedP(z, 1e6) }
}

/** The same of a handful of values that have nothing to do with each other: least squares, and Student's test of the slope. */
export function lineOf(values: readonly number[]): Trend {
  const count = values.length
  if (count < 4) return { change: 0, pValue: 1 }
  const [middle, mean] = [(count - 1) / 2, meanOf(values)]
  const spread = sumOf(values.map((_, at) => (at - middle) ** 2))
  const slope = sumOf(values.map((value, at) => (at - middle) * (value - mean))) / spread
  const left = sumOf(values.map((value, at) => (value - mean - slope * (at - middle)) ** 2))
  const error = Math.sqrt(left / (count - 2) / spread)
  const change = slope * (count - 1)
  if (error === 0) return { change, pValue: slope === 0 ? 1 : 0 }
  return { change, pValue: twoSidedP(slope / error, count - 2) }
}

/**
 * Where a series comes to its steady part: the d ≤ n/2 with the least Σ_{t≥d}(x_t - mean)² / (n-d)² (the marginal
 * standard error rule, White, Simulation 69, 1997, over means of five values as in MSER-5).
 */
export function steadyFrom(series: readonly number[]): number {
  const batch = series.length >= 40 ? 5 : 1
  const batches = Array.from({ length: Math.floor(series.length / batch) }, (_, index) =>
    meanOf(series.slice(index * batch, (index + 1) * batch)),
  )
  let [best, least] = [0, Number.POSITIVE_INFINITY]
  for (let from = 0; from <= batches.length / 2; from++) {
    const rest = batches.slice(from)
    const mean = meanOf(rest)
    const error = sumOf(rest.map((value) => (value - mean) ** 2)) / rest.length ** 2
    if (error < least) [best, least] = [from, error]
  }
  return best * batch
}

/** Whether the first value lies outside of what the others let expect of one more (99 %). */
export function isFirstApart(values: readonly number[]): boolean {
  const [first, ...others] = values
  if (first === undefined || others.length < 4) return false
  const mean = meanOf(others)
  const deviation = Math.sqrt(sumOf(others.map((value) => (value - mean) ** 2)) / (others.length - 1))
  const reach = criticalT(0.01, others.length - 1) * deviation * Math.sqrt(1 + 1 / others.length)
  return Math.abs(first - mean) > reach
}
