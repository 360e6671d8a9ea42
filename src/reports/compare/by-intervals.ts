import type { Histogram } from '../../model/histogram.ts'
import { createRandom, deriveSeed, type Random } from '../../model/random.ts'
import { type CellCounts, type CellSeries, cellSeriesOf, logMean, logQuantile } from './cell-series.ts'
import { type MetricKey, quantileOfMetric, timesOf, valueOf } from './metrics.ts'
import type { RunSample } from './run-sample.ts'
import { blockLength, drawBlocks, drawNormal } from './statistics/blocks.ts'
import { criticalT, twoSidedP } from './statistics/student.ts'
import type { Judged } from './judged.ts'
import { steadinessOf, unrestOf } from './steadiness.ts'

/** How often both runs are drawn anew. */
const DRAWS = 2000
export const LEAST_INTERVALS = 10
const SEED = 20_080_817

export interface IntervalOptions {
  /** Standard deviation of the logarithm of p50 over runs of the same thing, which one run cannot show. */
  readonly runSpread: number
  readonly confidence: number
  /** Pairs of sides that are looked at, for the correction. */
  readonly pairs: number
}

/**
 * Judges one run against another by what their seconds let expect: both are drawn anew 2 000 times in blocks of neighbouring
 * intervals, and how much the logarithm of a metric varies over the draws is its standard error. What is added to it: how
 * runs differ from one another ({@link spreadOf}), and for a single operation, whose seconds are not recorded, how much less sure
 * it is than the whole. All metrics are drawn together, so that the correction for their number is that of the highest of
 * all |t| over the draws (Westfall and Young, Resampling-Based Multiple Testing, 1993). `undefined` of too few intervals.
 */
export function judgeByIntervals(
  baseline: RunSample,
  candidate: RunSample,
  keys: readonly MetricKey[],
  options: IntervalOptions,
): Judged[] | undefined {
  const sides = [baseline, candidate].map((sample) => ({ sample, series: cellSeriesOf(sample.intervals) }))
  if (sides.some(({ series }) => series.length < LEAST_INTERVALS)) return undefined
  const drawn = sides.map(({ sample, series }, side) =>
    drawDeviations(sample, series, keys, createRandom(deriveSeed(SEED, side))),
  )
  const random = createRandom(deriveSeed(SEED, 2))
  const deviations = keys.map((_, at) => drawn[0]![at]!.map((value, draw) => drawn[1]![at]![draw]! - value))
  addSpread(deviations, keys, [baseline, candidate], options.runSpread, random)
  const errors = deviations.map((values) =>
    Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / DRAWS),
  )
  const highest = highestOf(deviations, errors)
  return keys.map((key, at) => {
    const difference = differenceOf(baseline, candidate, key)
    const error = errors[at]!
    const t = error === 0 ? 0 : Math.abs(difference / error)
    const reach = criticalT(1 - options.confidence, DRAWS) * error
    const beyond = highest.reduce((count, value) => count + (value >= t ? 1 : 0), 0)
    return {
      difference,
      low: difference - reach,
      high: difference + reach,
      standardError: error,
      degrees: DRAWS,
      pValue: twoSidedP(t, DRAWS),
      pAdjusted: Math.min(1, (options.pairs * (beyond + 1)) / (DRAWS + 1)),
    }
  })
}

/** Of logarithms; of shares as they are. */
function differenceOf(baseline: RunSample, candidate: RunSample, key: MetricKey): number {
  const [one, other] = [valueOf(baseline, key) ?? Number.NaN, valueOf(candidate, key) ?? Number.NaN]
  return key.metric === 'errors' ? other - one : Math.log(other / one)
}

function highestOf(deviations: readonly Float64Array[], errors: readonly number[]): Float64Array {
  const highest = new Float64Array(DRAWS)
  deviations.forEach((values, at) => {
    if (errors[at]! > 0)
      values.forEach((value, draw) => {
        highest[draw] = Math.max(highest[draw]!, Math.abs(value) / errors[at]!)
      })
  })
  return highest
}

/** For each metric and draw, how far the drawn run is from the run itself. */
function drawDeviations(
  sample: RunSample,
  series: CellSeries,
  keys: readonly MetricKey[],
  random: Random,
): Float64Array[] {
  const { length } = series
  const seconds = Array.from({ length }, (_, start) => series.over([{ start, end: start + 1 }]))
  const block = blockLength(
    seconds.map((one) => logQuantile(one, 0.5)).filter((value) => !Number.isNaN(value)),
  )
  const whole = series.over([{ start: 0, end: length }])
  const ofWhole = keys.map((key) => statisticOf(whole, key))
  const deviations = keys.map(() => new Float64Array(DRAWS))
  const wider = smallSampleFactor(length / block)
  for (let draw = 0; draw < DRAWS; draw++) {
    const counts = series.over(drawBlocks(length, block, random))
    keys.forEach((key, at) => {
      const deviation = (statisticOf(counts, key) - ofWhole[at]!) * wider
      deviations[at]![draw] = Number.isFinite(deviation) ? deviation : 0
    })
  }
  addOfOperations(deviations, keys, sample, random)
  return deviations
}

/** k blocks know their own mean: √(k/(k-1)); and Student's t for the normal distribution. */
function smallSampleFactor(blocks: number): number {
  return Math.sqrt(blocks / (blocks - 1)) * (criticalT(0.05, blocks - 1) / criticalT(0.05, 1e6))
}

function statisticOf(counts: CellCounts, { metric }: MetricKey): number {
  if (metric === 'throughput') return Math.log(counts.ok / counts.seconds)
  if (metric === 'errors') return counts.errors / Math.max(1, counts.ok + counts.errors)
  const quantile = quantileOfMetric(metric)
  return quantile === undefined ? logMean(counts) : logQuantile(counts, quantile)
}

/** An operation shares the ups and downs of the whole, and is fewer commands: what that adds is added by chance. */
function addOfOperations(
  deviations: readonly Float64Array[],
  keys: readonly MetricKey[],
  sample: RunSample,
  random: Random,
): void {
  keys.forEach((key, at) => {
    const added = Math.sqrt(Math.max(0, ownVariance(sample, key)))
    if (added > 0)
      deviations[at]!.forEach((_, draw) => {
        deviations[at]![draw]! += added * drawNormal(random)
      })
  })
}

function ownVariance(sample: RunSample, { metric, operation }: MetricKey): number {
  if (metric === 'errors') {
    const share = (sample.errors + 1) / (sample.settled + 2)
    return (share * (1 - share)) / (sample.settled + 1)
  }
  const times = operation === null ? undefined : timesOf(sample, operation)
  if (times === undefined) return 0
  const quantile = quantileOfMetric(metric)
  const variance = (of: Histogram): number =>
    quantile === undefined ? meanVariance(of) : quantileVariance(of, quantile)
  return variance(times) - variance(sample.all)
}

/** Of the logarithm of a quantile of independent values: (ln x(q+δ) - ln x(q-δ))²/4, δ = √(q(1-q)/n) (Woodruff, JASA 47, 1952). */
function quantileVariance(times: Histogram, q: number): number {
  const delta = Math.sqrt((q * (1 - q)) / times.count)
  const [high, low] = [times.quantile(Math.min(1, q + delta)), times.quantile(Math.max(0, q - delta))]
  return low > 0 ? (Math.log(high / low) / 2) ** 2 : 0
}

/** Of the logarithm of a mean: (s/m)²/n. */
function meanVariance(times: Histogram): number {
  let square = 0
  for (const { lowerMicros, upperMicros, count } of times.buckets())
    square += count * ((lowerMicros + upperMicros) / 2 - times.meanMicros) ** 2
  return square / times.count / times.meanMicros ** 2 / times.count
}

/**
 * How much further than p50 other metrics are apart in two runs of the same thing, by experience: the tail depends on a few
 * events, and an open loop has the rate that it was given.
 */
export function spreadFactor({ metric }: MetricKey, isOpenLoop: boolean): number {
  if (metric === 'errors') return 0
  if (metric === 'throughput') return isOpenLoop ? 0.1 : 1
  const quantile = quantileOfMetric(metric)
  if (quantile === undefined) return 1.5
  return quantile <= 0.5 ? 1 : quantile <= 0.9 ? 1.5 : quantile <= 0.99 ? 2.5 : 4
}

/** Half of the difference of two runs is one for all metrics, half is each metric's own. A run that drifts is less sure of itself: values along a line have the deviation rise/√12. */
function addSpread(
  deviations: readonly Float64Array[],
  keys: readonly MetricKey[],
  samples: readonly RunSample[],
  runSpread: number,
  random: Random,
): void {
  const spread = Math.hypot(...samples.map((sample) => spreadAllowedFor(sample, runSpread)))
  const isOpenLoop = samples.every((sample) => sample.isOpenLoop)
  // An open loop has the rate that it was given, however unsteady its latencies are.
  const ofRate = isOpenLoop ? Math.SQRT2 * runSpread : spread
  for (let draw = 0; draw < DRAWS; draw++) {
    const common = drawNormal(random)
    const own = new Map<string, number>()
    keys.forEach((key, at) => {
      const mine = own.get(key.metric) ?? drawNormal(random)
      own.set(key.metric, mine)
      const size = key.metric === 'throughput' ? ofRate : spread
      deviations[at]![draw]! += (size * spreadFactor(key, isOpenLoop) * (common + mine)) / Math.SQRT2
    })
  }
}

/** How many times what is allowed for anyway the parts of a run have to be apart to say more than chance. */
const CLEARLY = 3

/** What a run is taken to differ from the next one by: as much as was asked for, or as its own course shows. */
export function spreadAllowedFor(sample: RunSample, runSpread: number): number {
  const drift = Math.abs(steadinessOf(sample).drift?.change ?? 0)
  const unrest = unrestOf(sample)
  return Math.max(runSpread, drift / Math.sqrt(12), unrest > CLEARLY * runSpread ? unrest : 0)
}
