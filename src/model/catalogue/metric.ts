import { boundMicros } from '../bounds.ts'
import type { Histogram } from '../histogram.ts'
import type { RunView } from '../run-view.ts'
import type { BoundedHistogram } from '../snapshot.ts'

/** Attributes by OpenTelemetry name; Prometheus spells `.` as `_`. An attribute that does not apply is absent. */
export type Labels = Readonly<Record<string, string>>

export interface NumberPoint {
  readonly labels: Labels
  readonly value: number
}

/** Cumulative counts for each bound of the metric, in its order; `count` includes what is above the last bound. */
export interface HistogramPoint {
  readonly labels: Labels
  readonly cumulative: readonly number[]
  readonly count: number
  readonly sumSeconds: number
}

interface MetricBase {
  /** Name on `/metrics`. */
  readonly prometheus: string
  /** Name on OTLP. Chosen so that Prometheus' translation of it is {@link prometheus}. */
  readonly otel: string
  /** UCUM. */
  readonly unit: string
  readonly help: string
  /** Attributes beyond app_name, instance_id, run_id and version. */
  readonly labels: readonly string[]
}

export interface NumberMetric extends MetricBase {
  readonly type: 'counter' | 'gauge'
  /** A gauge that the semantic conventions define as an UpDownCounter: a non-monotonic sum on OTLP. */
  readonly upDown?: boolean
  readonly points: (view: RunView) => readonly NumberPoint[]
}

export interface HistogramMetric extends MetricBase {
  readonly type: 'histogram'
  readonly boundsSeconds: readonly number[]
  readonly points: (view: RunView) => readonly HistogramPoint[]
}

export type Metric = NumberMetric | HistogramMetric

const MICROS_PER_SECOND = 1e6

/** One series of a histogram metric from a ledger histogram. */
export function histogramPoint(
  histogram: Histogram,
  boundsSeconds: readonly number[],
  labels: Labels,
): HistogramPoint {
  return {
    labels,
    cumulative: histogram.cumulativeCounts(boundsSeconds.map(boundMicros)),
    count: histogram.count,
    sumSeconds: histogram.sumMicros / MICROS_PER_SECOND,
  }
}

/** One series from counts that the ledger keeps per bound already. */
export function boundedPoint(bounded: BoundedHistogram, labels: Labels): HistogramPoint {
  const { cumulative, count, sumMicros } = bounded
  return { labels, cumulative, count, sumSeconds: sumMicros / MICROS_PER_SECOND }
}

/** Adds up points with the same labels: an operation may stand in a workload more than once. */
export function mergeHistogramPoints(points: readonly HistogramPoint[]): HistogramPoint[] {
  return mergeByLabels(points, (a, b) => ({
    labels: a.labels,
    cumulative: a.cumulative.map((count, index) => count + b.cumulative[index]!),
    count: a.count + b.count,
    sumSeconds: a.sumSeconds + b.sumSeconds,
  }))
}

export function mergeNumberPoints(points: readonly NumberPoint[]): NumberPoint[] {
  return mergeByLabels(points, (a, b) => ({ labels: a.labels, value: a.value + b.value }))
}

function mergeByLabels<Point extends { readonly labels: Labels }>(
  points: readonly Point[],
  add: (a: Point, b: Point) => Point,
): Point[] {
  const merged = new Map<string, Point>()
  for (const point of points) {
    const key = JSON.stringify(point.labels)
    const before = merged.get(key)
    merged.set(key, before === undefined ? point : add(before, point))
  }
  return [...merged.values()]
}

/** A metric with one number and no labels of its own. */
export function single(
  base: Omit<NumberMetric, 'labels' | 'points' | 'otel'>,
  read: (view: RunView) => number,
): NumberMetric {
  return { ...base, otel: base.prometheus, labels: [], points: (view) => [{ labels: {}, value: read(view) }] }
}

export function labelled(
  base: Pick<NumberMetric, 'prometheus' | 'type' | 'unit' | 'help' | 'labels'>,
  points: (view: RunView) => NumberPoint[],
): Metric {
  return { ...base, otel: base.prometheus, points }
}
