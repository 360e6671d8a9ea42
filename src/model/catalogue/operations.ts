import { COMMAND_BOUNDS_SECONDS } from '../bounds.ts'
import { errorCodeAt } from '../error-codes.ts'
import { ERROR_TYPES } from '../outcome.ts'
import type { RunView } from '../run-view.ts'
import type { SeriesSnapshot } from '../snapshot.ts'
import {
  boundedPoint,
  type HistogramPoint,
  histogramPoint,
  type Labels,
  mergeHistogramPoints,
  mergeNumberPoints,
  type Metric,
  type NumberPoint,
} from './metric.ts'
import { serverLabels } from './server-labels.ts'

/** Commands, not batches: a pipeline of ten counts ten times here. */
function commandSeries({ snapshot }: RunView): readonly SeriesSnapshot[] {
  return snapshot.measure.series.filter(({ info }) => info.shape !== 'batch')
}

/** Every combination exists from the start, at zero, so that `rate()` does not miss a first increment. */
function operationCounts(view: RunView): NumberPoint[] {
  const points = commandSeries(view).flatMap(({ info, outcomes }): NumberPoint[] => {
    const zeros = ERROR_TYPES.map((errorType) => ({
      labels: countLabels(info.operation, errorType),
      value: 0,
    }))
    const counts = outcomes.map(({ code, count }) => ({
      labels: countLabels(info.operation, errorCodeAt(code).errorType),
      value: count,
    }))
    return [...zeros, ...counts]
  })
  return mergeNumberPoints(points)
}

function countLabels(operation: string, errorType: string): Labels {
  return { operation, status: errorType === 'none' ? 'success' : 'error', error_type: errorType }
}

function durations(
  view: RunView,
  pick: (series: SeriesSnapshot) => {
    success: SeriesSnapshot['serviceSuccess']
    error: SeriesSnapshot['serviceError']
  },
): HistogramPoint[] {
  const points = commandSeries(view).flatMap((series): HistogramPoint[] => {
    const { operation } = series.info
    const { success, error } = pick(series)
    return [
      histogramPoint(success, COMMAND_BOUNDS_SECONDS, { operation, status: 'success' }),
      histogramPoint(error, COMMAND_BOUNDS_SECONDS, { operation, status: 'error' }),
    ]
  })
  return mergeHistogramPoints(points)
}

/** A single command or a whole batch is one database operation; commands inside a batch are not. */
function databaseOperations(view: RunView): HistogramPoint[] {
  const common = {
    'db.system.name': 'redis',
    'db.namespace': String(view.plan.target.db),
    ...serverLabels(view.plan),
  }
  const points = view.snapshot.measure.series
    .filter(({ info }) => info.shape === 'single' || info.shape === 'batch')
    .flatMap((series): HistogramPoint[] => {
      const labels = { ...common, 'db.operation.name': series.info.operation }
      const errors = [...series.errorsByCode].map(([code, bounded]) =>
        boundedPoint(bounded, { ...labels, ...errorLabels(code) }),
      )
      return [histogramPoint(series.serviceSuccess, COMMAND_BOUNDS_SECONDS, labels), ...errors]
    })
  return mergeHistogramPoints(points)
}

function errorLabels(code: number): Labels {
  const { code: name, statusCode } = errorCodeAt(code)
  return statusCode === undefined
    ? { 'error.type': name }
    : { 'error.type': name, 'db.response.status_code': statusCode }
}

function clientErrors(view: RunView): NumberPoint[] {
  const points = commandSeries(view).flatMap(({ outcomes }) =>
    outcomes
      .filter(({ code }) => code > 0)
      .map(({ code, count }): NumberPoint => ({
        labels: { ...errorLabels(code), 'redis.client.errors.category': errorCodeAt(code).category },
        value: count,
      })),
  )
  return mergeNumberPoints(points)
}

function outcomeCounts(view: RunView): NumberPoint[] {
  const points = commandSeries(view).flatMap(({ info, outcomes }): NumberPoint[] => [
    ...(['ok', 'failed', 'indeterminate'] as const).map((outcome) => ({
      labels: { operation: info.operation, outcome },
      value: 0,
    })),
    ...outcomes.map(({ outcome, count }) => ({
      labels: { operation: info.operation, outcome },
      value: count,
    })),
  ])
  return mergeNumberPoints(points)
}

export const operationMetrics: readonly Metric[] = [
  {
    prometheus: 'redis_operations_total',
    otel: 'redis_operations_total',
    type: 'counter',
    unit: '{operation}',
    help: 'Commands that were settled in the measured phase, by status and error type.',
    labels: ['operation', 'status', 'error_type'],
    points: operationCounts,
  },
  {
    prometheus: 'redis_operation_duration_seconds',
    otel: 'redis_operation_duration_seconds',
    type: 'histogram',
    unit: 's',
    help: 'Service time of a command: from its send to its reply or failure.',
    labels: ['operation', 'status'],
    boundsSeconds: COMMAND_BOUNDS_SECONDS,
    points: (view) =>
      durations(view, ({ serviceSuccess, serviceError }) => ({
        success: serviceSuccess,
        error: serviceError,
      })),
  },
  {
    prometheus: 'redis_operation_response_time_seconds',
    otel: 'redis_operation_response_time_seconds',
    type: 'histogram',
    unit: 's',
    help: 'Response time of a command: from the instant it was due to its reply or failure. Open loop only.',
    labels: ['operation', 'status'],
    boundsSeconds: COMMAND_BOUNDS_SECONDS,
    points: (view) =>
      view.plan.load.model === 'closed'
        ? []
        : durations(view, ({ responseSuccess, responseError }) => ({
            success: responseSuccess,
            error: responseError,
          })),
  },
  {
    prometheus: 'db_client_operation_duration_seconds',
    otel: 'db.client.operation.duration',
    type: 'histogram',
    unit: 's',
    help: 'Duration of a database operation (OpenTelemetry semantic convention); a pipeline or transaction is one.',
    labels: [
      'db.system.name',
      'db.namespace',
      'db.operation.name',
      'error.type',
      'db.response.status_code',
      'server.address',
      'server.port',
    ],
    boundsSeconds: COMMAND_BOUNDS_SECONDS,
    points: databaseOperations,
  },
  {
    prometheus: 'redis_client_errors_total',
    otel: 'redis.client.errors',
    type: 'counter',
    unit: '{error}',
    help: 'Failed and indeterminate commands by fine error code and category.',
    labels: ['error.type', 'db.response.status_code', 'redis.client.errors.category'],
    points: clientErrors,
  },
  {
    prometheus: 'redis_test_outcomes_total',
    otel: 'redis_test_outcomes_total',
    type: 'counter',
    unit: '{operation}',
    help: 'Commands by outcome: ok, failed (certainly without effect) or indeterminate (sent, answer lost).',
    labels: ['operation', 'outcome'],
    points: outcomeCounts,
  },
  {
    prometheus: 'redis_test_nil_replies_total',
    otel: 'redis_test_nil_replies_total',
    type: 'counter',
    unit: '{operation}',
    help: 'Successful replies that were nil: for a read, a miss.',
    labels: ['operation'],
    points: (view) =>
      mergeNumberPoints(
        commandSeries(view).map(({ info, nil }) => ({ labels: { operation: info.operation }, value: nil })),
      ),
  },
]
