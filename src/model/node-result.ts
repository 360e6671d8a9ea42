import type { LatencySummary } from './latency-summary.ts'
import type { Redirection } from './ledger.ts'
import type { ErrorCount } from './error-count.ts'
import type { ShardOutage } from './shard-outage.ts'

/** One server of a deployment that got load. Commands are those of the measured phase that were sent to it last. */
export interface NodeResult {
  /** `host:port`; `others` for all beyond the first 63 that a load thread came to know. */
  readonly address: string
  readonly ok: number
  readonly failed: number
  readonly indeterminate: number
  readonly errors: readonly ErrorCount[]
  readonly service: { readonly success: LatencySummary; readonly error: LatencySummary }
  /** Of the whole run. */
  readonly dials: number
  readonly outages: number
  readonly reconnections: number
  /** Ready connections at the end. */
  readonly connections_active: number
  readonly redirections: Readonly<Record<Redirection, number>>
}

/** What the Cluster client did besides sending each command once. */
export interface ClusterResult {
  readonly redirections: Readonly<Record<Redirection, number>>
  /** Commands that the client sent again by itself because a connection was lost (preset as-app). */
  readonly hidden_retries: number
  /** Outages of connections to nodes that left the Cluster before they came back. */
  readonly outages_superseded: number
  /** By time; what several load threads saw of the same outage is one. */
  readonly shard_outages: readonly ShardOutage[]
}
