import { meanOf, varianceOf } from './moments.ts'
import { criticalT, twoSidedP } from './student.ts'

/** A difference of two means, with what is needed to judge it. */
export interface Estimate {
  readonly difference: number
  readonly standardError: number
  readonly degrees: number
}

/**
 * The difference of the means of two samples by Welch (Biometrika 34, 1947): standard error √(s₁²/n₁ + s₂²/n₂), degrees
 * of freedom by Satterthwaite, (v₁ + v₂)² / (v₁²/(n₁-1) + v₂²/(n₂-1)) with v = s²/n. A side of one value is taken to vary
 * as the other does, with the degrees of freedom of the other alone; two of those cannot be judged (`undefined`).
 * `leastVariance`: what a single value varies by at least, since it was rounded.
 */
export function welch(
  baseline: readonly number[],
  candidate: readonly number[],
  leastVariance = 0,
): Estimate | undefined {
  const [n, m] = [baseline.length, candidate.length]
  if (n + m < 3 || n === 0 || m === 0) return undefined
  const least = (values: readonly number[]): number => Math.max(varianceOf(values), leastVariance)
  const [one, other] =
    n === 1
      ? [least(candidate), least(candidate)]
      : [least(baseline), m === 1 ? least(baseline) : least(candidate)]
  const [v, w] = [one / n, other / m]
  const degrees =
    n === 1 || m === 1
      ? Math.max(n, m) - 1
      : v + w === 0
        ? n + m - 2
        : (v + w) ** 2 / (v ** 2 / (n - 1) + w ** 2 / (m - 1))
  return { difference: meanOf(candidate) - meanOf(baseline), standardError: Math.sqrt(v + w), degrees }
}

/** Two-sided. Without any variation a difference is either nothing or certain. */
export function pValueOf({ difference, standardError, degrees }: Estimate): number {
  if (standardError === 0) return difference === 0 ? 1 : 0
  return twoSidedP(difference / standardError, degrees)
}

/** Bounds of the confidence interval of a level such as 0.95. */
export function boundsOf(
  { difference, standardError, degrees }: Estimate,
  confidence: number,
): [low: number, high: number] {
  const reach = criticalT(1 - confidence, degrees) * standardError
  return [difference - reach, difference + reach]
}
