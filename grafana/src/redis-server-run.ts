import { badAbove, badBelow, series, stat } from './panels.ts'
import { mean, OPERATION, perSecond, rate, select } from './queries.ts'
import { query } from './query.ts'

const BY_SERVER = 'max by (server_address, server_port)'
const EACH = '{{server_address}}:{{server_port}}'

/** A level of each server. Every instance of a run looks at the same servers, so nothing is added up over instances. */
function level(metric: string): string {
  return `${BY_SERVER} (${select(metric)})`
}

function growth(metric: string): string {
  return `${BY_SERVER} (${rate(metric)})`
}

const READS = `(${growth('redis_keyspace_hits_total')} + ${growth('redis_keyspace_misses_total')})`
const MAIN_THREAD = `${growth('redis_cpu_sys_main_thread_seconds_total')} + ${growth('redis_cpu_user_main_thread_seconds_total')}`
const PROCESS = `${growth('redis_cpu_sys_seconds_total')} + ${growth('redis_cpu_user_seconds_total')}`
const COMMANDS = 'redis_test_server_commands_total'
const COMMAND_TIME = 'redis_test_server_commands_duration_seconds_total'

/** What the run itself learns of every server that it finds: of all nodes, also where nobody else looks. */
export const SERVERS_OF_THE_RUN = {
  title: 'Every server, as the run sees it',
  panels: [
    stat({
      title: 'Servers',
      description:
        'Does every server answer when the run looks at it? Silent ones are gone, frozen or busy. Empty with --server-metrics off.',
      unit: 'none',
      width: 6,
      queries: [
        query(`sum(${level('redis_up')})`, 'answer'),
        query(`sum(1 - ${level('redis_up')})`, 'silent'),
      ],
    }),
    stat({
      title: 'New entries of slow logs',
      description:
        'Did servers log slow commands, of any client? Entries a second. The slowest of them are in the result, beside what we saw of them.',
      unit: 'cps',
      width: 6,
      queries: [query(`max(${rate('redis_test_server_slowlog_entries_total')})`, 'entries')],
    }),
    stat({
      title: 'Looks without an answer',
      description:
        'How often does a server not answer? Looks a second, of all instances. A few when a server fails over are usual.',
      unit: 'cps',
      width: 6,
      steps: badAbove(0.000_001, 1),
      queries: [query(perSecond('redis_test_server_looks_total', [], 'result="unanswered"'), 'unanswered')],
    }),
    stat({
      title: 'Cost of looking',
      description:
        'What does it cost the servers that the run looks at them? Their own time for it, of one core, all servers and instances together.',
      unit: 'percentunit',
      width: 6,
      steps: badAbove(0.005, 0.02),
      queries: [query(perSecond('redis_test_server_look_seconds_total'), 'of a core')],
    }),
    series({
      title: 'Commands of each server',
      description:
        'Is the load spread over the servers? Commands a second, of all clients. Replicas run what their masters tell them, too.',
      unit: 'ops',
      width: 8,
      queries: [query(growth('redis_commands_processed_total'), EACH)],
    }),
    series({
      title: 'CPU of each server',
      description:
        'Which server is at its limit? Of one core: the thread that runs the commands, or the process where that is not told (before Redis 6.2).',
      unit: 'percentunit',
      width: 8,
      steps: badAbove(0.8, 0.95),
      queries: [query(`(${MAIN_THREAD}) or (${PROCESS})`, EACH)],
    }),
    series({
      title: 'Memory of each server',
      description: 'How much memory does its data take? Dashed: its limit, where it has one.',
      unit: 'bytes',
      width: 8,
      dashed: 'max.*',
      queries: [
        query(level('redis_memory_used_bytes'), EACH),
        query(`${level('redis_memory_max_bytes')} > 0`, `max ${EACH}`),
      ],
    }),
    series({
      title: 'Inside the server and for the client',
      description:
        'Where does the time go? Lines: mean time that the servers spent on a command. Dashed: what we waited for it (service time). Between them: network, queues and the client.',
      unit: 's',
      width: 12,
      dashed: 'client.*',
      queries: [
        query(`${perSecond(COMMAND_TIME, ['cmd'])} / (${perSecond(COMMANDS, ['cmd'])} > 0)`, '{{cmd}}'),
        query(mean('redis_operation_duration_seconds', ['operation'], OPERATION), 'client {{operation}}'),
      ],
    }),
    series({
      title: 'Hit ratio of each server',
      description: 'Do reads find their key? Hits over all reads, of all clients. Empty without reads.',
      unit: 'percentunit',
      width: 6,
      max: 1,
      steps: badBelow(0.8, 0.5),
      queries: [query(`${growth('redis_keyspace_hits_total')} / (${READS} > 0)`, EACH)],
    }),
    series({
      title: 'Evicted keys of each server',
      description:
        'Does a server throw data away to stay below maxmemory? Keys a second; reads of them miss.',
      unit: 'cps',
      width: 6,
      queries: [query(growth('redis_evicted_keys_total'), EACH)],
    }),
    series({
      title: 'Clients of each server',
      description: 'Who is connected where? Ours and others; blocked ones wait in a command such as BLPOP.',
      unit: 'none',
      width: 8,
      queries: [
        query(level('redis_connected_clients'), EACH),
        query(`${level('redis_blocked_clients')} > 0`, `blocked ${EACH}`),
      ],
    }),
    series({
      title: 'Connections to each server',
      description:
        'Which server is hit by reconnections? Connections that it accepted a second, and those that it turned away because of maxclients.',
      unit: 'cps',
      width: 8,
      queries: [
        query(growth('redis_connections_received_total'), `accepted ${EACH}`),
        query(`${growth('redis_rejected_connections_total')} > 0`, `rejected ${EACH}`),
      ],
    }),
    series({
      title: 'Behind the master',
      description:
        'How much would a failover lose? Bytes of the stream of changes that a replica has not confirmed; of a master: of the replica that is farthest behind. Replicas confirm once a second.',
      unit: 'bytes',
      width: 8,
      queries: [query(level('redis_test_server_replication_lag_bytes'), EACH)],
    }),
  ],
}
