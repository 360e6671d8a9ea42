import type { ServerCommandResult } from './server-commands.ts'

/** Between two looks the server counted this much, or at the second one it was this; `null`: it did not say. */
export type ServerValue = number | null

/**
 * How two neighbouring values become one when there are too many: `sum` of counts and of spent time, `max` and `min` of what
 * must not be missed, `last` of what is so at a moment.
 */
type Joining = 'sum' | 'max' | 'min' | 'last'

/** What is kept of each look, in this order in the journal, where names stand once. Units are in the names. */
export const SERVER_COLUMNS = {
  memory_used_bytes: 'max',
  memory_rss_bytes: 'max',
  memory_max_bytes: 'last',
  memory_fragmentation_ratio: 'last',
  connected_clients: 'max',
  blocked_clients: 'max',
  commands: 'sum',
  cpu_seconds: 'sum',
  /** Of the thread that runs the commands. */
  cpu_main_thread_seconds: 'sum',
  net_input_bytes: 'sum',
  net_output_bytes: 'sum',
  keyspace_hits: 'sum',
  keyspace_misses: 'sum',
  expired_keys: 'sum',
  evicted_keys: 'sum',
  connections_received: 'sum',
  rejected_connections: 'sum',
  keys: 'last',
  rdb_in_progress: 'max',
  aof_rewrite_in_progress: 'max',
  loading: 'max',
  /** How long the process stood still to fork; 0 when it did not. */
  fork_ms: 'max',
  connected_replicas: 'min',
  /** Of a replica: 1 while the link to its master is up. */
  master_link_up: 'min',
  /** What a replica has not confirmed of what its master wrote; of a master: of the replica that is farthest behind. */
  replication_lag_bytes: 'max',
} as const satisfies Record<string, Joining>
export type ServerColumn = keyof typeof SERVER_COLUMNS
export const SERVER_COLUMN_NAMES = Object.keys(SERVER_COLUMNS) as ServerColumn[]

/** The time between two looks at a server. `seconds` is 0 for the first one, which knows no differences. */
export interface ServerRow {
  /** When it ended, milliseconds since the epoch. */
  readonly at_ms: number
  readonly seconds: number
  /** In the order of {@link SERVER_COLUMN_NAMES}. */
  readonly values: readonly ServerValue[]
}

/** Columns of a result: counts as rates, the others as they are. */
export const CHART_COLUMNS = [
  ...(['memory_used_bytes', 'memory_rss_bytes', 'memory_max_bytes', 'memory_fragmentation_ratio'] as const),
  ...(['connected_clients', 'blocked_clients', 'ops_per_second', 'hit_ratio'] as const),
  ...(['cpu_cores', 'cpu_main_thread_cores'] as const),
  ...(['net_input_bytes_per_second', 'net_output_bytes_per_second'] as const),
  ...(['expired_keys_per_second', 'evicted_keys_per_second'] as const),
  ...(['connections_received_per_second', 'rejected_connections_per_second', 'keys'] as const),
  ...(['rdb_in_progress', 'aof_rewrite_in_progress', 'loading', 'fork_ms'] as const),
  ...(['connected_replicas', 'master_link_up', 'replication_lag_bytes'] as const),
] as const
export type ChartColumn = (typeof CHART_COLUMNS)[number]

/** What a server counted during the run, exact; `null`: it did not say. */
export interface ServerTotals {
  readonly commands: number | null
  readonly cpu_seconds: number | null
  readonly net_input_bytes: number | null
  readonly net_output_bytes: number | null
  readonly keyspace_hits: number | null
  readonly keyspace_misses: number | null
  readonly expired_keys: number | null
  readonly evicted_keys: number | null
  readonly connections_received: number | null
  readonly rejected_connections: number | null
}

/** One server over the run, warm-up included. */
export interface ServerSeriesResult {
  /** `host:port` */
  readonly server: string
  /** What it was, and since when; milliseconds since the epoch. */
  readonly roles: readonly { readonly at_ms: number; readonly role: 'master' | 'replica' }[]
  /** Looks that were answered, and those that were not: it was gone, frozen, or busy. */
  readonly looks: number
  readonly unanswered: number
  /** The moments of the columns: the end of each, milliseconds since the epoch. */
  readonly at_ms: readonly number[]
  /** How much time each value stands for. */
  readonly seconds: readonly number[]
  /**
   * Each as long as `at_ms`; what the server never said is left out. Where neighbours are joined, memory, clients, lags
   * and what is in progress are the highest of them; rates are means.
   */
  readonly columns: Readonly<Partial<Record<ChartColumn, readonly ServerValue[]>>>
  readonly totals: ServerTotals
  readonly memory: {
    readonly first_bytes: number | null
    readonly last_bytes: number | null
    readonly peak_bytes: number | null
    readonly max_bytes: number | null
  }
  readonly clients_peak: number | null
  readonly ops_per_second_max: number | null
  readonly cpu_cores_max: number | null
}

/** What looking cost, all servers together. */
export interface ServerLookingCost {
  readonly commands: number
  /** Of the answers. */
  readonly bytes: number
  /** Time that the servers say they spent on our questions; `null` when they did not say. */
  readonly server_usec: number | null
  /** From the first look to the last. */
  readonly seconds: number
  /** The highest share of its time that a server spent on them. */
  readonly server_share_max: number | null
}

export const SERVER_METRICS_MODES = ['off', 'basic', 'full'] as const
export type ServerMetricsMode = (typeof SERVER_METRICS_MODES)[number]

/** The servers during the run, from their own words. */
export interface ServerSamplesResult {
  readonly mode: ServerMetricsMode
  /** Between two looks, as it was at the end: longer than asked for where looking would have cost too much. */
  readonly interval_ms: number
  readonly servers: readonly ServerSeriesResult[]
  /** Servers beyond those that are watched. */
  readonly servers_left_out: number
  readonly cost: ServerLookingCost
  /** Sentences: what could not be asked, and why. */
  readonly notes: readonly string[]
  /** Entries of slow logs that are new since the run began; the slowest of them are in `slowlog`. */
  readonly slowlog_seen: number
}

/** An entry of a server's slow log that is new since the run began. */
export interface SlowlogEntry {
  readonly server: string
  readonly id: number
  /** When it was logged, by our clock: the server tells whole seconds. */
  readonly at_ms: number
  readonly duration_ms: number
  /** Shortened; without secrets. Of commands of others only the name and the key. */
  readonly command: string
  /** `host:port` and the name that the client gave itself. */
  readonly client: string
  readonly client_name: string
  readonly is_ours: boolean
  /** Of the load connection that sent it; `null` for others. */
  readonly connection: number | null
}

/** The same in a result, with what we saw of it, where we kept it. */
export interface SlowlogResult extends SlowlogEntry {
  /** Service time of the command as we measured it. */
  readonly client_ms: number | null
  readonly trace_id: string | null
  readonly span_id: string | null
}

/** A point of a server's latency monitor (`latency-monitor-threshold`). */
export interface LatencyEvent {
  readonly server: string
  readonly event: string
  readonly at_ms: number
  readonly latency_ms: number
}

/** The highest of the levels below are what a line can show of the servers now; sums over masters, where there are any. */
export interface ServerNow {
  /** Of the newest look. */
  readonly at_ms: number
  /** Servers that answered the last look, and those that did not. */
  readonly answering: number
  readonly silent: number
  readonly memory_used_bytes: number | null
  /** 0: no limit. */
  readonly memory_max_bytes: number | null
  readonly connected_clients: number | null
  readonly blocked_clients: number | null
  readonly ops_per_second: number | null
  /** Of the time between the last two looks; `null` without reads. */
  readonly hit_ratio: number | null
  readonly evicted_keys_per_second: number | null
  /** 1 is one whole core. */
  readonly cpu_cores: number | null
}

/** What is told of the servers during a run, in the order in which it was learned. */
export type ServerNews =
  /** Names of the values of rows, in their order: before the first row. */
  | { readonly kind: 'columns'; readonly names: readonly string[] }
  | { readonly kind: 'row'; readonly server: string; readonly row: ServerRow }
  | {
      readonly kind: 'role'
      readonly server: string
      readonly at_ms: number
      readonly role: 'master' | 'replica'
    }
  /** Those that are among the slowest so far. */
  | { readonly kind: 'slowlog'; readonly entries: readonly SlowlogEntry[] }
  | { readonly kind: 'latency'; readonly events: readonly LatencyEvent[] }
  /** All that is known so far: the last one counts. */
  | { readonly kind: 'state'; readonly state: ServerState }

/** What is known of all servers together. */
export interface ServerState {
  readonly mode: ServerMetricsMode
  readonly interval_ms: number
  readonly looks: readonly { readonly server: string; readonly looks: number; readonly unanswered: number }[]
  readonly servers_left_out: number
  readonly cost: ServerLookingCost
  readonly notes: readonly string[]
  /** Commands that a server did not let us ask; absent in journals of older versions. */
  readonly refused?: readonly string[]
  readonly slowlog_seen: number
  readonly commands: readonly ServerCommandResult[]
}
