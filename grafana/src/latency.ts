import { runAnnotations } from './annotations.ts'
import { MESSAGES } from './latency-messages.ts'
import { buildDashboard, DASHBOARD_TITLES } from './layout.ts'
import { badAbove, heatmap, series, stat } from './panels.ts'
import { buckets, mean, OPERATION, perSecond, quantile, ratio } from './queries.ts'
import { query, traced } from './query.ts'
import { runVariables } from './variables.ts'

const SERVICE = 'redis_operation_duration_seconds'
const RESPONSE = 'redis_operation_response_time_seconds'
const LAG = 'redis_test_start_lag_seconds'
const BY_OPERATION = ['operation']

const QUANTILES = [
  [0.5, 'p50'],
  [0.95, 'p95'],
  [0.99, 'p99'],
  [0.999, 'p99.9'],
] as const

/** Share of the commands above a bound of the histogram. */
function slowerThan(seconds: string): string {
  const all = perSecond(`${SERVICE}_count`, [], OPERATION)
  return `1 - ${ratio(perSecond(`${SERVICE}_bucket`, [], OPERATION, `le="${seconds}"`), all)}`
}

const SUMMARY = {
  title: 'In short',
  panels: [
    stat({
      title: 'Service time',
      description:
        'How long does Redis take? From the send of a command to its reply or failure, over all chosen operations.',
      unit: 's',
      width: 9,
      steps: badAbove(0.05, 0.5),
      queries: QUANTILES.map(([q, name]) => query(quantile(q, SERVICE, [], OPERATION), name)),
    }),
    stat({
      title: 'Response time',
      description:
        'How long does a user wait? From the instant a command was due, so with all the time it queued in the client. Empty in a closed loop.',
      unit: 's',
      width: 9,
      steps: badAbove(0.05, 0.5),
      queries: QUANTILES.map(([q, name]) => query(quantile(q, RESPONSE, [], OPERATION), name)),
    }),
    stat({
      title: 'Slower than 100 ms',
      description:
        'Which share of the commands took more than 100 ms in Redis? The bound is one of the histogram, so the share is exact.',
      unit: 'percentunit',
      width: 6,
      steps: badAbove(0.001, 0.01),
      queries: [query(slowerThan('0.1'), 'above 100 ms')],
    }),
  ],
}

const HEATMAPS = {
  title: 'Distribution',
  panels: [
    heatmap({
      title: 'Service time',
      description:
        'Is there one latency or several? Each column is a moment, each cell the rate of commands in that bucket. A second band is a second cause. The dots are traces.',
      width: 12,
      height: 10,
      query: traced(buckets(SERVICE, OPERATION), '{{le}}'),
    }),
    heatmap({
      title: 'Response time',
      description:
        'What did users see, queueing included? A slope that falls from the upper left is a queue that drains after a stall. Empty in a closed loop.',
      width: 12,
      height: 10,
      query: query(buckets(RESPONSE, OPERATION), '{{le}}'),
    }),
  ],
}

const BY_QUANTILE = {
  title: 'Quantiles by operation',
  panels: QUANTILES.filter(([, name]) => name !== 'p95').flatMap(([q, name]) => [
    series({
      title: `Service time ${name} by operation`,
      description: `Which operation is slow in Redis? ${name} from send to reply. The dots are traces: click one to see that command in Jaeger.`,
      unit: 's',
      width: 12,
      queries: [traced(quantile(q, SERVICE, BY_OPERATION, OPERATION), '{{operation}}')],
    }),
    series({
      title: `Response time ${name} by operation`,
      description: `Which operation do users wait for? ${name} from the due instant to the reply. Empty in a closed loop.`,
      unit: 's',
      width: 12,
      queries: [query(quantile(q, RESPONSE, BY_OPERATION, OPERATION), '{{operation}}')],
    }),
  ]),
}

const QUEUEING = {
  title: 'Waiting in the client',
  panels: [
    series({
      title: 'Service against response time',
      description:
        'How much of the wait is a queue? The gap between the two p99 (and the two p50) is time before the send. No gap: Redis makes the latency. A wide one: the client could not send, see start lag and connections.',
      unit: 's',
      width: 12,
      dashed: 'response.*',
      queries: [
        query(quantile(0.5, SERVICE, [], OPERATION), 'service p50'),
        query(quantile(0.5, RESPONSE, [], OPERATION), 'response p50'),
        query(quantile(0.99, SERVICE, [], OPERATION), 'service p99'),
        query(quantile(0.99, RESPONSE, [], OPERATION), 'response p99'),
      ],
    }),
    series({
      title: 'Mean wait before the send',
      description:
        'How long does a command wait on average before it is sent? Mean response time minus mean service time: exact, since sums and counts are.',
      unit: 's',
      width: 12,
      queries: [
        query(
          `(${mean(RESPONSE, BY_OPERATION, OPERATION)}) - (${mean(SERVICE, BY_OPERATION, OPERATION)})`,
          '{{operation}}',
        ),
      ],
    }),
    series({
      title: 'Start lag',
      description:
        'Was the generator on time? From the due instant to the send, for all operations. When it explains the gap above, the machine of the generator is too small.',
      unit: 's',
      width: 12,
      steps: badAbove(0.005, 0.05),
      queries: QUANTILES.map(([q, name]) => query(quantile(q, LAG), name)),
    }),
    heatmap({
      title: 'Start lag',
      description:
        'Is lateness rare or constant? Stripes at regular distances point to timers or garbage collection. Empty in a closed loop.',
      width: 12,
      query: query(buckets(LAG), '{{le}}'),
    }),
  ],
}

const OUTLIERS = {
  title: 'Failures and outliers',
  panels: [
    series({
      title: 'Service time by status',
      description:
        'Do failures take longer than successes, or are they quick? Slow failures are timeouts, quick ones refusals. p50 and p99 of each.',
      unit: 's',
      width: 12,
      queries: [
        query(quantile(0.5, SERVICE, ['status'], OPERATION), '{{status}} p50'),
        traced(quantile(0.99, SERVICE, ['status'], OPERATION), '{{status}} p99'),
      ],
    }),
    heatmap({
      title: 'Service time of failed commands',
      description:
        'How long until a failure was seen? A band at the command timeout: the server was silent. Low values: the connection broke. Empty without errors.',
      width: 12,
      query: traced(buckets(SERVICE, OPERATION, 'status="error"'), '{{le}}'),
    }),
    series({
      title: 'Slow commands',
      description:
        'How often is it really slow? Share of the commands above each bound of the histogram. Every slow command is kept as a trace, up to a rate limit.',
      unit: 'percentunit',
      width: 8,
      queries: ['0.01', '0.1', '1'].map((bound) => query(slowerThan(bound), `> ${Number(bound) * 1000} ms`)),
    }),
    series({
      title: 'Pipelines and transactions',
      description:
        'How long does a whole batch take? p99 of database operations, in which a pipeline or a transaction is one. The dots are traces.',
      unit: 's',
      width: 8,
      queries: [
        traced(
          quantile(0.99, 'db_client_operation_duration_seconds', ['db_operation_name']),
          '{{db_operation_name}}',
        ),
      ],
    }),
    series({
      title: 'Commands kept as traces',
      description:
        'Which commands can be looked up in Jaeger? By reason: sampled, error or slow. "not kept" would have been, but for the rate limit.',
      unit: 'ops',
      width: 8,
      queries: [
        query(perSecond('redis_test_kept_commands_total', ['reason']), '{{reason}}'),
        query(perSecond('redis_test_kept_commands_dropped_total'), 'not kept'),
      ],
    }),
  ],
}

export const latency = buildDashboard({
  uid: 'redis-test-latency',
  title: DASHBOARD_TITLES['redis-test-latency'],
  description: 'How long commands took: in Redis (service time) and for a user (response time).',
  variables: runVariables(),
  annotations: runAnnotations(),
  sections: [SUMMARY, HEATMAPS, BY_QUANTILE, QUEUEING, MESSAGES, OUTLIERS],
})
