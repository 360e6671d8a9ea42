import { badAbove, heatmap, series, stat } from './panels.ts'
import { buckets, mean, quantile, runQuantile, select, sum } from './queries.ts'
import { query } from './query.ts'

const RECONNECTION = 'redis_reconnection_duration_seconds'
const FIRST = 'redis_connection_duration_seconds'
const ATTEMPT = 'redis_test_connection_attempt_duration_seconds'
const DETECTION = 'redis_test_outage_detection_seconds'
const BACKOFF = 'redis_test_outage_backoff_seconds'

/** p50, p95 and p99, which an outage of a few dozen connections can still give. */
function quantiles(metric: string, ...matchers: readonly string[]): ReturnType<typeof query>[] {
  return [
    query(quantile(0.5, metric, [], ...matchers), 'p50'),
    query(quantile(0.95, metric, [], ...matchers), 'p95'),
    query(quantile(0.99, metric, [], ...matchers), 'p99'),
  ]
}

export const CONNECTION_TIMES = {
  title: 'How long it took',
  panels: [
    heatmap({
      title: 'Reconnection time',
      description:
        'Do all connections come back together or in waves? Time from loss to ready again, for the outages that ended at that moment. Bands are attempts: each backoff makes one.',
      width: 12,
      query: query(buckets(RECONNECTION), '{{le}}'),
    }),
    series({
      title: 'Reconnection time',
      description:
        'How long was a connection away? Quantiles of the outages that ended in the last moments. A gap: none ended.',
      unit: 's',
      width: 12,
      steps: badAbove(1, 5),
      queries: quantiles(RECONNECTION),
    }),
    heatmap({
      title: 'Duration of attempts',
      description:
        'How long does one attempt take, from the start of the dial to ready or to the failure? First connects and reconnections. It grows when the server is busy with handshakes.',
      width: 12,
      query: query(buckets(ATTEMPT), '{{le}}'),
    }),
    series({
      title: 'Duration of attempts, by status',
      description:
        'Do attempts fail fast or by timeout? Failures near zero are refused connections, failures at the connect timeout are silence.',
      unit: 's',
      width: 12,
      queries: [
        query(quantile(0.5, ATTEMPT, ['status']), '{{status}} p50'),
        query(quantile(0.95, ATTEMPT, ['status']), '{{status}} p95'),
      ],
    }),
    stat({
      title: 'First connects',
      description:
        'How long did the runs need to get their connections at all? Quantiles of all first connects so far: most happen before the first scrape, so a course over time would show nothing.',
      unit: 's',
      width: 8,
      height: 8,
      queries: [
        query(runQuantile(0.5, FIRST, ['status']), '{{status}} p50'),
        query(runQuantile(0.95, FIRST, ['status']), '{{status}} p95'),
      ],
    }),
    series({
      title: 'Time until the loss was seen',
      description:
        'How long did commands wait on a dead connection? Near zero when the other side closes it, up to the socket timeout when it goes silent.',
      unit: 's',
      width: 8,
      queries: quantiles(DETECTION),
    }),
    series({
      title: 'Backoff',
      description:
        'How much of an outage was waiting on purpose? Delays before the attempts, added up for each outage. Set by client.retry of the profile.',
      unit: 's',
      width: 8,
      queries: quantiles(BACKOFF),
    }),
    series({
      title: 'What an outage is made of',
      description:
        'Where does the time go? Means: reconnection is the whole, backoff the part spent waiting, detection the time before. What is left of the reconnection is dials and handshakes.',
      unit: 's',
      width: 12,
      dashed: 'reconnection',
      queries: [
        query(mean(RECONNECTION), 'reconnection'),
        query(mean(BACKOFF), 'backoff'),
        query(mean(DETECTION), 'detection'),
      ],
    }),
    series({
      title: 'Used and idle connections',
      description:
        'Are there more connections than work? Ready connections with and without commands in flight.',
      unit: 'none',
      width: 12,
      stacked: true,
      queries: [
        query(
          sum(['db_client_connection_state'], select('db_client_connection_count')),
          '{{db_client_connection_state}}',
        ),
      ],
    }),
  ],
}
