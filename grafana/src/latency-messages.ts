import { series } from './panels.ts'
import { perSecond, quantile, select, sum } from './queries.ts'
import { query } from './query.ts'

export const MESSAGES = {
  title: 'Messages',
  panels: [
    series({
      title: 'Delivery time',
      description:
        'How long is a message on its way? From its publishing to its arrival at a subscriber, or from its adding to a stream to its arrival at a consumer. Empty when the profile has neither.',
      unit: 's',
      width: 6,
      queries: [
        query(quantile(0.5, 'redis_test_pubsub_delivery_seconds'), 'pub/sub p50'),
        query(quantile(0.99, 'redis_test_pubsub_delivery_seconds'), 'pub/sub p99'),
        query(quantile(0.5, 'redis_test_stream_delivery_seconds'), 'streams p50'),
        query(quantile(0.99, 'redis_test_stream_delivery_seconds'), 'streams p99'),
      ],
    }),
    series({
      title: 'Published messages',
      description:
        'Does what is published arrive? Once for each subscriber: received should be as much as promised, missed and damaged nothing. Empty without subscribers.',
      unit: 'ops',
      width: 6,
      queries: [query(perSecond('redis_test_pubsub_messages_total', ['state']), '{{state}}')],
    }),
    series({
      title: 'Subscribers, and messages not delivered',
      description:
        'Who listens, and what did the server promise that has not arrived? On its way during a run, lost when it is over. Empty without subscribers.',
      unit: 'none',
      width: 6,
      queries: [
        query(sum([], select('redis_test_pubsub_subscribers')), 'subscribers'),
        query(sum([], select('redis_test_pubsub_undelivered_messages')), 'not delivered'),
      ],
    }),
    series({
      title: 'Stream backlog',
      description:
        'Do the consumers keep up? Lag: added and read by nobody yet. Pending: read and not acknowledged. A lag that only grows means that there are too few of them. Empty without consumers.',
      unit: 'none',
      width: 6,
      queries: [
        query(sum([], select('redis_test_stream_lag_entries')), 'lag'),
        query(sum([], select('redis_test_stream_pending_entries')), 'pending'),
      ],
    }),
  ],
}
