import { runAnnotations } from './annotations.ts'
import { CONNECTION_TIMES } from './connections-times.ts'
import { buildDashboard, DASHBOARD_TITLES } from './layout.ts'
import { badAbove, series, stat } from './panels.ts'
import { OPERATION, perSecond, quantile, ratio, runQuantile, runTotal, select, sum } from './queries.ts'
import { query } from './query.ts'
import { runVariables } from './variables.ts'

const SUMMARY = {
  title: 'In short',
  panels: [
    stat({
      title: 'Ready',
      description:
        'How many connections can take commands right now? Should be the number of planned clients.',
      unit: 'none',
      width: 4,
      queries: [query(sum([], select('redis_active_connections')), 'ready')],
    }),
    stat({
      title: 'Down',
      description:
        'How many connections were lost and are not back? Zero outside of a storm; when it stays above, look at the failed attempts.',
      unit: 'none',
      width: 4,
      steps: badAbove(1, 10),
      queries: [query(sum([], select('redis_test_connections_down')), 'down')],
    }),
    stat({
      title: 'Lost since the start',
      description: 'How many ready connections were lost in the runs so far, for whatever reason?',
      unit: 'none',
      width: 4,
      queries: [query(runTotal('redis_connection_drops_total'), 'lost')],
    }),
    stat({
      title: 'Reconnection time',
      description:
        'How long was a connection away? From its loss to ready again, backoff and failed attempts included, over all outages of the runs so far. Empty when there was none.',
      unit: 's',
      width: 6,
      steps: badAbove(1, 5),
      queries: [
        query(runQuantile(0.5, 'redis_reconnection_duration_seconds'), 'p50'),
        query(runQuantile(0.95, 'redis_reconnection_duration_seconds'), 'p95'),
      ],
    }),
    stat({
      title: 'Failed attempts',
      description:
        'Which share of the connection attempts fails? High in a storm: the server refuses, or is not there. Empty while nothing connects.',
      unit: 'percentunit',
      width: 3,
      steps: badAbove(0.05, 0.5),
      queries: [
        query(
          ratio(
            perSecond('redis_connections_total', [], 'status="error"'),
            perSecond('redis_connections_total'),
          ),
          'failed',
        ),
      ],
    }),
    stat({
      title: 'Hit by faults',
      description:
        'How many connections did the runs break on purpose? Less than the lost ones: somebody else broke the others. Empty when the profile has no faults.',
      unit: 'none',
      width: 3,
      queries: [query(runTotal('redis_test_fault_connections_total'), 'hit')],
    }),
  ],
}

const STORM = {
  title: 'The storm',
  panels: [
    series({
      title: 'Ready and down',
      description:
        'How deep is each outage, and how fast does it heal? Ready falls and down rises by the same number; the red marks are faults made on purpose.',
      unit: 'none',
      width: 12,
      queries: [
        query(sum([], select('redis_active_connections')), 'ready'),
        query(sum([], select('redis_test_connections_down')), 'down'),
      ],
    }),
    series({
      title: 'Connections lost, by error type',
      description:
        'Why were they lost? Losses a second. timeout: silence. connection_error: closed or reset by the other side.',
      unit: 'cps',
      width: 12,
      queries: [query(perSecond('redis_connection_drops_total', ['error_type']), '{{error_type}}')],
    }),
    series({
      title: 'Connection attempts',
      description:
        'Do attempts succeed? Attempts a second, first connects and reconnections. Many failures for each success are a reconnection storm that the server cannot take.',
      unit: 'cps',
      width: 12,
      queries: [
        query(perSecond('redis_connections_total', [], 'status="success"'), 'success'),
        query(
          `${perSecond('redis_connections_total', ['error_type'], 'status="error"')} > 0`,
          'failed: {{error_type}}',
        ),
      ],
    }),
    series({
      title: 'Close reasons',
      description:
        'Who closed them? server_close: the server. application_close: the client. error: the finer code says which. A series begins with its first loss, so that very first one is not in the rate.',
      unit: 'cps',
      width: 12,
      queries: [
        query(
          perSecond('redis_client_connection_closed_total', [
            'redis_client_connection_close_reason',
            'error_type',
          ]),
          '{{redis_client_connection_close_reason}} {{error_type}}',
        ),
      ],
    }),
    series({
      title: 'Errors of commands at the same time',
      description:
        'What did commands see of it? Failed and indeterminate commands a second, by fine error code. A series begins with its first error, so that very first one is not in the rate.',
      unit: 'ops',
      width: 12,
      queries: [
        query(
          perSecond('redis_client_errors_total', ['error_type', 'redis_client_errors_category']),
          '{{error_type}} ({{redis_client_errors_category}})',
        ),
      ],
    }),
    series({
      title: 'Faults made on purpose',
      description:
        'What did the run do, and when? Counts so far: each step up is a fault, and the number of connections it hit. Empty without faults.',
      unit: 'none',
      width: 12,
      queries: [
        query(sum(['kind', 'result'], select('redis_test_faults_total')), '{{kind}} {{result}}'),
        query(sum(['kind'], select('redis_test_fault_connections_total')), '{{kind}} connections'),
      ],
    }),
  ],
}

const COMMANDS = {
  title: 'What commands lived through',
  panels: [
    series({
      title: 'Failed and indeterminate',
      description:
        'How many commands were lost, and of how many is it unknown? Indeterminate ones were on the wire when the connection broke: the server may have run them.',
      unit: 'ops',
      width: 8,
      queries: [
        query(perSecond('redis_test_outcomes_total', ['outcome'], OPERATION, 'outcome!="ok"'), '{{outcome}}'),
      ],
    }),
    series({
      title: 'Response time p99',
      description:
        'How long did users wait during the storm? A peak as high as the outage is long means that commands waited for the connection. Empty in a closed loop.',
      unit: 's',
      width: 8,
      queries: [
        query(quantile(0.5, 'redis_operation_response_time_seconds', [], OPERATION), 'p50'),
        query(quantile(0.99, 'redis_operation_response_time_seconds', [], OPERATION), 'p99'),
      ],
    }),
    series({
      title: 'Queued and sent again by the client',
      description:
        'What did ioredis do behind our back? Only with the preset as-app: commands it queued without a connection, sent a second time, or still holds. All zero with the preset measure.',
      unit: 'none',
      width: 8,
      queries: [
        query(perSecond('redis_test_offline_queued_commands_total'), 'queued a second'),
        query(perSecond('redis_test_resent_commands_total'), 'sent again a second'),
        query(sum([], select('db_client_connection_pending_requests')), 'waiting now'),
      ],
    }),
  ],
}

export const connections = buildDashboard({
  uid: 'redis-test-connections',
  title: DASHBOARD_TITLES['redis-test-connections'],
  description: 'How connections were lost and came back, and what commands lived through meanwhile.',
  variables: runVariables(),
  annotations: runAnnotations(),
  sections: [SUMMARY, STORM, CONNECTION_TIMES, COMMANDS],
})
