import { runAnnotations } from './annotations.ts'
import { buildDashboard, DASHBOARD_TITLES } from './layout.ts'
import { badAbove, badBelow, series, stat } from './panels.ts'
import { OPERATION, perSecond, select } from './queries.ts'
import { query } from './query.ts'
import { SERVER_INTERNALS } from './redis-server-internals.ts'
import { SERVERS_OF_THE_RUN } from './redis-server-run.ts'
import { REPLICATION } from './redis-server-replication.ts'
import { both, NOT_A_RUN, SERVER, server, serverRate } from './server-queries.ts'
import { chooseMany, runVariables } from './variables.ts'

const SUMMARY = {
  title: 'In short',
  panels: [
    stat({
      title: 'Commands processed',
      description:
        'How many commands a second does each server run, from all of its clients? Pipelined commands count one by one.',
      unit: 'ops',
      width: 4,
      queries: [query(serverRate('redis_commands_processed_total'), '{{job}} {{instance}}')],
    }),
    stat({
      title: 'Connected clients',
      description: 'How many clients are connected to each server, ours and others?',
      unit: 'none',
      width: 4,
      queries: both('redis_clients_connected', 'redis_connected_clients'),
    }),
    stat({
      title: 'Memory used',
      description:
        'How close is each server to its limit? Memory used as a share of maxmemory. Empty without a limit. From a recording rule, from either source.',
      unit: 'percentunit',
      width: 4,
      steps: badAbove(0.8, 0.9),
      queries: [query(server('redis_server:memory_used:ratio'), '{{job}} {{instance}}')],
    }),
    stat({
      title: 'Hit ratio',
      description:
        'How many reads find their key, over five minutes? Low is right for a load that reads keys that do not exist. From a recording rule.',
      unit: 'percentunit',
      width: 4,
      steps: badBelow(0.8, 0.5),
      queries: [query(server('redis_server:keyspace_hits:ratio_rate5m'), '{{job}} {{instance}}')],
    }),
    stat({
      title: 'Rejected connections',
      description:
        'Did the server turn clients away because maxclients was reached? A second, over five minutes. From a recording rule.',
      unit: 'cps',
      width: 4,
      steps: badAbove(0.000_001, 1),
      queries: [query(server('redis_server:rejected_connections:rate5m'), '{{job}} {{instance}}')],
    }),
    stat({
      title: 'Uptime',
      description: 'Since when does each server run? A small value in the middle of a run: it was restarted.',
      unit: 's',
      width: 4,
      queries: [
        query(server('redis_uptime_seconds_total'), '{{job}} {{instance}}'),
        query(server('redis_uptime_in_seconds'), '{{job}} {{instance}}'),
      ],
    }),
  ],
}

const COUNTS = {
  title: 'Client against server',
  panels: [
    series({
      title: 'Commands: ours and the server’s',
      description:
        'Does the server see the load that we send? Dashed: commands we issued, warm-up included. Lines: commands each source says the server processed. The server is a little above: it also counts connecting, monitoring and the clean-up.',
      unit: 'ops',
      width: 12,
      dashed: 'client.*',
      queries: [
        query(
          `${perSecond('redis_test_issued_operations_total')} + ${perSecond('redis_test_warmup_operations_total')}`,
          'client',
        ),
        query(
          `sum by (job) (rate(redis_commands_processed_total{${SERVER}}[$__rate_interval]))`,
          'server, by {{job}}',
        ),
      ],
    }),
    series({
      title: 'Server’s commands for each of ours',
      description:
        'Is anybody else using the server? 1 means that every command it ran was ours. Above 1 others are at work (or connections storm, since handshakes are commands too); below 1 commands of ours did not arrive.',
      unit: 'none',
      width: 12,
      queries: [
        query(
          `sum by (job) (rate(redis_commands_processed_total{${SERVER}}[$__rate_interval])) / on () group_left () ((${perSecond('redis_test_issued_operations_total')} + ${perSecond('redis_test_warmup_operations_total')}) > 0)`,
          'by {{job}}',
        ),
      ],
    }),
    series({
      title: 'By command, as the client counts',
      description:
        'Which commands did we measure? Settled commands a second in the measured phase. Compare each with the same command on the right.',
      unit: 'ops',
      width: 12,
      queries: [query(perSecond('redis_operations_total', ['operation'], OPERATION), '{{operation}}')],
    }),
    series({
      title: 'By command, as the server counts',
      description:
        'Which commands does the server run, from anybody? The collector’s receiver and, with the profile exporters, redis_exporter.',
      unit: 'ops',
      width: 12,
      queries: [
        query(`${serverRate('redis_cmd_calls_total', ['cmd', 'job'])} > 0`, '{{cmd}} ({{job}})'),
        query(`${serverRate('redis_commands_total', ['cmd', 'job'])} > 0`, '{{cmd}} ({{job}})'),
      ],
    }),
    series({
      title: 'Time inside the server, by command',
      description:
        'How long does the server itself work on a command, without network and queues? Far below the service time: the rest is network or waiting.',
      unit: 's',
      width: 12,
      queries: [
        query(
          `${serverRate('redis_cmd_usec_microseconds_total', ['cmd', 'job'])} / 1e6 / (${serverRate('redis_cmd_calls_total', ['cmd', 'job'])} > 0)`,
          '{{cmd}} ({{job}})',
        ),
        query(
          `${serverRate('redis_commands_duration_seconds_total', ['cmd', 'job'])} / (${serverRate('redis_commands_total', ['cmd', 'job'])} > 0)`,
          '{{cmd}} ({{job}})',
        ),
      ],
    }),
    series({
      title: 'Connections: ours and the server’s',
      description:
        'Do both sides agree on who is connected? Dashed: our ready connections. The server also sees monitoring and other clients; when it sees fewer, connections are dead and we do not know yet.',
      unit: 'none',
      width: 12,
      dashed: 'client.*',
      queries: [
        query(`sum(${select('redis_active_connections')})`, 'client'),
        ...both('redis_clients_connected', 'redis_connected_clients'),
      ],
    }),
  ],
}

const UPTIMES = 'redis_uptime_seconds_total|redis_uptime_in_seconds'

export const redisServer = buildDashboard({
  uid: 'redis-test-redis-server',
  title: DASHBOARD_TITLES['redis-test-redis-server'],
  description:
    'What the server says about itself: to the run, to the collector’s Redis receiver, and with the profile exporters to redis_exporter as well.',
  variables: [
    ...runVariables(),
    chooseMany('redis_job', `label_values({__name__=~"${UPTIMES}", ${NOT_A_RUN}}, job)`),
    chooseMany(
      'redis_instance',
      `label_values({__name__=~"${UPTIMES}", ${NOT_A_RUN}, job=~"$redis_job"}, instance)`,
    ),
  ],
  annotations: runAnnotations(),
  sections: [SUMMARY, COUNTS, SERVERS_OF_THE_RUN, SERVER_INTERNALS, REPLICATION],
})
