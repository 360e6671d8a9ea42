import { COMMAND_BOUNDS_SECONDS, RECONNECTION_BOUNDS_SECONDS } from '../bounds.ts'
import { CONNECTION_PHASES, PHASE_HISTOGRAMS } from '../connection-phase.ts'
import { errorCodeAt } from '../error-codes.ts'
import type { ThreadHistogram } from '../ledger.ts'
import { ERROR_TYPES } from '../outcome.ts'
import { SENTINEL_FAILURES } from '../sentinel-failures.ts'
import type { RunView } from '../run-view.ts'
import {
  type HistogramMetric,
  histogramPoint,
  mergeNumberPoints,
  type Metric,
  type NumberPoint,
  single,
} from './metric.ts'
import { poolName } from './server-labels.ts'

/** Success and error of something the ledger has two histograms for. */
function byStatus(
  base: Pick<HistogramMetric, 'prometheus' | 'help'>,
  success: ThreadHistogram,
  error: ThreadHistogram,
): Metric {
  return {
    ...base,
    otel: base.prometheus,
    type: 'histogram',
    unit: 's',
    labels: ['status'],
    boundsSeconds: COMMAND_BOUNDS_SECONDS,
    points: ({ snapshot }) => [
      histogramPoint(snapshot.histograms[success], COMMAND_BOUNDS_SECONDS, { status: 'success' }),
      histogramPoint(snapshot.histograms[error], COMMAND_BOUNDS_SECONDS, { status: 'error' }),
    ],
  }
}

/** One histogram of the ledger with reconnection bounds. */
function outageHistogram(base: Pick<HistogramMetric, 'prometheus' | 'help'>, name: ThreadHistogram): Metric {
  return {
    ...base,
    otel: base.prometheus,
    type: 'histogram',
    unit: 's',
    labels: [],
    boundsSeconds: RECONNECTION_BOUNDS_SECONDS,
    points: ({ snapshot }) => [histogramPoint(snapshot.histograms[name], RECONNECTION_BOUNDS_SECONDS, {})],
  }
}

const ERRORS = ERROR_TYPES.filter((errorType) => errorType !== 'none')

function attempts({ snapshot }: RunView): NumberPoint[] {
  const success = snapshot.histograms.attempt_success.count
  return mergeNumberPoints([
    { labels: { status: 'success', error_type: 'none' }, value: success },
    ...ERRORS.map((errorType) => ({ labels: { status: 'error', error_type: errorType }, value: 0 })),
    ...[...snapshot.attemptErrors].map(([code, count]) => ({
      labels: { status: 'error', error_type: errorCodeAt(code).errorType },
      value: count,
    })),
  ])
}

function drops({ snapshot }: RunView): NumberPoint[] {
  return mergeNumberPoints([
    ...ERRORS.map((errorType) => ({ labels: { error_type: errorType }, value: 0 })),
    ...[...snapshot.drops].map(([code, count]) => ({
      labels: { error_type: errorCodeAt(code).errorType },
      value: count,
    })),
  ])
}

/** Close reasons of the official Redis clients. */
function closed({ plan, snapshot }: RunView): NumberPoint[] {
  const reasons: Readonly<Record<string, string>> = { closed: 'server_close', killed: 'application_close' }
  return mergeNumberPoints(
    [...snapshot.drops].map(([index, value]) => {
      const { code } = errorCodeAt(index)
      const reason = reasons[code] ?? 'error'
      return {
        labels: {
          'db.client.connection.pool.name': poolName(plan),
          'redis.client.connection.close.reason': reason,
          ...(reason === 'error' ? { 'error.type': code } : {}),
        },
        value,
      }
    }),
  )
}

function poolGauge(plan: RunView['plan'], value: number, state?: string): NumberPoint {
  const labels = { 'db.client.connection.pool.name': poolName(plan) }
  return { labels: state === undefined ? labels : { ...labels, 'db.client.connection.state': state }, value }
}

export const connectionMetrics: readonly Metric[] = [
  {
    prometheus: 'redis_connections_total',
    otel: 'redis_connections_total',
    type: 'counter',
    unit: '{connection}',
    help: 'Connection attempts, first connects and reconnections, by result.',
    labels: ['status', 'error_type'],
    points: attempts,
  },
  byStatus(
    {
      prometheus: 'redis_connection_duration_seconds',
      help: 'First connects: from the start of the dial to ready (handshake and LOADING included), or to the failure.',
    },
    'first_connect_success',
    'first_connect_error',
  ),
  byStatus(
    {
      prometheus: 'redis_test_connection_attempt_duration_seconds',
      help: 'Every connection attempt, reconnections included: from the start of the dial to ready or to the failure.',
    },
    'attempt_success',
    'attempt_error',
  ),
  {
    prometheus: 'redis_test_connection_phase_duration_seconds',
    otel: 'redis_test_connection_phase_duration_seconds',
    type: 'histogram',
    unit: 's',
    help: 'Parts of connection attempts (sentinel, dns, tcp, tls, handshake, ready): those that were got through, and those in which the attempt failed.',
    labels: ['phase', 'status'],
    boundsSeconds: COMMAND_BOUNDS_SECONDS,
    points: ({ snapshot }) =>
      CONNECTION_PHASES.flatMap((phase) =>
        PHASE_HISTOGRAMS[phase].map((name, hasFailed) =>
          histogramPoint(snapshot.histograms[name], COMMAND_BOUNDS_SECONDS, {
            phase,
            status: hasFailed === 0 ? 'success' : 'error',
          }),
        ),
      ),
  },
  {
    prometheus: 'redis_test_sentinel_errors_total',
    otel: 'redis_test_sentinel_errors_total',
    type: 'counter',
    unit: '{error}',
    help: 'Sentinels that were asked for a server and did not help, by reason.',
    labels: ['reason'],
    points: ({ snapshot: { counters } }) =>
      SENTINEL_FAILURES.map((failure) => ({
        labels: { reason: failure.replace('sentinel_', '') },
        value: counters[failure],
      })),
  },
  single(
    {
      prometheus: 'redis_test_connection_moves_total',
      type: 'counter',
      unit: '{connection}',
      help: 'Connections that came back to another server than the one they were lost from.',
    },
    ({ snapshot }) => snapshot.counters.moved_connections,
  ),
  single(
    {
      prometheus: 'redis_active_connections',
      type: 'gauge',
      unit: '{connection}',
      help: 'Connections that are ready.',
    },
    ({ snapshot }) => snapshot.gauges.connections_active,
  ),
  {
    prometheus: 'redis_connection_drops_total',
    otel: 'redis_connection_drops_total',
    type: 'counter',
    unit: '{connection}',
    help: 'Ready connections that were lost, by error type.',
    labels: ['error_type'],
    points: drops,
  },
  outageHistogram(
    {
      prometheus: 'redis_reconnection_duration_seconds',
      help: 'From the loss of a ready connection to ready again, with backoff and failed attempts.',
    },
    'reconnection',
  ),
  outageHistogram(
    {
      prometheus: 'redis_test_outage_detection_seconds',
      help: 'How long commands had waited on a dead connection before its loss was seen.',
    },
    'detection',
  ),
  outageHistogram(
    {
      prometheus: 'redis_test_outage_backoff_seconds',
      help: 'Delays before reconnection attempts, added up for each outage.',
    },
    'backoff',
  ),
  single(
    {
      prometheus: 'redis_test_connections_down',
      type: 'gauge',
      unit: '{connection}',
      help: 'Connections that were ready once, were lost, and are not ready again.',
    },
    ({ snapshot }) => snapshot.gauges.connections_down,
  ),
  {
    prometheus: 'db_client_connection_count',
    otel: 'db.client.connection.count',
    type: 'gauge',
    upDown: true,
    unit: '{connection}',
    help: 'Ready connections by state: used when commands are in flight on them.',
    labels: ['db.client.connection.pool.name', 'db.client.connection.state'],
    points: ({ plan, snapshot: { gauges } }) => [
      poolGauge(plan, gauges.connections_used, 'used'),
      poolGauge(plan, gauges.connections_active - gauges.connections_used, 'idle'),
    ],
  },
  {
    prometheus: 'db_client_connection_create_time_seconds',
    otel: 'db.client.connection.create_time',
    type: 'histogram',
    unit: 's',
    help: 'Time it took to create a connection (OpenTelemetry semantic convention).',
    labels: ['db.client.connection.pool.name'],
    boundsSeconds: COMMAND_BOUNDS_SECONDS,
    points: ({ plan, snapshot }) => [
      histogramPoint(snapshot.histograms.attempt_success, COMMAND_BOUNDS_SECONDS, poolGauge(plan, 0).labels),
    ],
  },
  {
    prometheus: 'db_client_connection_pending_requests',
    otel: 'db.client.connection.pending_requests',
    type: 'gauge',
    upDown: true,
    unit: '{request}',
    help: 'Commands that wait for a connection inside the client (preset as-app).',
    labels: ['db.client.connection.pool.name'],
    points: ({ plan, snapshot }) => [poolGauge(plan, snapshot.gauges.pending_requests)],
  },
  {
    prometheus: 'redis_client_connection_closed_total',
    otel: 'redis.client.connection.closed',
    type: 'counter',
    unit: '{connection}',
    help: 'Ready connections that were closed, by reason.',
    labels: ['db.client.connection.pool.name', 'redis.client.connection.close.reason', 'error.type'],
    points: closed,
  },
]
