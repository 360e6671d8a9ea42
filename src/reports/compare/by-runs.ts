import { createRandom } from '../../model/random.ts'
import { type MetricKey, valueOf } from './metrics.ts'
import type { Judged } from './judged.ts'
import type { RunSample } from './run-sample.ts'
import { rotationP } from './statistics/rotation.ts'
import { boundsOf, pValueOf, welch } from './statistics/welch.ts'

/** Quantiles are known to one bucket of the histogram (1/400 of their value): the variance of what lies evenly in it. */
const BUCKET_VARIANCE = (1 / 400) ** 2 / 12
const SEED = 20_050_115

export interface RunOptions {
  readonly confidence: number
  /** Pairs of sides that are looked at, for the correction. */
  readonly pairs: number
}

/**
 * Judges the runs of one side against those of another, the run being the unit: Welch's test on the logarithms, so that a
 * difference is a ratio; of error shares on the shares. The correction for the number of metrics is by {@link rotationP}, times the
 * number of pairs. `undefined` with one run on both sides.
 */
export function judgeByRuns(
  baseline: readonly RunSample[],
  candidate: readonly RunSample[],
  keys: readonly MetricKey[],
  { confidence, pairs }: RunOptions,
): Judged[] | undefined {
  const samples = [...baseline, ...candidate]
  if (samples.length < 3) return undefined
  const rows = keys.map((key) => samples.map((sample) => onScale(sample, key)))
  const least = keys.map(({ metric }) => (metric === 'errors' ? shareVariance(samples) : BUCKET_VARIANCE))
  const corrected = rotationP(rows, baseline.length, least, createRandom(SEED))
  return rows.map((values, at) => {
    const estimate = welch(values.slice(0, baseline.length), values.slice(baseline.length), least[at])!
    const [low, high] = boundsOf(estimate, confidence)
    const pValue = pValueOf(estimate)
    const pAdjusted = Math.min(1, pairs * Math.max(pValue, corrected[at]!))
    return { ...estimate, low, high, pValue, pAdjusted }
  })
}

function onScale(sample: RunSample, key: MetricKey): number {
  const value = valueOf(sample, key) ?? Number.NaN
  return key.metric === 'errors' ? value : Math.log(value)
}

/** A share of n commands varies by p(1-p)/n at least, with one success and one error more than there were. */
function shareVariance(samples: readonly RunSample[]): number {
  const settled = samples.reduce((sum, one) => sum + one.settled, 0)
  const errors = samples.reduce((sum, one) => sum + one.errors, 0)
  const share = (errors + 1) / (settled + 2)
  return (share * (1 - share)) / (settled / samples.length + 1)
}
