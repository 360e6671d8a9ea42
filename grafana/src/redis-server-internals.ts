import { badAbove, badBelow, series } from './panels.ts'
import { query } from './query.ts'
import { both, bothRates, server, serverRate } from './server-queries.ts'

const EACH = '{{job}} {{instance}}'

/** Memory, keys, clients, network and processor of the server. */
export const SERVER_INTERNALS = {
  title: 'Inside the server',
  panels: [
    series({
      title: 'Memory',
      description:
        'How much memory does the server take, and how much may it? used: by its data. rss: from the system. max: its limit, where it has one.',
      unit: 'bytes',
      width: 12,
      dashed: 'max.*',
      queries: [
        query(server('redis_memory_used_bytes'), `used ${EACH}`),
        ...both('redis_memory_rss_bytes', 'redis_memory_used_rss_bytes', 'rss'),
        query(`${server('redis_maxmemory_bytes')} > 0`, `max ${EACH}`),
        query(`${server('redis_memory_max_bytes')} > 0`, `max ${EACH}`),
      ],
    }),
    series({
      title: 'Fragmentation',
      description:
        'How much more does the system give than the data needs? rss over used. Above 1.5 memory is wasted, below 1 the server swaps. Says nothing on a nearly empty server. From a recording rule.',
      unit: 'none',
      width: 6,
      steps: badAbove(1.5, 2),
      queries: [query(server('redis_server:fragmentation:ratio'), EACH)],
    }),
    series({
      title: 'Evicted and expired keys',
      description:
        'Does the server throw data away? Evicted: to stay below maxmemory, so reads will miss. Expired: their time was over.',
      unit: 'cps',
      width: 6,
      queries: [
        ...bothRates('redis_keys_evicted_total', 'redis_evicted_keys_total', 'evicted'),
        ...bothRates('redis_keys_expired_total', 'redis_expired_keys_total', 'expired'),
      ],
    }),
    series({
      title: 'Reads that found their key',
      description:
        'Does the cache work? Hits and misses a second. Misses at the start of a run are normal: its keys are not there yet.',
      unit: 'ops',
      width: 12,
      queries: [
        query(serverRate('redis_keyspace_hits_total'), `hits ${EACH}`),
        query(serverRate('redis_keyspace_misses_total'), `misses ${EACH}`),
      ],
    }),
    series({
      title: 'Hit ratio',
      description:
        'Is it getting better or worse? Hits over all reads, over five minutes. From a recording rule.',
      unit: 'percentunit',
      width: 6,
      max: 1,
      steps: badBelow(0.8, 0.5),
      queries: [query(server('redis_server:keyspace_hits:ratio_rate5m'), EACH)],
    }),
    series({
      title: 'Keys',
      description: 'How many keys are there, by database? A run only writes keys under its own prefix.',
      unit: 'short',
      width: 6,
      queries: [query(server('redis_db_keys'), `db {{db}} ${EACH}`)],
    }),
    series({
      title: 'Clients',
      description:
        'Who is connected? Connected clients, and those that wait in a blocking command such as BLPOP.',
      unit: 'none',
      width: 8,
      queries: [
        ...both('redis_clients_connected', 'redis_connected_clients', 'connected'),
        ...both('redis_clients_blocked', 'redis_blocked_clients', 'blocked'),
      ],
    }),
    series({
      title: 'New and rejected connections',
      description:
        'How hard is the server hit by reconnections? Connections it accepted a second, and those it turned away because of maxclients.',
      unit: 'cps',
      width: 8,
      queries: [
        query(serverRate('redis_connections_received_total'), `accepted ${EACH}`),
        ...bothRates('redis_connections_rejected_total', 'redis_rejected_connections_total', 'rejected'),
      ],
    }),
    series({
      title: 'Network',
      description:
        'How many bytes a second go in and out of the server? Compare with what its network can do.',
      unit: 'Bps',
      width: 8,
      queries: [
        query(serverRate('redis_net_input_bytes_total'), `in ${EACH}`),
        query(serverRate('redis_net_output_bytes_total'), `out ${EACH}`),
      ],
    }),
    series({
      title: 'CPU of the server',
      description:
        'Is Redis at the end of its core? CPU seconds a second. The main thread runs all commands: near 1 it is the bottleneck, whatever the machine has. redis_exporter gives user and sys only.',
      unit: 'percentunit',
      width: 12,
      steps: badAbove(0.8, 0.95),
      queries: [
        query(serverRate('redis_cpu_time_seconds_total', ['job', 'instance', 'state']), `{{state}} ${EACH}`),
        query(serverRate('redis_cpu_user_seconds_total'), `user ${EACH}`),
        query(serverRate('redis_cpu_sys_seconds_total'), `sys ${EACH}`),
      ],
    }),
    series({
      title: 'Calls that the server answered with an error',
      description:
        'What does the server refuse? Failed calls a second, by command. Only with the profile exporters.',
      unit: 'cps',
      width: 12,
      queries: [
        query(
          `${serverRate('redis_commands_failed_calls_total', ['job', 'instance', 'cmd'])} > 0`,
          `{{cmd}} ${EACH}`,
        ),
      ],
    }),
  ],
}
