/** What thresholds are judged on of the servers: the whole run so far, warm-up included. `null`: nobody has said. */
export interface ServerGuards {
  /** Of its `maxmemory`, 0 to 1, of the server and the moment where it was highest; `null` without a limit. */
  readonly used_memory_share: number | null
  /** Of the server that used the most. */
  readonly used_memory_bytes: number | null
  /**
   * Of a core, of the server where it is highest: the thread that runs commands, or the whole process where that is not
   * told. The mean of the run, and the highest between two looks.
   */
  readonly cpu_share: number | null
  readonly cpu_share_max: number | null
  /** Of the server that had most. */
  readonly connected_clients: number | null
  readonly blocked_clients: number | null
  /** Of all servers together, 0 to 1; `null` without reads. */
  readonly hit_ratio: number | null
  readonly evicted_keys: number | null
  readonly rejected_connections: number | null
  /** Of the replica that was farthest behind. */
  readonly replication_lag_bytes: number | null
  readonly longest_fork_ms: number | null
  /** New entries of slow logs; `null` where they are not asked for. */
  readonly slowlog_entries: number | null
  /** 0 without entries. */
  readonly slowlog_longest_ms: number | null
  /** Looks that were not answered. */
  readonly unanswered: number | null
}
