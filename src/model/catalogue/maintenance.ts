import { COMMAND_BOUNDS_SECONDS } from '../bounds.ts'
import { BEGINNINGS, NOTIFICATIONS } from '../maintenance.ts'
import { ERROR_TYPES } from '../outcome.ts'
import type { RunView } from '../run-view.ts'
import { histogramPoint, type Metric, type NumberMetric, type NumberPoint } from './metric.ts'
import { poolName, serverLabels } from './server-labels.ts'

const isAsked = ({ plan }: RunView): boolean => plan.client.maintenance_notifications !== 'off'
const isRelaxing = ({ plan }: RunView): boolean => plan.client.maintenance_notifications === 'relax'

/** A metric that exists only where notifications are asked for. */
function numbers(
  base: Omit<NumberMetric, 'otel' | 'points'> & { readonly otel?: string },
  points: (view: RunView) => readonly NumberPoint[],
  isUsed = isAsked,
): Metric {
  return { otel: base.prometheus, ...base, points: (view) => (isUsed(view) ? points(view) : []) }
}

/** Commands in flight while something was announced, as `redis_operations_total` labels them. */
function commands({ snapshot: { counters } }: RunView): NumberPoint[] {
  return ERROR_TYPES.map((errorType) => ({
    labels: { status: errorType === 'none' ? 'success' : 'error', error_type: errorType },
    value: errorType === 'none' ? counters.maintenance_ok : counters[`maintenance_${errorType}`],
  }))
}

export const maintenanceMetrics: readonly Metric[] = [
  numbers(
    {
      prometheus: 'redis_client_maintenance_notifications_total',
      otel: 'redis.client.maintenance.notifications',
      type: 'counter',
      unit: '{notification}',
      help: 'Announcements of maintenance, each connection counted apart; repetitions are not.',
      labels: ['redis.client.connection.notification', 'server.address', 'server.port'],
    },
    ({ plan, snapshot: { counters } }) =>
      NOTIFICATIONS.map((name) => ({
        labels: { 'redis.client.connection.notification': name, ...serverLabels(plan) },
        value: counters[`maintenance_${name}`],
      })),
  ),
  numbers(
    {
      prometheus: 'redis_client_connection_relaxed_timeout',
      otel: 'redis.client.connection.relaxed_timeout',
      type: 'gauge',
      upDown: true,
      unit: '{relaxation}',
      help: 'Connections whose commands have longer deadlines now because of this announcement (relax).',
      labels: ['db.client.connection.pool.name', 'redis.client.connection.notification'],
    },
    ({ plan, snapshot: { gauges } }) =>
      BEGINNINGS.map((name) => ({
        labels: {
          'db.client.connection.pool.name': poolName(plan),
          'redis.client.connection.notification': name,
        },
        value: gauges[`announced_${name}`],
      })),
    isRelaxing,
  ),
  numbers(
    {
      prometheus: 'redis_test_maintenance_connections',
      type: 'gauge',
      unit: '{connection}',
      help: 'Connections on which this is announced now.',
      labels: ['notification'],
    },
    ({ snapshot: { gauges } }) =>
      BEGINNINGS.map((name) => ({ labels: { notification: name }, value: gauges[`announced_${name}`] })),
  ),
  numbers(
    {
      prometheus: 'redis_test_maintenance_requests_total',
      type: 'counter',
      unit: '{request}',
      help: 'Answers to CLIENT MAINT_NOTIFICATIONS ON, one for each time that a connection is ready.',
      labels: ['status'],
    },
    ({ snapshot: { counters } }) => [
      { labels: { status: 'accepted' }, value: counters.maintenance_accepted },
      { labels: { status: 'refused' }, value: counters.maintenance_refused },
    ],
  ),
  numbers(
    {
      prometheus: 'redis_test_maintenance_frames_total',
      type: 'counter',
      unit: '{frame}',
      help: 'Push frames out of the ordinary: duplicate (told before), malformed (not understood), irregular (understood, with other fields than expected), unknown (of another kind).',
      labels: ['result'],
    },
    ({ snapshot: { counters } }) => [
      { labels: { result: 'duplicate' }, value: counters.maintenance_duplicates },
      { labels: { result: 'malformed' }, value: counters.maintenance_malformed },
      { labels: { result: 'irregular' }, value: counters.maintenance_irregular },
      { labels: { result: 'unknown' }, value: counters.pushes_unknown },
    ],
  ),
  numbers(
    {
      prometheus: 'redis_test_maintenance_operations_total',
      type: 'counter',
      unit: '{command}',
      help: 'Commands of the measured phase that were in flight while a maintenance was announced on their connection.',
      labels: ['status', 'error_type'],
    },
    commands,
  ),
  {
    prometheus: 'redis_test_maintenance_operation_duration_seconds',
    otel: 'redis_test_maintenance_operation_duration_seconds',
    type: 'histogram',
    unit: 's',
    help: 'Service time of commands that succeeded while a maintenance was announced on their connection.',
    labels: [],
    boundsSeconds: COMMAND_BOUNDS_SECONDS,
    points: (view) =>
      isAsked(view)
        ? [histogramPoint(view.snapshot.histograms.maintenance_service, COMMAND_BOUNDS_SECONDS, {})]
        : [],
  },
]
