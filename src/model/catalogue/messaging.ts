import { COMMAND_BOUNDS_SECONDS, RECONNECTION_BOUNDS_SECONDS } from '../bounds.ts'
import { errorCodeAt } from '../error-codes.ts'
import type { ThreadHistogram } from '../ledger.ts'
import { ERROR_TYPES } from '../outcome.ts'
import type { RunView } from '../run-view.ts'
import {
  type HistogramMetric,
  histogramPoint,
  type Labels,
  mergeNumberPoints,
  type Metric,
  type NumberMetric,
  type NumberPoint,
} from './metric.ts'

const hasSubscribers = ({ plan }: RunView): boolean => plan.pubsub.subscribers > 0
const hasConsumers = ({ plan }: RunView): boolean => plan.streams.consumers > 0

/** A metric that exists only in runs with the kind of listener that it is about. */
function numbers(
  base: Pick<NumberMetric, 'prometheus' | 'type' | 'unit' | 'help' | 'labels'> & { readonly otel?: string },
  isUsed: (view: RunView) => boolean,
  points: (view: RunView) => readonly NumberPoint[],
): Metric {
  return { otel: base.prometheus, ...base, points: (view) => (isUsed(view) ? points(view) : []) }
}

function times(
  base: Pick<HistogramMetric, 'prometheus' | 'help' | 'boundsSeconds'> &
    Partial<Pick<HistogramMetric, 'otel' | 'labels'>>,
  isUsed: (view: RunView) => boolean,
  name: ThreadHistogram,
  labelsOf: (view: RunView) => Labels = () => ({}),
): Metric {
  return {
    otel: base.prometheus,
    labels: [],
    ...base,
    type: 'histogram',
    unit: 's',
    points: (view) =>
      isUsed(view)
        ? [histogramPoint(view.snapshot.histograms[name], base.boundsSeconds, labelsOf(view))]
        : [],
  }
}

/** PUBLISH and SPUBLISH of the measured phase, and what subscribers received. */
function pubsubOperations({ snapshot }: RunView): NumberPoint[] {
  const labelled = (type: string, errorType: string, value: number): NumberPoint => ({
    labels: {
      operation_type: type,
      status: errorType === 'none' ? 'success' : 'error',
      error_type: errorType,
    },
    value,
  })
  const published = snapshot.measure.series.filter(
    ({ info }) => info.shape !== 'batch' && /^s?publish$/.test(info.command ?? info.operation.toLowerCase()),
  )
  return mergeNumberPoints([
    ...ERROR_TYPES.map((errorType) => labelled('PUBLISH', errorType, 0)),
    ...published.flatMap(({ outcomes }) =>
      outcomes.map(({ code, count }) => labelled('PUBLISH', errorCodeAt(code).errorType, count)),
    ),
    labelled('RECEIVE', 'none', snapshot.counters.pubsub_received),
  ])
}

function clientMessages({ plan, snapshot: { counters } }: RunView): NumberPoint[] {
  const sharded = { 'redis.client.pubsub.sharded': String(plan.pubsub.mode === 'sharded') }
  return [
    {
      labels: { 'redis.client.pubsub.message.direction': 'out', ...sharded },
      value: counters.pubsub_published,
    },
    {
      labels: { 'redis.client.pubsub.message.direction': 'in', ...sharded },
      value: counters.pubsub_received + counters.pubsub_duplicates + counters.pubsub_damaged,
    },
  ]
}

function byState(states: Readonly<Record<string, number>>): NumberPoint[] {
  return Object.entries(states).map(([state, value]) => ({ labels: { state }, value }))
}

function known(value: number | null): NumberPoint[] {
  return value === null ? [] : [{ labels: {}, value }]
}

/** What is published and added, and what arrives. Absent in runs without subscribers or stream consumers. */
export const messagingMetrics: readonly Metric[] = [
  numbers(
    {
      prometheus: 'redis_pubsub_operations_total',
      type: 'counter',
      unit: '{operation}',
      help: 'Publishes settled in the measured phase, and messages received over the whole run.',
      labels: ['operation_type', 'status', 'error_type'],
    },
    hasSubscribers,
    pubsubOperations,
  ),
  numbers(
    {
      prometheus: 'redis_client_pubsub_messages_total',
      otel: 'redis.client.pubsub.messages',
      type: 'counter',
      unit: '{message}',
      help: 'Messages published and received, warm-up included (semantic convention of the Redis clients).',
      labels: ['redis.client.pubsub.message.direction', 'redis.client.pubsub.sharded'],
    },
    hasSubscribers,
    clientMessages,
  ),
  numbers(
    {
      prometheus: 'redis_test_pubsub_messages_total',
      type: 'counter',
      unit: '{message}',
      help: 'Messages, once for each subscriber, warm-up included. promised: the server said so when they were published; missed: the subscriber was not there; received, and of these out_of_order; duplicate; damaged: not a whole message of this run.',
      labels: ['state'],
    },
    hasSubscribers,
    ({ plan, snapshot: { counters } }) =>
      byState({
        promised: counters.pubsub_promised,
        missed: counters.pubsub_published * plan.pubsub.subscribers - counters.pubsub_promised,
        received: counters.pubsub_received,
        out_of_order: counters.pubsub_out_of_order,
        duplicate: counters.pubsub_duplicates,
        damaged: counters.pubsub_damaged,
      }),
  ),
  numbers(
    {
      prometheus: 'redis_test_pubsub_undelivered_messages',
      type: 'gauge',
      unit: '{message}',
      help: 'Messages that the server promised and that have not arrived: on their way during the run, lost when it is over.',
      labels: [],
    },
    hasSubscribers,
    ({ snapshot: { counters } }) =>
      known(Math.max(0, counters.pubsub_promised - counters.pubsub_received - counters.pubsub_damaged)),
  ),
  numbers(
    {
      prometheus: 'redis_test_pubsub_subscribers',
      type: 'gauge',
      unit: '{connection}',
      help: 'Subscribers whose subscriptions are all confirmed.',
      labels: [],
    },
    hasSubscribers,
    ({ snapshot }) => known(snapshot.gauges.subscribers_ready),
  ),
  times(
    {
      prometheus: 'redis_test_pubsub_delivery_seconds',
      help: 'From the publishing of a message to its arrival at a subscriber.',
      boundsSeconds: COMMAND_BOUNDS_SECONDS,
    },
    hasSubscribers,
    'pubsub_delivery',
  ),
  times(
    {
      prometheus: 'redis_test_pubsub_resubscription_seconds',
      help: 'From the loss of a connection of a subscriber until all its subscriptions are confirmed again.',
      boundsSeconds: RECONNECTION_BOUNDS_SECONDS,
    },
    hasSubscribers,
    'resubscription',
  ),
  numbers(
    {
      prometheus: 'redis_test_stream_entries_total',
      type: 'counter',
      unit: '{entry}',
      help: 'Entries of streams, warm-up included: added, read by a consumer for the first time, and of these damaged; read again (redelivered); acknowledged.',
      labels: ['state'],
    },
    hasConsumers,
    ({ snapshot: { counters } }) =>
      byState({
        added: counters.stream_added,
        read: counters.stream_read,
        damaged: counters.stream_damaged,
        redelivered: counters.stream_redelivered,
        acknowledged: counters.stream_acknowledged,
      }),
  ),
  numbers(
    {
      prometheus: 'redis_test_stream_lag_entries',
      type: 'gauge',
      unit: '{entry}',
      help: 'Entries that the consumer group has not been given yet, over all streams; absent where the server does not say.',
      labels: [],
    },
    hasConsumers,
    ({ tool }) => known(tool.streams.lag),
  ),
  numbers(
    {
      prometheus: 'redis_test_stream_pending_entries',
      type: 'gauge',
      unit: '{entry}',
      help: 'Entries that were given to a consumer and not acknowledged yet, over all streams.',
      labels: [],
    },
    hasConsumers,
    ({ tool }) => known(tool.streams.pending),
  ),
  times(
    {
      prometheus: 'redis_test_stream_delivery_seconds',
      help: 'From the adding of an entry to its arrival at a consumer.',
      boundsSeconds: COMMAND_BOUNDS_SECONDS,
    },
    hasConsumers,
    'stream_delivery',
  ),
  times(
    {
      prometheus: 'redis_client_stream_lag_seconds',
      otel: 'redis.client.stream.lag',
      help: 'The same under the name that the Redis clients use.',
      labels: ['redis.client.consumer_group'],
      boundsSeconds: COMMAND_BOUNDS_SECONDS,
    },
    hasConsumers,
    'stream_delivery',
    ({ plan }) => ({ 'redis.client.consumer_group': plan.streams.group }),
  ),
]
