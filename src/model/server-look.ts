/** What a field of `INFO` is to us: its name there, and what one of it is in our unit. */
interface InfoNumber {
  readonly field: string
  /** Replicas have another field for it. */
  readonly ofReplica?: string
  readonly perUnit?: number
}

/** Numbers of one look, under our names: levels and counters as the server has them. */
export const SERVER_NUMBERS = {
  memory_used_bytes: { field: 'used_memory' },
  memory_rss_bytes: { field: 'used_memory_rss' },
  memory_max_bytes: { field: 'maxmemory' },
  memory_fragmentation_ratio: { field: 'mem_fragmentation_ratio' },
  connected_clients: { field: 'connected_clients' },
  blocked_clients: { field: 'blocked_clients' },
  commands: { field: 'total_commands_processed' },
  cpu_sys_seconds: { field: 'used_cpu_sys' },
  cpu_user_seconds: { field: 'used_cpu_user' },
  cpu_main_thread_sys_seconds: { field: 'used_cpu_sys_main_thread' },
  cpu_main_thread_user_seconds: { field: 'used_cpu_user_main_thread' },
  net_input_bytes: { field: 'total_net_input_bytes' },
  net_output_bytes: { field: 'total_net_output_bytes' },
  keyspace_hits: { field: 'keyspace_hits' },
  keyspace_misses: { field: 'keyspace_misses' },
  expired_keys: { field: 'expired_keys' },
  evicted_keys: { field: 'evicted_keys' },
  connections_received: { field: 'total_connections_received' },
  rejected_connections: { field: 'rejected_connections' },
  rdb_in_progress: { field: 'rdb_bgsave_in_progress' },
  aof_rewrite_in_progress: { field: 'aof_rewrite_in_progress' },
  loading: { field: 'loading' },
  latest_fork_seconds: { field: 'latest_fork_usec', perUnit: 1e6 },
  forks: { field: 'total_forks' },
  connected_replicas: { field: 'connected_slaves' },
  replication_offset_bytes: { field: 'master_repl_offset', ofReplica: 'slave_repl_offset' },
  uptime_seconds: { field: 'uptime_in_seconds' },
} as const satisfies Record<string, InfoNumber>
export type ServerNumber = keyof typeof SERVER_NUMBERS

/** What a server said of itself at one moment. */
export interface ServerLook {
  /** `host:port` */
  readonly server: string
  /** Milliseconds since the epoch, when it answered. */
  readonly at_ms: number
  /** Changes when the server restarts. */
  readonly serverRunId: string
  readonly role: 'master' | 'replica'
  /** `null`: it did not say. */
  readonly numbers: Readonly<Record<ServerNumber, number | null>>
  /** Of a replica: whether the link to its master is up. */
  readonly isMasterLinkUp: boolean | null
  readonly databases: readonly { readonly db: string; readonly keys: number; readonly expires: number }[]
  /** Of a master, as it announces them. */
  readonly replicas: readonly { readonly address: string; readonly offset: number }[]
  /** How far its clock is ahead of ours; 0 where it does not say. */
  readonly clockAheadMillis: number
}
