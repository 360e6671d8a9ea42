import type { ServerMetricsMode } from './server-samples.ts'

/** The numbers of a run for whoever scrapes them. */
export interface MetricsPlan {
  readonly enabled: boolean
  readonly host: string
  readonly port: number
  /** How long /metrics keeps answering with the final numbers after the run, for a last scrape. */
  readonly linger_ms: number
}

/** What the servers are asked for during the run. */
export interface ServerPlan {
  readonly metrics: ServerMetricsMode
  readonly sample_interval_ms: number
}
