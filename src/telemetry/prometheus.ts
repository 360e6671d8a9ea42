import { collectDefaultMetrics, type Metric as PromMetric, Registry } from 'prom-client'
import { CATALOGUE, identityLabels } from '../model/catalogue.ts'
import type {
  HistogramMetric,
  HistogramPoint,
  Labels,
  Metric,
  NumberMetric,
} from '../model/catalogue/metric.ts'
import type { RunView } from '../model/run-view.ts'
import { databaseSeries, type ExemplarStore, operationSeries } from './exemplars.ts'

type PromLabels = Record<string, string | number>

/** One line of the exposition, as prom-client wants it from a metric's `get()`. */
interface PromValue {
  readonly metricName?: string
  readonly labels: PromLabels
  /** Labels that many lines have in common: prom-client formats the same object once, not for each line. */
  readonly sharedLabels: PromLabels
  readonly value: number
  readonly exemplar?: {
    readonly labelSet: Record<string, string>
    readonly value: number
    readonly timestamp: number
  } | null
}

export type ExpositionFormat = 'text' | 'openmetrics'

/** Histograms whose buckets carry exemplars, and the name of a series of theirs in the store. */
const EXEMPLAR_SERIES: Readonly<Record<string, (labels: Labels) => string>> = {
  redis_operation_duration_seconds: (labels) =>
    operationSeries(labels['operation'] ?? '', labels['status'] === 'success'),
  db_client_operation_duration_seconds: (labels) =>
    databaseSeries(labels['db.operation.name'] ?? '', labels['error.type'] ?? ''),
}

/**
 * `/metrics` from the catalogue, through prom-client registries. Two of them, because rendering OpenMetrics changes a
 * prom-client registry's metric names for good: each keeps one format for life.
 */
export class PrometheusExposition {
  readonly #text: Registry
  readonly #openMetrics: Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>
  readonly #takeView: () => RunView
  /** One view for all metrics of one scrape, so that they agree with each other. */
  #view: RunView

  constructor(takeView: () => RunView, exemplars: ExemplarStore) {
    this.#takeView = takeView
    this.#view = takeView()
    this.#text = new Registry()
    this.#openMetrics = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>()
    this.#openMetrics.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
    for (const registry of [this.#text, this.#openMetrics]) {
      registry.setDefaultLabels(identityLabels(this.#view.plan))
      collectDefaultMetrics({ register: registry as Registry })
    }
    const view = (): RunView => this.#view
    const shared = new SharedLabels(identityLabels(this.#view.plan))
    for (const metric of CATALOGUE) {
      this.#text.registerMetric(customMetric(metric, { view, shared }) as unknown as PromMetric)
      this.#openMetrics.registerMetric(
        customMetric(metric, { view, shared, exemplars }) as unknown as PromMetric,
      )
    }
  }

  contentType(format: ExpositionFormat): string {
    return format === 'text' ? this.#text.contentType : this.#openMetrics.contentType
  }

  render(format: ExpositionFormat): Promise<string> {
    this.#view = this.#takeView()
    return format === 'text' ? this.#text.metrics() : this.#openMetrics.metrics()
  }
}

/** The labels of a series with those of the run, as one object for each combination; there are few of them. */
class SharedLabels {
  readonly #identity: PromLabels
  readonly #known = new Map<string, PromLabels>()

  constructor(identity: PromLabels) {
    this.#identity = identity
  }

  of(labels: Labels): PromLabels {
    const key = Object.entries(labels).flat().join('\n')
    const known = this.#known.get(key) ?? { ...promLabels(labels), ...this.#identity }
    this.#known.set(key, known)
    return known
  }
}

interface MetricParts {
  readonly view: () => RunView
  readonly shared: SharedLabels
  /** For OpenMetrics. */
  readonly exemplars?: ExemplarStore
}

/** prom-client calls `get()` when it renders; until then a metric of ours costs nothing. */
function customMetric(metric: Metric, parts: MetricParts): object {
  const { exemplars } = parts
  return {
    name: metric.prometheus,
    help: metric.help,
    type: metric.type,
    aggregator: 'sum',
    reset() {},
    get() {
      const { help } = metric
      const type = typeShown(metric, exemplars !== undefined)
      // For OpenMetrics prom-client adds the suffix of a counter itself.
      const name = exemplars === undefined ? metric.prometheus : metric.prometheus.replace(/_total$/, '')
      const values = metric.type === 'histogram' ? bucketValues(metric, parts) : numberValues(metric, parts)
      return Promise.resolve({ name, help, type, aggregator: 'sum', values })
    },
  }
}

/**
 * `_count` belongs to histograms in the exposition formats, yet the semantic conventions lead to a gauge of that name:
 * it is shown without a type, which both formats allow.
 */
function typeShown({ prometheus, type }: Metric, isOpenMetrics: boolean): string {
  if (type === 'histogram' || !prometheus.endsWith('_count')) return type
  return isOpenMetrics ? 'unknown' : 'untyped'
}

function numberValues(metric: NumberMetric, { view, shared }: MetricParts): PromValue[] {
  return metric
    .points(view())
    .map(({ labels, value }) => ({ labels: {}, sharedLabels: shared.of(labels), value }))
}

function bucketValues(metric: HistogramMetric, { view, shared, exemplars }: MetricParts): PromValue[] {
  return metric.points(view()).flatMap((point) => {
    const sharedLabels = shared.of(point.labels)
    const counts = [...point.cumulative, point.count]
    return [
      ...counts.map((value, bucket): PromValue => ({
        metricName: `${metric.prometheus}_bucket`,
        labels: { le: metric.boundsSeconds[bucket] ?? '+Inf' },
        sharedLabels,
        value,
        ...exemplarOf(metric, point, bucket, exemplars),
      })),
      { metricName: `${metric.prometheus}_sum`, labels: {}, sharedLabels, value: point.sumSeconds },
      { metricName: `${metric.prometheus}_count`, labels: {}, sharedLabels, value: point.count },
    ]
  })
}

function exemplarOf(
  metric: HistogramMetric,
  { labels }: HistogramPoint,
  bucket: number,
  exemplars: ExemplarStore | undefined,
): Pick<PromValue, 'exemplar'> {
  const seriesOf = EXEMPLAR_SERIES[metric.prometheus]
  if (exemplars === undefined || seriesOf === undefined) return {}
  const found = exemplars.find(seriesOf(labels), bucket)
  if (found === undefined) return { exemplar: null }
  const { traceId, spanId, value, timestamp } = found
  return { exemplar: { labelSet: { trace_id: traceId, span_id: spanId }, value, timestamp } }
}

/** `db.operation.name` → `db_operation_name`. */
function promLabels(labels: Labels): PromLabels {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name.replaceAll('.', '_'), value]))
}
