import type { ChartColumn } from '../../model/server-samples.ts'

/** How the values of a column are written: bytes in whatever unit suits the largest, shares as per cent. */
export type ServerUnit = 'bytes' | 'bytes/s' | 'share' | 'cores' | 'ms' | 'ratio' | `${string}/s` | 'count'

/** A column of what servers say of themselves, as a line. */
export interface ServerLine {
  readonly column: ChartColumn
  readonly label: string
  readonly style?: 'dashed'
  /** What it is when nothing happens; a chart in which every line is at that is left out. `steady`: whatever it is. */
  readonly usual?: number | 'steady'
}

/** Columns that belong together; of a single server they are one chart, of several a chart each. */
export interface ServerChart {
  readonly title: string
  readonly about: string
  readonly unit: ServerUnit
  readonly lines: readonly ServerLine[]
}

/** Every column has its place here: a test asks for it. */
export const SERVER_CHART_TABLE = {
  memory: {
    title: 'Memory',
    about: 'Data and buffers (used), what the operating system gave (resident), and the limit (maxmemory).',
    unit: 'bytes',
    lines: [
      { column: 'memory_used_bytes', label: 'used' },
      { column: 'memory_rss_bytes', label: 'resident' },
      { column: 'memory_max_bytes', label: 'limit', style: 'dashed', usual: 0 },
    ],
  },
  ops: {
    title: 'Commands of all clients',
    about: 'What the server executed, for us and for others.',
    unit: 'ops/s',
    lines: [{ column: 'ops_per_second', label: 'commands' }],
  },
  cpu: {
    title: 'Processor time of the server',
    about: 'All of its threads, and the one that executes commands; 1 is one whole core.',
    unit: 'cores',
    lines: [
      { column: 'cpu_cores', label: 'all threads' },
      { column: 'cpu_main_thread_cores', label: 'main thread' },
    ],
  },
  clients: {
    title: 'Clients',
    about: 'Connected to the server, and waiting in a command that blocks.',
    unit: 'count',
    lines: [
      { column: 'connected_clients', label: 'connected' },
      { column: 'blocked_clients', label: 'blocked', usual: 0 },
    ],
  },
  network: {
    title: 'Network of the server',
    about: 'Bytes that it received and sent, replication included.',
    unit: 'bytes/s',
    lines: [
      { column: 'net_input_bytes_per_second', label: 'received' },
      { column: 'net_output_bytes_per_second', label: 'sent' },
    ],
  },
  hits: {
    title: 'Reads that found their key',
    about: 'Of all clients; nothing where nobody read.',
    unit: 'share',
    lines: [{ column: 'hit_ratio', label: 'hit ratio' }],
  },
  keys: {
    title: 'Keys',
    about: 'In all databases of the server.',
    unit: 'count',
    lines: [{ column: 'keys', label: 'keys' }],
  },
  removed: {
    title: 'Keys removed',
    about: 'By their time to live (expired), and for lack of memory (evicted).',
    unit: 'keys/s',
    lines: [
      { column: 'expired_keys_per_second', label: 'expired', usual: 0 },
      { column: 'evicted_keys_per_second', label: 'evicted', usual: 0 },
    ],
  },
  accepted: {
    title: 'New connections',
    about: 'That the server accepted, and that it refused for want of room.',
    unit: 'connections/s',
    lines: [
      { column: 'connections_received_per_second', label: 'accepted', usual: 0 },
      { column: 'rejected_connections_per_second', label: 'refused', usual: 0 },
    ],
  },
  fragmentation: {
    title: 'Fragmentation',
    about: 'Resident memory over used memory; of little meaning while there is little data.',
    unit: 'ratio',
    lines: [{ column: 'memory_fragmentation_ratio', label: 'ratio' }],
  },
  background: {
    title: 'Work in the background',
    about: '1 while it goes on: writing a snapshot or a new append-only file, loading data.',
    unit: 'count',
    lines: [
      { column: 'rdb_in_progress', label: 'snapshot', usual: 0 },
      { column: 'aof_rewrite_in_progress', label: 'append-only file', usual: 0 },
      { column: 'loading', label: 'loading', usual: 0 },
    ],
  },
  forks: {
    title: 'Forks',
    about: 'How long the server stood still to make a copy of itself.',
    unit: 'ms',
    lines: [{ column: 'fork_ms', label: 'stood still', usual: 0 }],
  },
  lag: {
    title: 'Replication behind by',
    about:
      'What a replica has not confirmed of what its master wrote; of a master, the replica farthest behind.',
    unit: 'bytes',
    lines: [{ column: 'replication_lag_bytes', label: 'behind', usual: 0 }],
  },
  replicas: {
    title: 'Replicas',
    about: 'Connected to a master; and of a replica, 1 while the link to its master is up.',
    unit: 'count',
    lines: [
      { column: 'connected_replicas', label: 'connected replicas', usual: 'steady' },
      { column: 'master_link_up', label: 'link to the master', usual: 1 },
    ],
  },
} as const satisfies Readonly<Record<string, ServerChart>>
