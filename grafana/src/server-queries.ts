import { type Query, query } from './query.ts'

/** Runs tell of their servers under the same names, many servers under one job and instance: they have panels of their own. */
export const NOT_A_RUN = 'job!~".*redis-test"'

/**
 * The chosen servers. `job` is the source here: `redis` is the collector's receiver, `redis-exporter` and
 * `redis-nodes` are redis_exporter (profile exporters). They count the same server, so nothing is added up over them.
 */
export const SERVER = `job=~"$redis_job", ${NOT_A_RUN}, instance=~"$redis_instance"`

const EACH = ['job', 'instance'] as const

export function server(metric: string): string {
  return `${metric}{${SERVER}}`
}

export function serverRate(metric: string, labels: readonly string[] = EACH): string {
  return `sum by (${labels.join(', ')}) (rate(${server(metric)}[$__rate_interval]))`
}

/** A gauge that the receiver and redis_exporter call by different names. */
export function both(receiver: string, exporter: string, legend = ''): Query[] {
  const name = legend === '' ? '{{job}} {{instance}}' : `${legend} {{job}} {{instance}}`
  return [query(server(receiver), name), query(server(exporter), name)]
}

/** The same for a counter: its rate. */
export function bothRates(receiver: string, exporter: string, legend = ''): Query[] {
  const name = legend === '' ? '{{job}} {{instance}}' : `${legend} {{job}} {{instance}}`
  return [query(serverRate(receiver), name), query(serverRate(exporter), name)]
}
