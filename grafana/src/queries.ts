/**
 * PromQL for the dashboards. Everything about the app goes through {@link select}, so that no query can forget the
 * job: the same numbers arrive by scrape and over OTLP, and a sum over both counts everything twice.
 */

/** Matchers of the chosen run. `$job` is one path, never both. */
const RUN_MATCHERS = [
  'job="$job"',
  'app_name=~"$app_name"',
  'version=~"$version"',
  'run_id=~"$run_id"',
  'instance_id=~"$instance_id"',
] as const

/** For metrics that have an operation. */
export const OPERATION = 'operation=~"$operation"'

/** Seconds of scrape history that a rate looks at; Grafana knows how many it needs. */
export const RATE = '$__rate_interval'

/**
 * The chosen time range. For figures of a whole run and for tables that must still show a run that has ended: there
 * a short window would show its last seconds only.
 */
export const RANGE = '$__range'

/** Series of an app metric in the chosen run. */
export function select(metric: string, ...matchers: readonly string[]): string {
  return `${metric}{${[...RUN_MATCHERS, ...matchers].join(', ')}}`
}

export function rate(metric: string, ...matchers: readonly string[]): string {
  return `rate(${select(metric, ...matchers)}[${RATE}])`
}

/** `sum by (labels) (…)`; no labels give one series. */
export function sum(labels: readonly string[], expr: string): string {
  return `${aggregate('sum', labels)}(${expr})`
}

export function aggregate(operator: string, labels: readonly string[]): string {
  return labels.length === 0 ? operator : `${operator} by (${labels.join(', ')}) `
}

/** Events per second of a counter, added up. */
export function perSecond(
  metric: string,
  labels: readonly string[] = [],
  ...matchers: readonly string[]
): string {
  return sum(labels, rate(metric, ...matchers))
}

/** A quantile of a histogram, over everything but `labels`. */
export function quantile(
  q: number,
  metric: string,
  labels: readonly string[] = [],
  ...matchers: readonly string[]
): string {
  return `histogram_quantile(${q}, ${sum([...labels, 'le'], rate(`${metric}_bucket`, ...matchers))})`
}

/** Mean of a histogram's values. */
export function mean(metric: string, labels: readonly string[] = [], ...matchers: readonly string[]): string {
  return `${perSecond(`${metric}_sum`, labels, ...matchers)} / ${perSecond(`${metric}_count`, labels, ...matchers)}`
}

/** Rate of each bucket, for a heatmap. */
export function buckets(metric: string, ...matchers: readonly string[]): string {
  return sum(['le'], rate(`${metric}_bucket`, ...matchers))
}

/**
 * What a counter of a run has come to, added up. Each instance counts from zero, so its highest value is its exact
 * count, where `increase()` would estimate it from the samples inside the range and miss a first step out of nothing.
 */
export function runTotal(
  metric: string,
  labels: readonly string[] = [],
  ...matchers: readonly string[]
): string {
  return sum(labels, `max_over_time(${select(metric, ...matchers)}[${RANGE}])`)
}

/** A quantile over whole runs, from exact bucket counts (see {@link runTotal}). */
export function runQuantile(
  q: number,
  metric: string,
  labels: readonly string[] = [],
  ...matchers: readonly string[]
): string {
  return `histogram_quantile(${q}, ${runTotal(`${metric}_bucket`, [...labels, 'le'], ...matchers)})`
}

/** `a / b`, without a value where `b` is zero: nothing happened is not "all is well". */
export function ratio(a: string, b: string): string {
  return `${a} / (${b} > 0)`
}

/** CPU seconds per second and load thread; 1 is a full core for each. */
export function cpuPerThread(labels: readonly string[]): string {
  return ratio(
    perSecond('redis_test_thread_cpu_seconds_total', labels),
    sum(labels, select('redis_test_threads')),
  )
}

/** Share of the measured commands that did not succeed. */
export function errorRatio(labels: readonly string[] = []): string {
  return ratio(
    perSecond('redis_operations_total', labels, OPERATION, 'status="error"'),
    perSecond('redis_operations_total', labels, OPERATION),
  )
}

/** Share of the due commands that were not sent. */
export function droppedRatio(labels: readonly string[] = []): string {
  return ratio(
    perSecond('redis_test_dropped_operations_total', labels),
    perSecond('redis_test_scheduled_operations_total', labels),
  )
}

/** The target while it is being measured; a closed loop has none, and neither have warm-up and drain. */
export function target(labels: readonly string[] = []): string {
  const measuring = `${select('redis_test_phase', 'phase="measure"')} == 1`
  return sum(
    labels,
    `(${select('redis_test_target_operations_per_second')} > 0) and on (run_id, instance_id) (${measuring})`,
  )
}
