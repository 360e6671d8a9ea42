import { describe, expect, it } from 'vitest'
import { CATALOGUE, IDENTITY_LABELS, identityLabels } from '../../src/model/catalogue.ts'
import type { HistogramPoint, NumberPoint } from '../../src/model/catalogue/metric.ts'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { MEASURE } from '../../src/model/ledger.ts'
import { FAILED, OK } from '../../src/model/outcome.ts'
import { createFaultCounts, createToolCounters } from '../../src/model/run-view.ts'
import { createLedger } from '../support/ledger.ts'
import { planOf } from '../support/plan.ts'
import { sampleSnapshot, sampleView } from '../support/snapshot.ts'

const OPEN = planOf({ 'load.target_ops_per_second': '1000', 'target.port': '7001' }).plan

function points(name: string, plan = OPEN): readonly (NumberPoint | HistogramPoint)[] {
  return CATALOGUE.find(({ prometheus }) => prometheus === name)!.points(sampleView(plan))
}

function numberAt(name: string, labels: Record<string, string>, plan = OPEN): number | undefined {
  const found = points(name, plan).find((point) =>
    Object.entries(labels).every(([label, value]) => point.labels[label] === value),
  )
  return (found as NumberPoint | undefined)?.value
}

function histogramAt(name: string, labels: Record<string, string>): HistogramPoint | undefined {
  return points(name).find((point) =>
    Object.entries(labels).every(([label, value]) => point.labels[label] === value),
  ) as HistogramPoint | undefined
}

/** By unit; what stands in braces has none. */
const SUFFIXES: Readonly<Record<string, string>> = { s: 'seconds', By: 'bytes', '1': 'ratio' }

/** What Prometheus makes of an OTLP name: unit and type as suffixes, unless they are in the name already. */
function translated(name: string, unit: string, type: string): string {
  const tokens = name.replaceAll('.', '_').split('_')
  const suffix = SUFFIXES[unit] ?? ''
  if (suffix !== '' && !tokens.includes(suffix)) tokens.push(suffix)
  return (type === 'counter' ? [...tokens.filter((token) => token !== 'total'), 'total'] : tokens).join('_')
}

describe('CATALOGUE', () => {
  it('has unique names, well-formed for Prometheus', () => {
    for (const key of ['prometheus', 'otel'] as const) {
      const names = CATALOGUE.map((metric) => metric[key])
      expect(new Set(names).size).toBe(names.length)
    }
    for (const { prometheus, type, help, unit } of CATALOGUE) {
      expect(prometheus).toMatch(/^[a-z][a-z0-9_]*$/)
      expect(prometheus.endsWith('_total')).toBe(type === 'counter')
      expect(help).toMatch(/^[A-Z].*\.$/)
      expect(unit).toMatch(/^(s|By|1|\{[a-z]+\})$/)
    }
  })

  it.each(CATALOGUE.map((metric) => [metric.otel, metric] as const))(
    '%s arrives in Prometheus under the same name',
    (_, metric) => {
      expect(translated(metric.otel, metric.unit, metric.type)).toBe(metric.prometheus)
    },
  )

  it('has the metrics of the shared specification', () => {
    const names = CATALOGUE.map(({ prometheus }) => prometheus)
    for (const name of [
      'redis_operations_total',
      'redis_operation_duration_seconds',
      'redis_operation_response_time_seconds',
      'redis_connections_total',
      'redis_connection_duration_seconds',
      'redis_active_connections',
      'redis_reconnection_duration_seconds',
      'db_client_operation_duration_seconds',
    ])
      expect(names).toContain(name)
  })

  it('gives points only the labels it declares, and never one that is reserved', () => {
    for (const metric of CATALOGUE) {
      for (const label of metric.labels) expect([...IDENTITY_LABELS, 'le']).not.toContain(label)
      for (const { labels } of metric.points(sampleView(OPEN)))
        for (const label of Object.keys(labels)) expect(metric.labels).toContain(label)
    }
  })

  it('has bounded numbers of series, no two of them the same', () => {
    for (const metric of CATALOGUE) {
      const series = metric.points(sampleView(OPEN)).map(({ labels }) => JSON.stringify(labels))
      expect(new Set(series).size).toBe(series.length)
      expect(series.length).toBeLessThan(200)
    }
  })
})

describe('the numbers', () => {
  it('count commands of the measured phase by status and error type, with zeros from the start', () => {
    expect(numberAt('redis_operations_total', { operation: 'GET', error_type: 'none' })).toBe(3)
    expect(numberAt('redis_operations_total', { operation: 'GET', error_type: 'memory_error' })).toBe(1)
    expect(
      numberAt('redis_operations_total', {
        operation: 'GET',
        error_type: 'connection_error',
        status: 'error',
      }),
    ).toBe(1)
    expect(
      numberAt('redis_operations_total', { operation: 'SET', error_type: 'none', status: 'success' }),
    ).toBe(1)
    expect(numberAt('redis_operations_total', { operation: 'SET', error_type: 'timeout' })).toBe(0)
    expect(points('redis_operations_total')).toHaveLength(16)
  })

  it('time them from the send and from the due instant', () => {
    const service = histogramAt('redis_operation_duration_seconds', { operation: 'GET', status: 'success' })!
    // Bounds 0.1, 0.25, 0.5, 1, 2.5, 5 ms: 100 and 200 µs, and 5000 µs exactly at its bound.
    expect(service.cumulative.slice(0, 6)).toEqual([1, 2, 2, 2, 2, 3])
    expect(service).toMatchObject({ count: 3, sumSeconds: 0.0053 })
    const response = histogramAt('redis_operation_response_time_seconds', {
      operation: 'GET',
      status: 'success',
    })!
    expect(response).toMatchObject({ count: 3, sumSeconds: 0.0106 })
    const errors = histogramAt('redis_operation_duration_seconds', { operation: 'GET', status: 'error' })!
    // The lost command took longer than the last bound.
    expect(errors.cumulative.at(-1)).toBe(1)
    expect(errors.count).toBe(2)
  })

  it('have no response time in a closed loop', () => {
    expect(points('redis_operation_response_time_seconds', planOf().plan)).toEqual([])
  })

  it('count verified reads by verdict, where reads are verified', () => {
    const { plan } = planOf({ 'values.verify': true })
    const name = 'redis_test_verified_reads_total'
    expect(points(name)).toEqual([])
    const counted = ['ok', 'wrong', 'stale', 'missing', 'unjudged'].map((verdict) =>
      numberAt(name, { verdict }, plan),
    )
    expect(counted).toEqual([90, 4, 3, 2, 1])
  })

  it('follow the semantic conventions for database clients', () => {
    const labels = { 'db.operation.name': 'GET', 'server.port': '7001', 'db.system.name': 'redis' }
    const ok = points('db_client_operation_duration_seconds').filter(
      (point) => point.labels['db.operation.name'] === 'GET' && point.labels['error.type'] === undefined,
    )
    expect(ok).toHaveLength(1)
    expect((ok[0] as HistogramPoint).count).toBe(3)
    expect(
      histogramAt('db_client_operation_duration_seconds', { ...labels, 'error.type': 'OOM' }),
    ).toMatchObject({
      count: 1,
      labels: { 'db.response.status_code': 'OOM' },
    })
    const lost = histogramAt('db_client_operation_duration_seconds', { ...labels, 'error.type': 'closed' })!
    expect(lost.labels).not.toHaveProperty('db.response.status_code')
    expect(
      numberAt('redis_client_errors_total', {
        'error.type': 'OOM',
        'redis.client.errors.category': 'server',
      }),
    ).toBe(1)
  })

  it('see a pipeline as one database operation, and its commands as operations', () => {
    const snapshot = sampleSnapshot([
      { operation: 'GET', shape: 'pipeline' },
      { operation: 'PIPELINE', shape: 'batch' },
    ])
    const view = sampleView(OPEN, snapshot)
    const of = (name: string): readonly { labels: Readonly<Record<string, string>> }[] =>
      CATALOGUE.find(({ prometheus }) => prometheus === name)!.points(view)
    expect(new Set(of('redis_operations_total').map(({ labels }) => labels['operation']))).toEqual(
      new Set(['GET']),
    )
    const database = of('db_client_operation_duration_seconds').map(
      ({ labels }) => labels['db.operation.name'],
    )
    expect(new Set(database)).toEqual(new Set(['PIPELINE']))
  })

  it('tell outcomes, misses and drops apart', () => {
    expect(numberAt('redis_test_outcomes_total', { operation: 'GET', outcome: 'ok' })).toBe(3)
    expect(numberAt('redis_test_outcomes_total', { operation: 'GET', outcome: 'failed' })).toBe(1)
    expect(numberAt('redis_test_outcomes_total', { operation: 'GET', outcome: 'indeterminate' })).toBe(1)
    expect(numberAt('redis_test_nil_replies_total', { operation: 'GET' })).toBe(1)
    expect(numberAt('redis_test_dropped_operations_total', { reason: 'max_in_flight' })).toBe(2)
    expect(numberAt('redis_test_dropped_operations_total', { reason: 'generator_late' })).toBe(1)
    expect(numberAt('redis_test_scheduled_operations_total', {})).toBe(9)
    expect(numberAt('redis_test_issued_operations_total', {})).toBe(6)
    expect(numberAt('redis_test_warmup_operations_total', {})).toBe(1)
  })

  it('say where the run is in its plan, and how it stands', () => {
    expect(numberAt('redis_test_time_seconds', {})).toBe(1_700_000_010)
    const starts = 'redis_test_phase_start_timestamp_seconds'
    expect(numberAt(starts, { phase: 'measure' })).toBe(1_700_000_005)
    expect(numberAt(starts, { phase: 'drain' })).toBe(1_700_000_065)
    expect(numberAt(starts, { phase: 'done' })).toBeUndefined()
    const { plan } = planOf({ 'load.stages': 'base:20s:50,later:10s:50,base:5s:9', 'load.count': '90' })
    expect(points('redis_test_stage')).toEqual([])
    expect(points('redis_test_stage', plan)).toEqual([
      { labels: { stage: 'base' }, value: 1 },
      { labels: { stage: 'later' }, value: 0 },
    ])
    expect(numberAt('redis_test_stage_end_timestamp_seconds', {}, plan)).toBe(1_700_000_025)
    expect(points('redis_test_planned_operations')).toEqual([])
    expect(numberAt('redis_test_planned_operations', {}, plan)).toBe(90)
    expect(numberAt('redis_test_load_factor', {})).toBe(1.1)
    expect(numberAt('redis_test_adjustments_total', {})).toBe(1)
    expect(numberAt('redis_test_disturbance_start_timestamp_seconds', {})).toBe(1_700_000_008.5)
    expect(points('redis_test_threshold_met')).toEqual([
      { labels: { threshold: 'p99 < 5ms' }, value: 0 },
      { labels: { threshold: 'error_rate <= 50%' }, value: 1 },
    ])
    expect(points('redis_test_threshold_actual')).toEqual([
      { labels: { threshold: 'p99 < 5ms' }, value: 0.01 },
      { labels: { threshold: 'error_rate <= 50%' }, value: 0.125 },
    ])
  })

  it('describe connections', () => {
    expect(numberAt('redis_connections_total', { status: 'success' })).toBe(2)
    expect(numberAt('redis_connections_total', { status: 'error', error_type: 'connection_error' })).toBe(1)
    expect(numberAt('redis_connections_total', { error_type: 'auth_error' })).toBe(0)
    expect(histogramAt('redis_connection_duration_seconds', { status: 'success' })).toMatchObject({
      count: 1,
      sumSeconds: 0.0015,
    })
    expect(histogramAt('redis_reconnection_duration_seconds', {})).toMatchObject({
      count: 1,
      sumSeconds: 0.075,
    })
    expect(numberAt('redis_active_connections', {})).toBe(10)
    expect(numberAt('redis_connection_drops_total', { error_type: 'connection_error' })).toBe(1)
    expect(
      numberAt('redis_client_connection_closed_total', {
        'redis.client.connection.close.reason': 'server_close',
      }),
    ).toBe(1)
    expect(numberAt('db_client_connection_count', { 'db.client.connection.state': 'used' })).toBe(4)
    expect(numberAt('db_client_connection_count', { 'db.client.connection.state': 'idle' })).toBe(6)
    expect(histogramAt('db_client_connection_create_time_seconds', {})!.count).toBe(2)
  })

  it('describe the generator and the tool', () => {
    expect(histogramAt('redis_test_start_lag_seconds', {})).toMatchObject({ count: 1 })
    expect(numberAt('redis_test_target_operations_per_second', {})).toBe(1000)
    expect(numberAt('redis_test_phase', { phase: 'measure' })).toBe(1)
    expect(numberAt('redis_test_phase', { phase: 'warmup' })).toBe(0)
    expect(numberAt('redis_test_thread_cpu_seconds_total', {})).toBe(2.5)
    expect(numberAt('redis_test_telemetry_exports_total', { signal: 'metrics', result: 'failed' })).toBe(3)
    expect(numberAt('redis_test_faults_total', { kind: 'client-kill', result: 'injected' })).toBe(2)
    expect(numberAt('redis_test_fault_connections_total', { kind: 'client-kill' })).toBe(50)
    expect(numberAt('redis_test_active_faults', { kind: 'client-kill' })).toBe(1)
    expect(numberAt('redis_test_fault_reverts_total', { kind: 'client-kill', result: 'ok' })).toBe(3)
    expect(numberAt('redis_test_fault_reverts_total', { kind: 'client-kill', result: 'failed' })).toBe(4)
  })

  it('show the planned faults at zero before the first', () => {
    const { faults } = createToolCounters(['client-kill', 'client-kill', 'socket-cut'])
    expect([...faults]).toEqual(['client-kill', 'socket-cut'].map((kind) => [kind, createFaultCounts()]))
  })
})

describe('the numbers of messages', () => {
  const { plan } = planOf({ 'pubsub.subscribers': '2', 'streams.consumers': '1', 'streams.group': 'g' })
  const { ledger, read } = createLedger([
    { operation: 'PUBLISH', shape: 'single' },
    { operation: 'NEWS', shape: 'pipeline', command: 'spublish' },
  ])
  for (const [name, count] of [
    ['pubsub_published', 5],
    ['pubsub_promised', 8],
    ['pubsub_received', 5],
    ['pubsub_damaged', 1],
    ['pubsub_duplicates', 2],
    ['stream_added', 7],
    ['stream_read', 6],
  ] as const)
    ledger.count(name, count)
  ledger.record(MEASURE, 0, OK, 0, 1, 1)
  ledger.record(MEASURE, 1, FAILED, errorCodeIndex('NOPERM'), 1, 1)
  ledger.recordThread('pubsub_delivery', 1000)
  ledger.recordThread('stream_delivery', 3000)
  ledger.gauge('subscribers_ready', 2)
  const view = sampleView(plan, read())
  view.tool.streams = { lag: 4, pending: null }
  const valuesOf = (name: string): unknown =>
    CATALOGUE.find(({ prometheus }) => prometheus === name)!
      .points(view)
      .map((point) => ('value' in point ? [...Object.values(point.labels), point.value] : point.count))

  it('tell what was promised, missed, received and lost', () => {
    expect(valuesOf('redis_test_pubsub_messages_total')).toEqual([
      ['promised', 8],
      ['missed', 2],
      ['received', 5],
      ['out_of_order', 0],
      ['duplicate', 2],
      ['damaged', 1],
    ])
    expect(valuesOf('redis_test_pubsub_undelivered_messages')).toEqual([[2]])
    expect(valuesOf('redis_test_pubsub_subscribers')).toEqual([[2]])
    expect(valuesOf('redis_test_pubsub_delivery_seconds')).toEqual([1])
    expect(valuesOf('redis_client_pubsub_messages_total')).toEqual([
      ['out', 'false', 5],
      ['in', 'false', 8],
    ])
    const operations = valuesOf('redis_pubsub_operations_total') as unknown[][]
    expect(operations.filter((values) => values.at(-1) !== 0)).toEqual([
      ['PUBLISH', 'success', 'none', 1],
      ['PUBLISH', 'error', 'auth_error', 1],
      ['RECEIVE', 'success', 'none', 5],
    ])
  })

  it('tell how far the consumers are, as far as the server says', () => {
    expect(valuesOf('redis_test_stream_entries_total')).toContainEqual(['read', 6])
    expect(valuesOf('redis_test_stream_lag_entries')).toEqual([[4]])
    expect(valuesOf('redis_test_stream_pending_entries')).toEqual([])
    expect(valuesOf('redis_test_stream_delivery_seconds')).toEqual([1])
    expect(valuesOf('redis_client_stream_lag_seconds')).toEqual([1])
  })

  it('are not there when nobody listens', () => {
    for (const { prometheus } of CATALOGUE.filter(({ prometheus: name }) => /pubsub|stream/.test(name)))
      expect(points(prometheus), prometheus).toEqual([])
  })
})

describe('identityLabels', () => {
  it('are the four that every series has', () => {
    expect(Object.keys(identityLabels(OPEN))).toEqual([...IDENTITY_LABELS])
  })
})
