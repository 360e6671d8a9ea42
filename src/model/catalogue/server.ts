import { parseAddress } from '../address.ts'
import type { RunView } from '../run-view.ts'
import type { ServerLook, ServerNumber } from '../server-look.ts'
import type { Labels, Metric, NumberMetric, NumberPoint } from './metric.ts'
import { commandMetrics, lookMetrics } from './server-looks.ts'

const LABELS = ['server.address', 'server.port']

function serverLabelsOf({ server }: ServerLook): Labels {
  const address = parseAddress(server)
  if (address === undefined) return { 'server.address': server }
  return { 'server.address': address.host, 'server.port': String(address.port) }
}

/** One point for each server that says it. A server that is silent has none: what it said before is not so any more. */
function points({ tool }: RunView, read: (look: ServerLook) => number | null): NumberPoint[] {
  return (tool.servers?.looks ?? []).flatMap(({ look, isSilent }) => {
    const value = isSilent ? null : read(look)
    return value === null ? [] : [{ labels: serverLabelsOf(look), value }]
  })
}

type Base = Pick<NumberMetric, 'type' | 'unit' | 'help'>

function ofServer(prometheus: string, base: Base, read: (look: ServerLook) => number | null): Metric {
  return { ...base, prometheus, otel: prometheus, labels: LABELS, points: (view) => points(view, read) }
}

/** A number of `INFO` as it is there: names are those of redis_exporter where it has one. */
function info(prometheus: string, unit: string, number: ServerNumber, help: string): Metric {
  const type = prometheus.endsWith('_total') ? 'counter' : 'gauge'
  return ofServer(prometheus, { type, unit, help }, ({ numbers }) => numbers[number])
}

/** What every server says of itself, once a second: as redis_exporter names it, from the eyes of this run. */
const infoMetrics: readonly Metric[] = [
  info('redis_memory_used_bytes', 'By', 'memory_used_bytes', 'Memory that the server has allocated.'),
  info(
    'redis_memory_used_rss_bytes',
    'By',
    'memory_rss_bytes',
    'Memory of the server as the system sees it.',
  ),
  info('redis_memory_max_bytes', 'By', 'memory_max_bytes', 'Limit of the memory; 0 without one.'),
  info(
    'redis_mem_fragmentation_ratio',
    '1',
    'memory_fragmentation_ratio',
    'Memory that the system sees over memory that is allocated.',
  ),
  info('redis_connected_clients', '{client}', 'connected_clients', 'Clients of the server, ours and others.'),
  info('redis_blocked_clients', '{client}', 'blocked_clients', 'Clients that wait in a blocking command.'),
  info(
    'redis_commands_processed_total',
    '{command}',
    'commands',
    'Commands that the server ran, for all clients, since it started.',
  ),
  info('redis_cpu_sys_seconds_total', 's', 'cpu_sys_seconds', 'CPU time of the server inside the kernel.'),
  info('redis_cpu_user_seconds_total', 's', 'cpu_user_seconds', 'CPU time of the server outside the kernel.'),
  info(
    'redis_cpu_sys_main_thread_seconds_total',
    's',
    'cpu_main_thread_sys_seconds',
    'CPU time inside the kernel of the thread that runs the commands.',
  ),
  info(
    'redis_cpu_user_main_thread_seconds_total',
    's',
    'cpu_main_thread_user_seconds',
    'CPU time outside the kernel of the thread that runs the commands.',
  ),
  info('redis_net_input_bytes_total', 'By', 'net_input_bytes', 'Bytes that the server received.'),
  info('redis_net_output_bytes_total', 'By', 'net_output_bytes', 'Bytes that the server sent.'),
  info('redis_keyspace_hits_total', '{key}', 'keyspace_hits', 'Reads that found their key.'),
  info('redis_keyspace_misses_total', '{key}', 'keyspace_misses', 'Reads that did not find their key.'),
  info('redis_expired_keys_total', '{key}', 'expired_keys', 'Keys that expired.'),
  info('redis_evicted_keys_total', '{key}', 'evicted_keys', 'Keys that were evicted for want of memory.'),
  info(
    'redis_connections_received_total',
    '{connection}',
    'connections_received',
    'Connections that the server accepted.',
  ),
  info(
    'redis_rejected_connections_total',
    '{connection}',
    'rejected_connections',
    'Connections that were turned away because of maxclients.',
  ),
  info(
    'redis_rdb_bgsave_in_progress',
    '{save}',
    'rdb_in_progress',
    'Whether the server writes a snapshot: 1 while it does.',
  ),
  info(
    'redis_aof_rewrite_in_progress',
    '{rewrite}',
    'aof_rewrite_in_progress',
    'Whether the server rewrites its append-only file: 1 while it does.',
  ),
  info('redis_loading_dump_file', '{load}', 'loading', 'Whether the server loads its data: 1 while it does.'),
  info('redis_latest_fork_seconds', 's', 'latest_fork_seconds', 'How long the latest fork took.'),
  info(
    'redis_connected_slaves',
    '{replica}',
    'connected_replicas',
    'Replicas that are connected to the server.',
  ),
  info('redis_uptime_in_seconds', 's', 'uptime_seconds', 'Since when the server runs.'),
]

const ownMetrics: readonly Metric[] = [
  {
    prometheus: 'redis_up',
    otel: 'redis_up',
    type: 'gauge',
    unit: '{server}',
    help: 'Whether the server answered when it was looked at last: 1 if it did.',
    labels: LABELS,
    points: ({ tool }) =>
      (tool.servers?.looks ?? []).map(({ look, isSilent }) => ({
        labels: serverLabelsOf(look),
        value: isSilent ? 0 : 1,
      })),
  },
  ofServer(
    'redis_test_server_look_timestamp_seconds',
    {
      type: 'gauge',
      unit: 's',
      help: 'When a server said what is shown of it, by the clock of the run, since the epoch.',
    },
    ({ at_ms }) => at_ms / 1000,
  ),
  ofServer(
    'redis_master_link_up',
    { type: 'gauge', unit: '{link}', help: 'Whether a replica hears its master: 1 while the link is up.' },
    ({ isMasterLinkUp }) => (isMasterLinkUp === null ? null : Number(isMasterLinkUp)),
  ),
  ofServer(
    'redis_master_repl_offset',
    { type: 'gauge', unit: '{offset}', help: 'How far the replication stream of a master is, in bytes.' },
    ({ role, numbers }) => (role === 'master' ? numbers.replication_offset_bytes : null),
  ),
  ofServer(
    'redis_slave_repl_offset',
    { type: 'gauge', unit: '{offset}', help: 'How far a replica has followed, in bytes.' },
    ({ role, numbers }) => (role === 'replica' ? numbers.replication_offset_bytes : null),
  ),
  {
    prometheus: 'redis_test_server_replication_lag_bytes',
    otel: 'redis_test_server_replication_lag_bytes',
    type: 'gauge',
    unit: 'By',
    help: 'What a replica has not confirmed of the replication stream; of a master: the replica that is farthest behind.',
    labels: LABELS,
    points: ({ tool }) =>
      (tool.servers?.looks ?? []).flatMap(({ look, isSilent, replicationLagBytes: value }) =>
        isSilent || value === null ? [] : [{ labels: serverLabelsOf(look), value }],
      ),
  },
  {
    prometheus: 'redis_db_keys',
    otel: 'redis_db_keys',
    type: 'gauge',
    unit: '{key}',
    help: 'Keys of a database; the first sixteen that have any.',
    labels: [...LABELS, 'db'],
    points: ({ tool }) =>
      (tool.servers?.looks ?? []).flatMap(({ look, isSilent }) =>
        isSilent
          ? []
          : look.databases.map(({ db, keys }) => ({ labels: { ...serverLabelsOf(look), db }, value: keys })),
      ),
  },
]

/** The servers' side of a run; no series while they are not looked at. */
export const serverMetrics: readonly Metric[] = [
  ...ownMetrics,
  ...infoMetrics,
  ...commandMetrics,
  ...lookMetrics,
]
