import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/model/result.ts'
import { parseExposition, sumOf } from '../support/exposition.ts'
import { type Collector, type ReceivedPoint, startCollector } from './support/collector.ts'
import {
  command,
  folder,
  profile,
  start,
  startRun,
  type Ended,
  withoutFiles,
} from './support/command-line.ts'
import { startRedis, type TestServer } from './support/redis-server.ts'

/** One run with every surface on, with faults in it, read from every side at its end. */
let server: TestServer
let collector: Collector
let ended: Ended
let result: RunResult
let text: string
let openMetrics: string
const journal = join(folder, 'run.ndjson')
const logFile = join(folder, 'deep', 'run.log')

beforeAll(async () => {
  server = await startRedis()
  collector = await startCollector()
  const storm = profile(
    'storm',
    `load:
  target_ops_per_second: 1000
  clients: 20
operations:
  - command: SET
    weight: 0.5
  - command: GET
    weight: 0.4
  - command: DEL
    weight: 0.1
faults:
  - kind: client-kill
    at: 700ms
    every: 1s
    share: 50%
  - kind: socket-cut
    at: 1200ms
    every: 1s
    share: 20%
`,
  )
  const running = startRun(
    [
      ...['--port', String(server.port), '--workload-profile', storm, '--duration', '3', '--warmup', '500ms'],
      ...[
        '--seed',
        '7',
        '--metrics-linger',
        '60s',
        '--journal',
        journal,
        '--log-level',
        'debug',
        '--log-file',
        logFile,
      ],
      ...['--run-id', 'run-1', '--instance-id', 'instance-1', '--app-name', 'app', '--app-version', 'v9'],
    ],
    {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-token=secret-of-the-collector',
        OTEL_EXPORT_INTERVAL: '500',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
        TEST_TRACE_SAMPLE_RATIO: '1',
      },
    },
  )
  const log = (): string => {
    try {
      return readFileSync(logFile, 'utf8')
    } catch {
      return ''
    }
  }
  const { until } = await import('./support/until.ts')
  await until('metrics stay up', () => log().includes('metrics stay up'))
  const url = /http:\/\/127\.0\.0\.1:\d+\/metrics/.exec(log())![0]
  text = await (await fetch(url)).text()
  const answer = await fetch(url, { headers: { accept: 'application/openmetrics-text; version=1.0.0' } })
  expect(answer.headers.get('content-type')).toContain('application/openmetrics-text')
  openMetrics = await answer.text()
  expect((await fetch(url.replace('/metrics', '/healthz'))).status).toBe(200)
  running.child.kill('SIGTERM')
  const toldAt = performance.now()
  ended = await running.ended
  // A run that is complete is complete, and nobody has to wait for the last scrape.
  expect(ended.code).toBe(0)
  expect(performance.now() - toldAt).toBeLessThan(4000)
  result = running.result()
})
afterAll(async () => {
  collector.stop()
  await server.stop()
})

const REDIS_OPERATIONS = ['SET', 'GET', 'DEL']

/** Value of the points that have all of the given attributes. */
function received(name: string, wanted: Record<string, unknown> = {}): number {
  return (collector.metrics.get(name) ?? [])
    .filter(({ attributes }) => Object.entries(wanted).every(([key, value]) => attributes[key] === value))
    .reduce((sum, { value }) => sum + value, 0)
}

/** As Prometheus spells the attributes of a point. */
function keyOf({ attributes }: ReceivedPoint, ...more: string[]): string {
  const labels = Object.entries(attributes).map(
    ([name, value]) => `${name.replaceAll('.', '_')}=${String(value)}`,
  )
  return [...labels, ...more].toSorted().join(' ')
}

describe('the result of a run under faults', () => {
  it('holds the equations, also against the server', () => {
    expect(result.audit.checks.filter(({ ok }) => !ok)).toEqual([])
    expect(result.audit.server.status).toBe('ok')
    expect(result.totals.scheduled).toBe(3000)
    expect(result.totals.failed + result.totals.indeterminate).toBeGreaterThan(0)
    expect(result.faults.length).toBeGreaterThanOrEqual(4)
    expect(result.faults.every(({ error }) => error === null)).toBe(true)
    const broken = result.faults.reduce((sum, { connections }) => sum + connections, 0)
    expect(result.connections.drops).toBe(broken)
    expect(result.reconnection_count).toBe(broken - result.connections.unfinished.length)
  })
})

describe('every surface shows the numbers of the result:', () => {
  const surfaces: [string, (name: string, labels?: Record<string, string>) => number][] = [
    ['/metrics as text', (name, labels) => sumOf(parseExposition(text), name, labels)],
    ['/metrics as OpenMetrics', (name, labels) => sumOf(parseExposition(openMetrics), name, labels)],
    ['OTLP', (name, labels) => received(name.replace(/_count$/, ''), labels)],
  ]

  it.each(surfaces)('%s', (_, value) => {
    for (const operation of REDIS_OPERATIONS) {
      const { ok, failed, indeterminate, count, errors } = result.operations.find(
        (one) => one.operation === operation,
      )!
      expect(value('redis_operations_total', { operation })).toBe(count)
      expect(value('redis_operations_total', { operation, status: 'success' })).toBe(ok)
      for (const type of ['timeout', 'connection_error', 'command_error', 'unknown'])
        expect(value('redis_operations_total', { operation, error_type: type })).toBe(
          errors.filter(({ error_type }) => error_type === type).reduce((sum, error) => sum + error.count, 0),
        )
      expect(value('redis_test_outcomes_total', { operation, outcome: 'failed' })).toBe(failed)
      expect(value('redis_test_outcomes_total', { operation, outcome: 'indeterminate' })).toBe(indeterminate)
      expect(value('redis_operation_duration_seconds_count', { operation, status: 'success' })).toBe(ok)
      expect(value('redis_operation_response_time_seconds_count', { operation, status: 'error' })).toBe(
        failed + indeterminate,
      )
    }
    expect(value('redis_connections_total')).toBe(result.connections.attempts)
    expect(value('redis_reconnection_duration_seconds_count')).toBe(result.reconnection_count)
    expect(value('redis_active_connections')).toBe(20 - result.connections.unfinished.length)
  })

  it('and all of them agree, series by series and bucket by bucket', () => {
    const scraped = parseExposition(text)
    const promName = new Map([
      ['db.client.operation.duration', 'db_client_operation_duration_seconds'],
      ['redis.client.errors', 'redis_client_errors_total'],
    ])
    let compared = 0
    for (const [name, points] of collector.metrics) {
      const prometheus = promName.get(name) ?? name
      if (
        !/^redis_(operation|connection|reconnection|test_outcomes)|^db_client_operation|errors_total/.test(
          prometheus,
        )
      )
        continue
      for (const point of points) {
        const isHistogram = point.bounds.length > 0
        expect(scraped.get(isHistogram ? `${prometheus}_count` : prometheus)?.get(keyOf(point))).toBe(
          point.value,
        )
        if (!isHistogram) continue
        expect(scraped.get(`${prometheus}_sum`)?.get(keyOf(point))).toBe(point.sum)
        let cumulative = 0
        for (const [index, bucket] of point.buckets.entries()) {
          cumulative += bucket
          const le = point.bounds[index] ?? '+Inf'
          expect(scraped.get(`${prometheus}_bucket`)?.get(keyOf(point, `le=${le}`))).toBe(cumulative)
          compared++
        }
      }
    }
    expect(compared).toBeGreaterThan(200)
  })

  it('the journal', async () => {
    const file = join(folder, 'rebuilt.json')
    const rebuilt = await command(['report', journal, '--output-file', file])
    expect(rebuilt.code).toBe(0)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(result)
    expect(withoutFiles(ended.stdout)).toBe(withoutFiles(rebuilt.stdout))
    expect(rebuilt.stdout).toContain(`\nreports       ${file}\n`)
  })

  it('and the summary', () => {
    expect(ended.stdout).toContain('3,000 scheduled')
    expect(ended.stdout).toMatch(/app|storm/)
    expect(ended.stdout).toContain('audit')
  })
})

describe('/metrics', () => {
  it('carries the identity on every series of ours', () => {
    for (const line of text.split('\n').filter((one) => /^(redis|db)_/.test(one)))
      for (const label of ['app_name="app"', 'instance_id="instance-1"', 'run_id="run-1"', 'version="v9"'])
        expect(line).toContain(label)
  })

  it('passes promtool, but for names that Node and OpenTelemetry own', (context) => {
    const promtool = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    if (promtool.error !== undefined) context.skip('promtool is not installed')
    const complaints = promtool.stderr
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('nodejs_'))
    expect(complaints).toEqual([])
  })

  it('links exemplars to spans that were sent', () => {
    const ids = [...openMetrics.matchAll(/# \{trace_id="(\w+)",span_id="(\w+)"\}/g)]
    expect(ids.length).toBeGreaterThan(3)
    const sent = new Set(collector.spans.map(({ traceId, spanId }) => `${traceId}/${spanId}`))
    for (const [, traceId, spanId] of ids) expect(sent).toContain(`${traceId}/${spanId}`)
  })
})

describe('traces', () => {
  it('have one run span as the parent of all', () => {
    const roots = collector.spans.filter(({ parentSpanId }) => parentSpanId === '')
    expect(roots).toHaveLength(1)
    const [root] = roots
    expect(root!.attributes).toMatchObject({ 'redis_test.audit_ok': true, 'redis_test.commands': 3000 })
    expect(Math.abs(root!.endMillis - result.run_end * 1000)).toBeLessThan(5)
    for (const span of collector.spans) {
      expect(span.traceId).toBe(root!.traceId)
      if (span !== root) expect(span.parentSpanId).toBe(root!.spanId)
      expect(span.endMillis).toBeGreaterThanOrEqual(span.startMillis)
    }
  })

  it('show commands, errors, connections and reconnections with names of the convention', () => {
    const get = collector.spans.find(({ name, statusCode }) => name === 'GET' && statusCode !== 2)
    expect(get!.kind).toBe(3)
    expect(get!.attributes).toMatchObject({
      'db.system.name': 'redis',
      'db.operation.name': 'GET',
      'server.address': '127.0.0.1',
      'server.port': server.port,
    })
    expect(
      collector.spans.some(({ attributes, statusCode }) => statusCode === 2 && 'error.type' in attributes),
    ).toBe(true)
    const names = new Set(collector.spans.map(({ name }) => name))
    expect([...names].toSorted()).toEqual(expect.arrayContaining(['DEL', 'GET', 'SET']))
    const reconnects = collector.spans.filter(({ name }) => /reconnect/i.test(name))
    expect(reconnects.length).toBeGreaterThan(0)
    // At most 10 a second for each reason, plus what the first second may spend at once.
    const ofCommands = collector.spans.filter(({ name }) => REDIS_OPERATIONS.includes(name))
    const slowest = ofCommands.filter(({ attributes }) => attributes['redis_test.kept_reason'] === 'slowest')
    expect(ofCommands.length - slowest.length).toBeLessThanOrEqual(4.5 * 20)
    expect(slowest.length).toBeGreaterThan(0)
    expect(slowest.length).toBeLessThanOrEqual(128)
  })

  it('arrive with the resource and the headers of the standard variables', () => {
    for (const resource of collector.resources)
      expect(resource).toMatchObject({
        'service.name': 'redis-test',
        'service.instance.id': 'instance-1',
        'deployment.environment.name': 'test',
      })
    expect(new Set(collector.metadata)).toEqual(new Set(['secret-of-the-collector']))
  })
})

describe('the log', () => {
  it('says who it is and which trace it belongs to, and holds no secret', () => {
    const lines = readFileSync(logFile, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    for (const line of lines)
      expect(line).toMatchObject({ run_id: 'run-1', app_name: 'app', instance_id: 'instance-1' })
    const { traceId } = collector.spans[0]!
    expect(lines.filter(({ trace_id }) => trace_id === traceId).length).toBeGreaterThan(3)
    expect(JSON.stringify(lines)).not.toContain('secret-of-the-collector')
    expect(ended.stderr).not.toContain('"level"')
  })
})

describe('a collector that fails', () => {
  it.each(['refuse', 'hang'] as const)('costs a counted warning when it does this: %s', async (behaviour) => {
    const broken = await startCollector()
    broken.behaviour = behaviour
    try {
      const running = startRun([
        ...[
          '--port',
          String(server.port),
          '--target-ops-per-second',
          '200',
          '--duration',
          '2',
          '--warmup',
          '0',
        ],
        ...['--otel-endpoint', broken.endpoint, '--otel-export-interval', '500'],
      ])
      const { code, stderr } = await running.ended
      expect(code).toBe(0)
      expect(running.result().totals.ok).toBe(400)
      expect(running.result().generator.telemetry_exports_failed).toBeGreaterThan(0)
      const warnings = stderr.split('\n').filter((line) => line.includes('telemetry export'))
      expect(warnings.length).toBeGreaterThan(0)
      expect(warnings.length).toBeLessThanOrEqual(4)
    } finally {
      broken.stop()
    }
  })

  it('is not looked for when it is not wanted', async () => {
    const running = start(
      [
        'run',
        '--port',
        String(server.port),
        '--metrics-port',
        '0',
        '--target-ops-per-second',
        '100',
        '--duration',
        '1',
        '--warmup',
        '0',
      ],
      { env: { OTEL_ENABLED: 'false', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' } },
    )
    const { code, stderr } = await running.ended
    expect(code).toBe(0)
    expect(stderr).not.toMatch(/telemetry/)
  })
})
