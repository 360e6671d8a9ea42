import type { Random } from '../../../model/random.ts'
import { drawNormal } from './blocks.ts'
import { meanOf } from './moments.ts'

const DRAWS = 5000

/**
 * For each of several metrics of two groups of runs: how likely the highest |t| of all metrics is at least as high as the
 * one of this metric when the groups do not differ (the correction for many tests of Westfall and Young, Resampling-Based Multiple
 * Testing, 1993). What the highest would be is drawn by rotation (Langsrud, Statistics and Computing 15, 2005): less its mean,
 * each metric is a point in n - 1 dimensions, and turning all of them by the same random rotation keeps what they have to do
 * with each other. Exact for normal values of equal variance, from three runs on, where there are too few to permute.
 * `rows`: for each metric the values of both groups, the first `split` being those of the first one; `least`: variances
 * below which none is taken.
 */
export function rotationP(
  rows: readonly (readonly number[])[],
  split: number,
  least: readonly number[],
  random: Random,
): number[] {
  const count = rows[0]?.length ?? 0
  const residuals = rows.map((values) => {
    const mean = meanOf(values)
    return values.map((value) => value - mean)
  })
  const squares = residuals.map((values) => values.reduce((sum, value) => sum + value * value, 0))
  const alongOf = (values: readonly number[], direction: readonly number[]): number =>
    values.reduce((sum, value, at) => sum + value * direction[at]!, 0)
  // Of unit length, orthogonal to the mean, and pointing from the first group to the second.
  const groups = unit(
    Array.from({ length: count }, (_, at) => (at < split ? -1 / split : 1 / (count - split))),
  )
  const tOf = (direction: readonly number[]): number[] =>
    residuals.map((values, metric) => {
      const along = alongOf(values, direction)
      const variance = Math.max((squares[metric]! - along * along) / (count - 2), least[metric]!)
      return variance === 0
        ? along === 0
          ? 0
          : Number.POSITIVE_INFINITY
        : Math.abs(along) / Math.sqrt(variance)
    })
  const own = tOf(groups)
  const beyond = own.map(() => 1)
  for (let draw = 0; draw < DRAWS; draw++) {
    const highest = Math.max(...tOf(unit(centred(groups.map(() => drawNormal(random))))))
    own.forEach((t, metric) => {
      if (highest >= t) beyond[metric]!++
    })
  }
  return beyond.map((often) => often / (DRAWS + 1))
}

function centred(values: readonly number[]): number[] {
  const mean = meanOf(values)
  return values.map((value) => value - mean)
}

function unit(values: readonly number[]): number[] {
  const length = Math.hypot(...values)
  return values.map((value) => value / length)
}
