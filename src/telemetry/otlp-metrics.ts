import { type HrTime, ValueType } from '@opentelemetry/api'
import {
  AggregationTemporality,
  type CollectionResult,
  DataPointType,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics'
import { millisToHrTime } from '@opentelemetry/core'
import { CATALOGUE, identityLabels } from '../model/catalogue.ts'
import type { HistogramMetric, Labels, Metric, NumberMetric } from '../model/catalogue/metric.ts'
import type { RunView } from '../model/run-view.ts'

/** Instrumentation scope of everything we export. */
export const SCOPE_NAME = 'redis-test'

/**
 * The catalogue as OTLP metric data: cumulative, exact, read from the same snapshots as `/metrics`. No instrument of
 * the SDK ever records anything.
 */
export class SnapshotMetricProducer implements MetricProducer {
  readonly #view: () => RunView
  readonly #version: string
  readonly #startTime: HrTime

  constructor(view: () => RunView, facts: { readonly version: string; readonly startedAtMillis: number }) {
    this.#view = view
    this.#version = facts.version
    this.#startTime = millisToHrTime(facts.startedAtMillis)
  }

  collect(): Promise<CollectionResult> {
    const view = this.#view()
    const stamp: Stamp = {
      startTime: this.#startTime,
      endTime: millisToHrTime(view.snapshot.atMillis),
      identity: identityLabels(view.plan),
    }
    const metrics = CATALOGUE.map((metric) => toMetricData(metric, view, stamp)).filter(
      ({ dataPoints }) => dataPoints.length > 0,
    )
    const scopeMetrics = [{ scope: { name: SCOPE_NAME, version: this.#version }, metrics }]
    // The reader puts its own resource in place of the producer's.
    return Promise.resolve({ resourceMetrics: { resource: undefined as never, scopeMetrics }, errors: [] })
  }
}

interface Stamp {
  readonly startTime: HrTime
  readonly endTime: HrTime
  readonly identity: Labels
}

function toMetricData(metric: Metric, view: RunView, stamp: Stamp): MetricData {
  return metric.type === 'histogram'
    ? toHistogramData(metric, view, stamp)
    : toNumberData(metric, view, stamp)
}

function descriptorOf(metric: Metric): MetricData['descriptor'] {
  const isCount = metric.type === 'counter' && metric.unit !== 's'
  const valueType = isCount ? ValueType.INT : ValueType.DOUBLE
  return { name: metric.otel, description: metric.help, unit: metric.unit, valueType }
}

function toNumberData(
  metric: NumberMetric,
  view: RunView,
  { startTime, endTime, identity }: Stamp,
): MetricData {
  const dataPoints = metric.points(view).map(({ labels, value }) => ({
    startTime,
    endTime,
    attributes: { ...labels, ...identity },
    value,
  }))
  const base = {
    descriptor: descriptorOf(metric),
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPoints,
  }
  if (metric.type === 'gauge' && metric.upDown !== true)
    return { ...base, dataPointType: DataPointType.GAUGE }
  return { ...base, dataPointType: DataPointType.SUM, isMonotonic: metric.type === 'counter' }
}

/** OTLP counts are per bucket, `(lower, upper]` as ours are; the last one is above the last bound. */
function toHistogramData(
  metric: HistogramMetric,
  view: RunView,
  { startTime, endTime, identity }: Stamp,
): MetricData {
  const boundaries = [...metric.boundsSeconds]
  return {
    descriptor: descriptorOf(metric),
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPointType: DataPointType.HISTOGRAM,
    dataPoints: metric.points(view).map(({ labels, cumulative, count, sumSeconds }) => ({
      startTime,
      endTime,
      attributes: { ...labels, ...identity },
      value: {
        buckets: {
          boundaries,
          counts: [...cumulative, count].map((upTo, index) => upTo - (cumulative[index - 1] ?? 0)),
        },
        sum: sumSeconds,
        count,
      },
    })),
  }
}
