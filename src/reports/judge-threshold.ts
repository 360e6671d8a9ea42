import type { Histogram } from '../model/histogram.ts'
import { inUnit, limitOf, quantileOf, type Comparison, type Threshold } from '../model/threshold.ts'
import { thresholdMetric } from '../model/threshold-metrics.ts'
import type { ThresholdNumbers } from '../model/threshold-numbers.ts'

export interface Judgement {
  /** In the unit of the threshold, unrounded; `null` when there is no data. */
  readonly actual: number | null
  readonly ok: boolean
  /** Why it came out so without data. */
  readonly note: string | null
}

const COMPARE: Readonly<Record<Comparison, (actual: number, limit: number) => boolean>> = {
  '<': (actual, limit) => actual < limit,
  '<=': (actual, limit) => actual <= limit,
  '>': (actual, limit) => actual > limit,
  '>=': (actual, limit) => actual >= limit,
  '==': (actual, limit) => actual === limit,
  '!=': (actual, limit) => actual !== limit,
}

/** Compares the exact number, never a rounded one. */
export function judgeThreshold(threshold: Threshold, numbers: ThresholdNumbers): Judgement {
  const measured = measure(threshold, numbers)
  if (measured === undefined) return { actual: null, ...thresholdMetric(threshold.metric).withoutData }
  if (!Number.isFinite(measured))
    return {
      actual: null,
      ok: COMPARE[threshold.comparison](measured, limitOf(threshold)),
      note: 'not before the end of the run',
    }
  return {
    actual: inUnit(measured, threshold.unit),
    ok: COMPARE[threshold.comparison](measured, limitOf(threshold)),
    note: null,
  }
}

/** Whether a threshold that is not met now can still be met by the end of the run. */
export function canRecover({ metric, comparison, value }: Threshold, { actual }: Judgement): boolean {
  const { course } = thresholdMetric(metric)
  if (course !== 'counts') return course === 'known_at_end'
  return actual === null || comparison.startsWith('>') || comparison === '!=' || actual < value
}

/** Microseconds, a share from 0 to 1, or a plain number; `undefined` when nothing was recorded. */
function measure({ metric, statistic, operation }: Threshold, numbers: ThresholdNumbers): number | undefined {
  const entry = thresholdMetric(metric)
  if (entry.kind !== 'time') return entry.number(numbers, operation)
  const histogram = entry.histogram(numbers, operation)
  if (histogram === undefined || histogram.count === 0 || statistic === null) return undefined
  return statisticOf(histogram, statistic)
}

function statisticOf(histogram: Histogram, statistic: string): number {
  switch (statistic) {
    case 'mean':
      return histogram.meanMicros
    case 'min':
      return histogram.minMicros
    case 'max':
      return histogram.maxMicros
    default:
      return histogram.quantile(quantileOf(statistic) ?? 1)
  }
}
