/** What the audit needs to know of the server at one moment. */
export interface ServerStats {
  /** Who answered, as `host:port`; empty for a unix socket. */
  readonly address: string
  /** Changes when the server restarts. */
  readonly serverRunId: string
  /** `master` or `slave`. */
  readonly role: string
  /** Executed and refused, by lower-case command name. */
  readonly commands: ReadonlyMap<string, number>
  readonly totalConnectionsReceived: number
  /** Sentinels are connected, and send commands of their own. */
  readonly isWatched: boolean
  /** Clients that are neither ours nor replicas, masters or Sentinels. */
  readonly strangers: readonly string[]
  readonly totals: ServerChanges
}

/** What a server counts for all of its clients together, under the names of `INFO stats`. */
export const SERVER_CHANGES = [
  'keyspace_hits',
  'keyspace_misses',
  'expired_keys',
  'evicted_keys',
  'total_net_input_bytes',
  'total_net_output_bytes',
] as const
export type ServerChanges = Readonly<Record<(typeof SERVER_CHANGES)[number], number>>
