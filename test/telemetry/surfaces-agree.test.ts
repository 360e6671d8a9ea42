import { DataPointType } from '@opentelemetry/sdk-metrics'
import { describe, expect, it } from 'vitest'
import { COMMAND_BOUNDS_SECONDS } from '../../src/model/bounds.ts'
import { CATALOGUE, identityLabels } from '../../src/model/catalogue.ts'
import { databaseSeries, ExemplarStore, operationSeries } from '../../src/telemetry/exemplars.ts'
import { SnapshotMetricProducer } from '../../src/telemetry/otlp-metrics.ts'
import { PrometheusExposition } from '../../src/telemetry/prometheus.ts'
import { parseExposition } from '../support/exposition.ts'
import { planOf } from '../support/plan.ts'
import { AT_MILLIS, sampleView } from '../support/snapshot.ts'

const { plan } = planOf({ 'load.target_ops_per_second': '1000' })

async function otlpMetrics(): Promise<Map<string, readonly { attributes: object; value: unknown }[]>> {
  const producer = new SnapshotMetricProducer(() => sampleView(plan), {
    version: '1',
    startedAtMillis: AT_MILLIS - 11_000,
  })
  const { resourceMetrics } = await producer.collect()
  return new Map(
    resourceMetrics.scopeMetrics[0]!.metrics.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      dataPoints as unknown as readonly { attributes: object; value: unknown }[],
    ]),
  )
}

/** Labels as Prometheus spells them, in a fixed order. */
function keyOf(labels: object): string {
  const entries = Object.entries(labels).map(
    ([name, value]) => `${name.replaceAll('.', '_')}=${String(value)}`,
  )
  return entries.toSorted().join(' ')
}

describe.each(['text', 'openmetrics'] as const)('/metrics as %s and OTLP', (format) => {
  it('say the same, series by series, to the last unit', async () => {
    const exposition = new PrometheusExposition(
      () => sampleView(plan),
      new ExemplarStore(COMMAND_BOUNDS_SECONDS),
    )
    const prometheus = parseExposition(await exposition.render(format))
    const otlp = await otlpMetrics()
    let compared = 0
    for (const metric of CATALOGUE) {
      for (const { attributes, value } of otlp.get(metric.otel) ?? []) {
        const key = keyOf(attributes)
        if (metric.type !== 'histogram') {
          expect(`${metric.prometheus} ${key} ${prometheus.get(metric.prometheus)?.get(key)}`).toBe(
            `${metric.prometheus} ${key} ${value as number}`,
          )
        } else {
          const { buckets, count, sum } = value as {
            buckets: { boundaries: number[]; counts: number[] }
            count: number
            sum: number
          }
          expect(prometheus.get(`${metric.prometheus}_count`)!.get(key)).toBe(count)
          expect(prometheus.get(`${metric.prometheus}_sum`)!.get(key)).toBe(sum)
          let cumulative = 0
          for (const [index, bucket] of buckets.counts.entries()) {
            cumulative += bucket
            const le = buckets.boundaries[index] ?? '+Inf'
            expect(prometheus.get(`${metric.prometheus}_bucket`)!.get(keyOf({ ...attributes, le }))).toBe(
              cumulative,
            )
          }
        }
        compared++
      }
    }
    expect(compared).toBeGreaterThan(60)
  })

  it('can be rendered again and again with the same names', async () => {
    const exposition = new PrometheusExposition(
      () => sampleView(plan),
      new ExemplarStore(COMMAND_BOUNDS_SECONDS),
    )
    const names = async (): Promise<string[]> =>
      [...parseExposition(await exposition.render(format)).keys()].toSorted()
    const first = await names()
    await exposition.render(format === 'text' ? 'openmetrics' : 'text')
    expect(await names()).toEqual(first)
    expect(first).toContain('redis_operations_total')
    expect(first).toContain('process_cpu_seconds_total')
  })
})

it('gives no type to a gauge whose name ends like a histogram', async () => {
  const exposition = new PrometheusExposition(
    () => sampleView(plan),
    new ExemplarStore(COMMAND_BOUNDS_SECONDS),
  )
  expect(await exposition.render('text')).toContain('# TYPE db_client_connection_count untyped\n')
  expect(await exposition.render('openmetrics')).toContain('# TYPE db_client_connection_count unknown\n')
})

describe('OpenMetrics', () => {
  it('carries exemplars on the bucket they belong to, and ends as it must', async () => {
    const exemplars = new ExemplarStore(COMMAND_BOUNDS_SECONDS)
    const exemplar = {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      value: 0.0002,
      timestamp: 1_700_000_000.5,
    }
    exemplars.offer(operationSeries('GET', true), exemplar)
    exemplars.offer(databaseSeries('GET', 'OOM'), { ...exemplar, value: 30 })
    const exposition = new PrometheusExposition(() => sampleView(plan), exemplars)
    const text = await exposition.render('openmetrics')
    const withExemplar = text.split('\n').filter((line) => line.includes(' # {'))
    expect(withExemplar).toHaveLength(2)
    expect(withExemplar[0]).toMatch(
      /^redis_operation_duration_seconds_bucket\{le="0.00025",operation="GET",status="success",.*\} 2 # \{trace_id="a{32}",span_id="b{16}"\} 0.0002 1700000000.5$/,
    )
    expect(withExemplar[1]).toMatch(
      /^db_client_operation_duration_seconds_bucket\{le="\+Inf",.*error_type="OOM".* 30 /,
    )
    expect(text.endsWith('# EOF\n')).toBe(true)
    expect(await exposition.render('text')).not.toContain(' # {')
    expect(exposition.contentType('openmetrics')).toContain('application/openmetrics-text; version=1.0.0')
    expect(exposition.contentType('text')).toContain('text/plain; version=0.0.4')
  })
})

describe('OTLP', () => {
  it('states cumulative temporality since the start, and identity on every point', async () => {
    const producer = new SnapshotMetricProducer(() => sampleView(plan), {
      version: '1',
      startedAtMillis: AT_MILLIS - 11_000,
    })
    const { metrics } = (await producer.collect()).resourceMetrics.scopeMetrics[0]!
    for (const metric of metrics) {
      expect(metric.aggregationTemporality).toBe(1)
      for (const point of metric.dataPoints) {
        expect(point.startTime[0]).toBe(AT_MILLIS / 1000 - 11)
        expect(point.endTime[0]).toBe(AT_MILLIS / 1000)
        expect(point.attributes).toMatchObject(identityLabels(plan))
      }
    }
  })

  it('knows counters, gauges and UpDownCounters apart', async () => {
    const producer = new SnapshotMetricProducer(() => sampleView(plan), { version: '1', startedAtMillis: 0 })
    const { metrics } = (await producer.collect()).resourceMetrics.scopeMetrics[0]!
    const kindOf = (name: string): unknown => {
      const metric = metrics.find(({ descriptor }) => descriptor.name === name)!
      return metric.dataPointType === DataPointType.SUM
        ? `sum monotonic=${metric.isMonotonic}`
        : metric.dataPointType
    }
    expect(kindOf('redis_operations_total')).toBe('sum monotonic=true')
    expect(kindOf('db.client.connection.count')).toBe('sum monotonic=false')
    expect(kindOf('redis_active_connections')).toBe(DataPointType.GAUGE)
    expect(kindOf('db.client.operation.duration')).toBe(DataPointType.HISTOGRAM)
  })
})
