import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from '../e2e/support/command-line.ts'
import { until } from '../e2e/support/until.ts'
import { type HttpSink, startHttpSink } from '../support/http-sink.ts'
import { type CollectorPorts, collectorPorts, startCollector } from './support/collector.ts'
import { findPrograms } from './support/programs.ts'

const FOLDER = join(ROOT, 'otel-collector/overlays')
const overlays = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace('.yaml', ''))
const examples = readdirSync(join(FOLDER, 'examples')).map((name) => `examples/${name.replace('.yaml', '')}`)
/** Their components are in the published image, and not among those that the tests build. */
const NOT_BUILT = new Set(['examples/influxdb', 'examples/datadog'])

const { found, reasons } = findPrograms()
const collector = found.otelcol
if (collector === undefined) console.warn(`test/stack/overlays is skipped: ${reasons.otelcol}`)

interface Config {
  readonly exporters?: Record<string, unknown>
  readonly service?: {
    readonly pipelines?: Record<string, { receivers?: string[]; processors?: string[]; exporters?: string[] }>
  }
}

describe.skipIf(collector === undefined)('overlays of the collector', () => {
  const validate = (names: readonly string[]): string => {
    const args = names.flatMap((name) => ['--config', join(FOLDER, `${name}.yaml`)])
    const base = join(ROOT, 'otel-collector/config.yaml')
    const env = { ...process.env, REDIS_ENDPOINT: 'redis:6379' }
    return spawnSync(collector!, ['validate', '--config', base, ...args], { encoding: 'utf8', env }).stderr
  }

  it.each([...overlays, ...examples].filter((name) => !NOT_BUILT.has(name)))('%s is valid', (name) => {
    expect(validate([name])).toBe('')
  })

  it('go together, all at once', () => {
    expect(validate(overlays)).toBe('')
  })

  it('would be refused with a mistake in them', () => {
    const args = ['validate', '--config', join(ROOT, 'otel-collector/config.yaml')]
    const mistake = spawnSync(collector!, [...args, '--config', 'yaml:exporters::zipkin::no_such_key: 1'])
    expect(mistake.status).not.toBe(0)
  })

  it.each([...overlays, ...examples].filter((name) => name !== 'none' && name !== 'tail-sampling'))(
    '%s only adds pipelines that begin at a forward connector and end at its own exporter',
    (name) => {
      const config = parse(readFileSync(join(FOLDER, `${name}.yaml`), 'utf8')) as Config
      const pipelines = Object.entries(config.service?.pipelines ?? {})
      expect(pipelines.length).toBeGreaterThan(0)
      for (const [pipeline, { receivers, processors, exporters }] of pipelines) {
        const [signal, own] = pipeline.split('/')
        expect(own).toBe(name.replace('examples/', ''))
        expect(receivers).toEqual([`forward/${signal}`])
        expect(processors).toBeUndefined()
        expect(Object.keys(config.exporters ?? {})).toEqual(expect.arrayContaining(exporters ?? ['?']))
      }
    },
  )
})

interface Span {
  readonly name: string
}

describe.skipIf(collector === undefined)('tail sampling', () => {
  const names: string[] = []
  let sink: HttpSink
  let ports: CollectorPorts
  beforeAll(async () => {
    sink = await startHttpSink(({ text }) => {
      const { resourceSpans } = JSON.parse(text) as {
        resourceSpans: { scopeSpans: { spans: Span[] }[] }[]
      }
      for (const { scopeSpans } of resourceSpans)
        names.push(...scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)))
    })
    ports = await collectorPorts()
    await startCollector(collector!, ports, {
      overlays: ['tail-sampling', 'examples/webhook'],
      // Sooner than in the stack.
      more: ['processors::tail_sampling::decision_wait: 1s'],
      env: {
        REDIS_ENDPOINT: '127.0.0.1:1',
        JAEGER_ENDPOINT: '127.0.0.1:1',
        WEBHOOK_URL: sink.url,
      },
    })
  })
  afterAll(() => sink.stop())

  it('keeps every trace with an error and every slow one, and a share of the others', async () => {
    const now = Date.now() * 1e6
    const span = (name: string, trace: number, millis: number, code = 0): object => ({
      traceId: createHash('md5').update(`trace ${trace}`).digest('hex'),
      spanId: '1'.repeat(16),
      name,
      startTimeUnixNano: String(now),
      endTimeUnixNano: String(now + millis * 1e6),
      status: { code },
    })
    const spans = Array.from({ length: 300 }, (_, trace) => {
      if (trace % 3 === 0) return span('failed', trace, 1, 2)
      return trace % 3 === 1 ? span('slow', trace, 500) : span('quick', trace, 1)
    })
    const answer = await fetch(`http://127.0.0.1:${ports.otlpHttp}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
    })
    expect(answer.status).toBe(200)
    const count = (name: string): number => names.filter((one) => one === name).length
    await until('all of the interesting traces', () => count('failed') === 100 && count('slow') === 100)
    // 10 %; which ones depends on their ids alone. Given up at the same moment as the others were kept.
    expect(count('quick')).toBeGreaterThan(0)
    expect(count('quick')).toBeLessThan(30)
  })

  it('takes Zipkin spans of other applications', async () => {
    const answer = await fetch(`http://127.0.0.1:${ports.zipkin}/api/v2/spans`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([
        {
          traceId: 'a'.repeat(32),
          id: 'b'.repeat(16),
          name: 'from zipkin',
          timestamp: Date.now() * 1000,
          duration: 500_000,
          localEndpoint: { serviceName: 'other' },
        },
      ]),
    })
    expect(answer.status).toBe(202)
    await until('the span', () => names.includes('from zipkin'))
  })
})

interface ElasticsearchLog {
  readonly trace_id: string
  readonly span_id: string
  readonly severity_text: string
  readonly body: { readonly text: string }
  readonly resource: { readonly attributes: Readonly<Record<string, string>> }
}

describe.skipIf(collector === undefined)('the overlay for Elasticsearch', () => {
  it('sends the log to a data stream, with trace and run as fields of their own', async () => {
    const received: [action: Record<string, { _index: string }>, document: ElasticsearchLog][] = []
    const elasticsearch = await startHttpSink(
      ({ text }) => {
        const lines = text.split('\n').filter((line) => line !== '')
        for (let line = 0; line + 1 < lines.length; line += 2)
          received.push([JSON.parse(lines[line]!), JSON.parse(lines[line + 1]!)] as (typeof received)[number])
        return { errors: false, items: [] }
      },
      { 'x-elastic-product': 'Elasticsearch' },
    )
    const ports = await collectorPorts()
    const component = await startCollector(collector!, ports, {
      overlays: ['elasticsearch'],
      env: {
        REDIS_ENDPOINT: '127.0.0.1:1',
        JAEGER_ENDPOINT: '127.0.0.1:1',
        ELASTICSEARCH_ENDPOINT: elasticsearch.url,
      },
    })
    const string = (key: string, stringValue: string): object => ({ key, value: { stringValue } })
    const record = {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      severityText: 'WARN',
      body: { stringValue: 'hello' },
      timeUnixNano: String(Date.now() * 1e6),
    }
    const resource = { attributes: [string('service.name', 'redis-test'), string('run_id', 'r-1')] }
    const answer = await fetch(`http://127.0.0.1:${ports.otlpHttp}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] }),
    })
    expect(answer.status).toBe(200)
    const [action, document] = await until('the log line', () => received[0])
    expect(Object.values(action)[0]!._index).toMatch(/^logs-.*\.otel-/)
    expect(document).toMatchObject({
      trace_id: 'a'.repeat(32),
      span_id: 'b'.repeat(16),
      severity_text: 'WARN',
      body: { text: 'hello' },
      resource: { attributes: { 'service.name': 'redis-test', run_id: 'r-1' } },
    })
    await component.stop()
    elasticsearch.stop()
  })
})
