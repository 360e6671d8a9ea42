import type { ComparedMetric, Difference } from '../../model/comparison.ts'
import type { Histogram } from '../../model/histogram.ts'
import type { RunSample } from './run-sample.ts'

/** One metric of one operation (`null`: all together). */
export interface MetricKey {
  readonly metric: ComparedMetric
  readonly operation: string | null
}

/** Looked at in any case, in this order. */
const TIMES: readonly ComparedMetric[] = ['p50', 'p90', 'p99', 'p99.9', 'mean', 'max']
/** A quantile beyond which fewer values lie is a matter of a few commands. */
export const LEAST_BEYOND = 10
const MICROS_PER_MILLI = 1000

/**
 * Everything that two sides are compared in: the times of all operations together, throughput, errors, and the times of each
 * operation that both have, where there are several. `more`: metrics that somebody asks for besides.
 */
export function metricKeysOf(samples: readonly RunSample[], more: readonly MetricKey[] = []): MetricKey[] {
  const [first, ...others] = samples.map(({ operations }) => operations.map(({ operation }) => operation))
  const shared = [...new Set(first)].filter((name) => others.every((names) => names.includes(name)))
  const isSeveral = samples.some(({ operations }) => operations.length > 1)
  const keys: MetricKey[] = [
    ...TIMES.map((metric) => ({ metric, operation: null })),
    { metric: 'throughput', operation: null },
    { metric: 'errors', operation: null },
    ...(isSeveral ? shared.flatMap((operation) => TIMES.map((metric) => ({ metric, operation }))) : []),
  ]
  const known = new Set(keys.map(nameOfKey))
  return [...keys, ...more.filter((key) => !known.has(nameOfKey(key)))]
}

/** `p99` or `p99(GET)`. */
export function nameOfKey({ metric, operation }: MetricKey): string {
  return operation === null ? metric : `${metric}(${operation})`
}

/** The same for a budget, which has operations in upper case whatever they are called. */
export function nameOfBudget({ metric, operation }: MetricKey): string {
  return nameOfKey({ metric, operation: operation?.toUpperCase() ?? null })
}

/** What a budget is about, the operation as the runs call it. */
export function keyOfBudget({ metric, operation }: MetricKey, samples: readonly RunSample[]): MetricKey {
  const names = samples.flatMap(({ operations }) => operations.map((one) => one.operation))
  return { metric, operation: names.find((name) => name.toUpperCase() === operation) ?? operation }
}

export function unitOf(metric: ComparedMetric): Difference['unit'] {
  return metric === 'throughput' ? 'ops/s' : metric === 'errors' ? 'share' : 'ms'
}

/** 0.999 of `p99.9`; `undefined` of what is no quantile. */
export function quantileOfMetric(metric: ComparedMetric): number | undefined {
  // Rounded once: 99.9 / 100 is not 0.999.
  return /^p\d/.test(metric) ? Number(`${metric.slice(1)}e-2`) : undefined
}

/** `undefined` where the run has no such operation. */
export function timesOf(sample: RunSample, operation: string | null): Histogram | undefined {
  if (operation === null) return sample.all.count === 0 ? undefined : sample.all
  return sample.operations.find((one) => one.operation === operation)?.times
}

/** In milliseconds, a second, or as a share; `undefined` without data. */
export function valueOf(sample: RunSample, { metric, operation }: MetricKey): number | undefined {
  if (metric === 'throughput') return sample.okPerSecond
  if (metric === 'errors') return sample.settled === 0 ? undefined : sample.errors / sample.settled
  const times = timesOf(sample, operation)
  if (times === undefined) return undefined
  if (metric === 'mean') return times.meanMicros / MICROS_PER_MILLI
  if (metric === 'max') return times.maxMicros / MICROS_PER_MILLI
  return times.quantile(quantileOfMetric(metric)!) / MICROS_PER_MILLI
}

/** Of a run that nothing is left of to compare. */
export const NO_SUCCESS = 'a run had no success'

/** Why nothing is claimed of a metric, whatever its values; `null` when something may be. */
export function whyNotJudged(samples: readonly RunSample[], key: MetricKey): string | null {
  if (key.metric === 'max') return 'a single command: nothing is claimed of it'
  const values = samples.map((sample) => valueOf(sample, key))
  if (values.includes(undefined)) return 'not in every run'
  if (key.metric === 'errors')
    return samples.every(({ errors }) => errors === 0) ? 'no error on either side' : null
  if (key.metric === 'throughput' && values.includes(0)) return NO_SUCCESS
  if (values.some((value) => value! <= 0)) return 'nothing was measured'
  const quantile = quantileOfMetric(key.metric)
  const beyond = (sample: RunSample): number =>
    (timesOf(sample, key.operation)?.count ?? 0) * (1 - (quantile ?? 0))
  if (quantile !== undefined && samples.some((sample) => beyond(sample) < LEAST_BEYOND))
    return `fewer than ${LEAST_BEYOND} commands of a run lie beyond it`
  return null
}
