import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CATALOGUE } from '../../src/model/catalogue.ts'
import type { Metric } from '../../src/model/catalogue/metric.ts'
import type { RunResult } from '../../src/model/result.ts'
import { profile } from '../e2e/support/command-line.ts'
import { startCluster } from '../e2e/support/redis-cluster.ts'
import { until } from '../e2e/support/until.ts'
import type { JaegerSpan } from './support/jaeger.ts'
import type { Sample } from './support/prometheus.ts'
import { type RunningStack, startStack, untilLingering, whyNot } from './support/running-stack.ts'

/** Three instances run through a storm of reconnections; then every number, span and log line must be where it belongs. */
const INSTANCES = ['one', 'two', 'three']
const reason = whyNot()
if (reason !== undefined) console.warn(`test/stack is skipped: ${reason}`)

describe.skipIf(reason !== undefined)('the stack', () => {
  let stack: RunningStack
  let results: RunResult[]

  beforeAll(async () => {
    stack = await startStack([...INSTANCES, MESSENGER, CLUSTER])
    const runs = INSTANCES.map((instance) => stack.startInstance(instance, RUN))
    await untilLingering(runs)
    results = INSTANCES.map((instance) => stack.resultOf(instance))
    const wanted = sum(results.map(({ totals }) => totals.ok + totals.failed + totals.indeterminate))
    await until('the last numbers are in Prometheus by both paths', async () => {
      const totals = await Promise.all(
        JOBS.map((job) => stack.total(`sum(redis_operations_total{job="${job}"})`)),
      )
      return totals.every((total) => total === wanted)
    })
  })
  afterAll(() => (stack as RunningStack | undefined)?.stop())

  it('has every metric of the catalogue in Prometheus, by both paths, with the same values', async () => {
    const { different, compared } = await compareSeries()
    expect(different).toEqual([])
    expect(compared).toBeGreaterThan(3 * 300)
    const absent = await namesWithoutSeries('redis-test')
    expect(absent).toEqual(await namesWithoutSeries('otlp/redis-test'))
    expect(absent.filter((name) => !OF_SPECIAL_RUNS.test(name))).toEqual([])
  })

  async function compareSeries(): Promise<{ different: string[]; compared: number }> {
    const different: string[] = []
    let compared = 0
    for (const name of CATALOGUE.filter((metric) => !IN_MOTION.has(metric.prometheus)).flatMap(seriesNames)) {
      const [scraped, pushed] = await Promise.all(
        JOBS.map(async (job) => byLabels(await stack.prometheus.query(`${name}{job="${job}"}`))),
      )
      for (const key of new Set([...scraped!.keys(), ...pushed!.keys()])) {
        compared++
        const [one, other] = [scraped!.get(key), pushed!.get(key)]
        if (one !== other) different.push(`${name}{${key}}: scraped ${one}, over OTLP ${other}`)
      }
    }
    return { different, compared }
  }

  async function namesWithoutSeries(job: string): Promise<string[]> {
    const names: string[] = []
    for (const metric of CATALOGUE) {
      const suffix = metric.type === 'histogram' ? '_count' : ''
      if ((await stack.prometheus.query(`${metric.prometheus}${suffix}{job="${job}"}`)).length === 0)
        names.push(metric.prometheus)
    }
    return names
  }

  it('adds three instances up to what the server counted', async () => {
    const server = await stack.redis.client().info('commandstats')
    const calls = ['set', 'get'].map((name) =>
      Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(server)![1]),
    )
    for (const job of JOBS) {
      const settled = await stack.prometheus.query(
        `sum by (operation) (redis_operations_total{job="${job}"})`,
      )
      const indeterminate = await stack.total(
        `sum(redis_test_outcomes_total{job="${job}",outcome="indeterminate"})`,
      )
      const ok = await stack.total(`sum(redis_test_outcomes_total{job="${job}",outcome="ok"})`)
      expect(settled.map(({ metric }) => metric['operation'] ?? '').toSorted()).toEqual(['GET', 'SET'])
      expect(sum(calls)).toBeGreaterThanOrEqual(ok)
      expect(sum(calls)).toBeLessThanOrEqual(ok + indeterminate)
      expect(await stack.total(`count(count by (instance_id) (redis_test_run_info{job="${job}"}))`)).toBe(3)
    }
    expect(results.map(({ audit }) => audit.ok)).toEqual([true, true, true])
  })

  it('has the numbers of the server from the collector and from redis_exporter', async () => {
    const ok = sum(results.map(({ totals }) => totals.ok))
    const commands = (job: string): Promise<number> =>
      stack.total(`redis_commands_processed_total{job="${job}"}`)
    // Both ask the server every five seconds, and Prometheus asks them.
    await until('what the collector saw', async () => (await commands('redis')) > ok)
    if (stack.hasRedisExporter)
      await until('what redis_exporter saw', async () => (await commands('redis-exporter')) > ok)
  })

  it('has the traces of every run in Jaeger, with parents and attributes', async () => {
    const traces = await until('three runs in Jaeger', async () => {
      const all = await stack.jaeger.traces('redis-test', { 'redis_test.end_reason': 'duration' })
      return all.length >= 3 ? all : undefined
    })
    for (const trace of traces) {
      const roots = trace.spans.filter(({ operationName }) => operationName === 'redis-test run')
      expect(roots).toHaveLength(1)
      const parents = new Set(
        trace.spans
          .filter((span) => span !== roots[0])
          .flatMap(({ references }) => references.map(({ refType, spanID }) => `${refType} ${spanID}`)),
      )
      expect([...parents]).toEqual([`CHILD_OF ${roots[0]!.spanID}`])
      const commands = trace.spans.filter((span) => tag(span, 'db.operation.name') !== undefined)
      expect(commands.length).toBeGreaterThan(10)
      for (const span of commands) {
        expect(span.operationName).toMatch(/^(SET|GET)$/)
        expect(tag(span, 'db.system.name')).toBe('redis')
        expect(tag(span, 'server.address')).toBe('127.0.0.1')
        expect(tag(span, 'span.kind')).toBe('client')
      }
      expect(trace.spans.some(({ operationName }) => operationName === 'reconnection')).toBe(true)
      const [process] = Object.values(trace.processes)
      expect(process!.serviceName).toBe('redis-test')
      expect(process!.tags).toEqual(
        expect.arrayContaining([expect.objectContaining({ key: 'run_id', value: 'stack-run' })]),
      )
      expect(process!.tags).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ key: 'deployment.environment.name', value: 'compose' }),
        ]),
      )
    }
  })

  it('finds the trace of an exemplar', async () => {
    const now = Date.now() / 1000
    const data = await stack.prometheus.get<{ exemplars: { labels: Record<string, string> }[] }[]>(
      `/api/v1/query_exemplars?query=redis_operation_duration_seconds_bucket&start=${now - 300}&end=${now}`,
    )
    const exemplars = data.flatMap((series) => series.exemplars)
    expect(exemplars.length).toBeGreaterThan(0)
    const { trace_id: traceId, span_id: spanId } = exemplars[0]!.labels
    const trace = await stack.jaeger.trace(traceId!)
    expect(trace.spans.map(({ spanID }) => spanID)).toContain(spanId)
  })

  it('has span metrics, under a name of their own', async () => {
    const calls = await stack.prometheus.query(
      'sum by (span_name) (traces_span_metrics_calls_total{service_name="redis-test"})',
    )
    expect(calls.map(({ metric }) => metric['span_name'])).toEqual(
      expect.arrayContaining(['GET', 'SET', 'reconnection']),
    )
  })

  it('sends the log with the ids of run and trace to where Loki would be', async () => {
    const ended = await until('the last lines', () => {
      const lines = stack.logRecords.filter(({ body }) => body.includes('exporting over OTLP'))
      return lines.length === 3 ? lines : undefined
    })
    const traceIds = (await stack.jaeger.traces('redis-test')).map(({ traceID }) => traceID)
    for (const { traceId, spanId, resource, severity } of ended) {
      expect(traceIds).toContain(traceId)
      expect(spanId).toMatch(/^[0-9a-f]{16}$/)
      expect(severity).toBe('INFO')
      expect(resource).toMatchObject({ run_id: 'stack-run', 'service.name': 'redis-test', app_name: 'stack' })
      expect(INSTANCES).toContain(resource['instance_id'])
    }
  })

  it('has those of messages, streams, verified and audited values, maintenance and a Cluster once runs have some', async () => {
    const cluster = await startCluster({ masters: 3, replicasEach: 0 })
    try {
      const nodes = ['--topology', 'cluster', '--nodes', cluster.addresses.join(',')]
      await untilLingering([
        stack.startInstance(MESSENGER, [...SPECIAL, '-w', MESSAGES, '--verify', '--audit-writes', '20%']),
        stack.startInstance(CLUSTER, [...SPECIAL, '-w', CUTS], nodes),
      ])
      const [messenger, onCluster] = [stack.resultOf(MESSENGER), stack.resultOf(CLUSTER)]
      const settled = sum(
        [messenger, onCluster].map(({ totals }) => totals.ok + totals.failed + totals.indeterminate),
      )
      await until('their last numbers are in Prometheus by both paths', async () => {
        const query = (job: string): string => `sum(redis_operations_total{job="${job}",run_id="special"})`
        const found = await Promise.all(JOBS.map((job) => stack.total(query(job))))
        return found.every((total) => total === settled)
      })
      expect((await compareSeries()).different).toEqual([])
      for (const job of JOBS) {
        expect(await namesWithoutSeries(job)).toEqual([])
        await expectMessages(job, messenger)
        await expectCluster(job, onCluster)
      }
    } finally {
      await cluster.stop()
    }
  })

  const totalOf = (job: string, name: string, labels = ''): Promise<number> =>
    stack.total(`sum(${name}{job="${job}"${labels}})`)

  async function expectMessages(job: string, result: RunResult): Promise<void> {
    const { pubsub, streams, verification, acked_writes: acked } = result
    expect(await totalOf(job, 'redis_test_verified_reads_total', ',verdict="ok"')).toBe(verification!.ok)
    expect(await totalOf(job, 'redis_test_pubsub_delivery_seconds_count')).toBe(pubsub!.delivery.count)
    expect(await totalOf(job, 'redis_test_stream_delivery_seconds_count')).toBe(streams!.delivery.count)
    expect(await totalOf(job, 'redis_test_acked_writes', ',state="confirmed"')).toBe(acked!.confirmed)
    expect(acked!.confirmed).toBeGreaterThan(0)
    expect([pubsub!.lost, pubsub!.missed, streams!.lost, verification!.wrong, acked!.lost]).toEqual([
      0, 0, 0, 0, 0,
    ])
  }

  async function expectCluster(job: string, { nodes, maintenance }: RunResult): Promise<void> {
    const outages = sum(nodes.map((node) => node.outages))
    expect(outages).toBeGreaterThan(0)
    expect(await totalOf(job, 'redis_test_node_outages_total')).toBe(outages)
    for (const { address, ok } of nodes) {
      const [, port] = address.split(':')
      expect(
        await totalOf(job, 'redis_test_node_operations_total', `,status="success",server_port="${port}"`),
      ).toBe(ok)
    }
    // Redis has no such command.
    const refused = ',instance_id="cluster",status="refused"'
    expect(maintenance!.refused).toBeGreaterThan(0)
    expect(await totalOf(job, 'redis_test_maintenance_requests_total', refused)).toBe(maintenance!.refused)
  }
})

const JOBS = ['redis-test', 'otlp/redis-test']

const STORM = profile(
  'storm',
  `load:
  target_ops_per_second: 500
  clients: 10
  stages:
    - { name: calm, duration: 4s }
    - { name: storm, duration: 26s }
operations:
  - command: SET
    weight: 0.5
  - command: GET
    weight: 0.5
faults:
  - kind: client-kill
    at: 5s
    every: 5s
    share: 30%
  - kind: socket-cut
    at: 7s
    every: 5s
    share: 20%
`,
)

/** Of the instance that comes last. */
const MESSENGER = 'messages'
/** The instance that sits on a Cluster. */
const CLUSTER = 'cluster'
/** Metrics that only exist where somebody listens, or verifies, where writes are audited, maintenance is announced, or there is a Cluster. */
const OF_SPECIAL_RUNS =
  /pubsub|stream|verified|acked_writes|audit_writes|replica_looks|stale_read|maintenance|relaxed|_node_|_cluster_|shard_/

const MESSAGES = profile(
  'messages',
  `load:
  target_ops_per_second: 200
pubsub: {subscribers: 2}
streams: {consumers: 1}
operations:
  - command: PUBLISH
  - command: XADD
  - command: SET
  - command: GET
`,
)

/** On a Cluster: connections to every node are lost. */
const CUTS = profile(
  'cuts',
  `load:
  target_ops_per_second: 300
operations:
  - command: SET
  - command: GET
faults:
  - kind: client-kill
    at: 1s
    on: masters
    share: 100%
`,
)

const SPECIAL = [
  ...['--run-id', 'special', '--app-name', 'stack', '--app-version', 'v1', '--metrics-linger', '10m'],
  ...['--duration', '5', '--warmup', '0', '--maintenance-notifications', 'relax'],
]

const RUN = [
  ...['--workload-profile', STORM, '--duration', '30', '--warmup', '0', '--metrics-linger', '10m'],
  ...['--threshold', 'p99 < 10s', '--count', '1000000'],
  ...['--run-id', 'stack-run', '--app-name', 'stack', '--app-version', 'v1'],
]

/** They count what goes on after a run: exports of these very numbers. */
const IN_MOTION = new Set(['redis_test_telemetry_exports_total'])

const sum = (values: readonly number[]): number => values.reduce((one, other) => one + other, 0)
const tag = (span: JaegerSpan, key: string): unknown => span.tags.find((entry) => entry.key === key)?.value

function seriesNames({ prometheus: name, type }: Metric): string[] {
  return type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name]
}

/** Labels that tell the paths apart, and one that only Prometheus' OpenMetrics side knows. */
function byLabels(samples: readonly Sample[]): Map<string, number> {
  const paths = new Set(['__name__', 'job', 'instance'])
  return new Map(
    samples.map(({ metric, value }) => [
      Object.entries(metric)
        .filter(([label]) => !paths.has(label))
        .map(
          ([label, text]) =>
            `${label}=${label === 'le' ? String(Number(text.replace('+Inf', 'Infinity'))) : text}`,
        )
        .toSorted()
        .join(' '),
      value,
    ]),
  )
}
