import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RunResult } from '../../../src/model/result.ts'
import { parse } from 'yaml'
import { folder, ROOT, type Running, start } from '../../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../../e2e/support/redis-server.ts'
import { until } from '../../e2e/support/until.ts'
import type { HttpSink } from '../../support/http-sink.ts'
import { type CollectorPorts, collectorPorts, startCollector } from './collector.ts'
import { type Jaeger, startJaeger } from './jaeger.ts'
import { type LogRecord, startLogSink } from './log-sink.ts'
import { answers, type Component, freePorts, startComponent } from './process.ts'
import { findPrograms, type ProgramName } from './programs.ts'
import { type PrometheusServer, readdress, startPrometheus } from './prometheus.ts'

export interface RunningStack {
  readonly redis: TestServer
  readonly ports: CollectorPorts
  readonly jaeger: Jaeger
  readonly prometheus: PrometheusServer
  /** What would have come to Loki. */
  readonly logRecords: readonly LogRecord[]
  readonly hasRedisExporter: boolean
  readonly hasNodeExporter: boolean
  collector(): Component
  /** Kills the collector, and starts it again where it was. */
  restartCollector(pauseMillis: number): Promise<void>
  /** Starts an instance of the app, which is scraped and sends to the collector; its target is the server of the stack. */
  startInstance(instance: string, args: readonly string[], target?: readonly string[]): Running
  resultOf(instance: string): RunResult
  /** The first value of an instant query; 0 without one. */
  total(expression: string): Promise<number>
  stop(): Promise<void>
}

const { found, reasons } = findPrograms()

/** Why the stack cannot be started here; `undefined` when it can. */
export function whyNot(): string | undefined {
  const needed: ProgramName[] = ['otelcol', 'prometheus', 'jaeger']
  const missing = needed.filter((name) => found[name] === undefined)
  return missing.length === 0 ? undefined : missing.map((name) => `${name}: ${reasons[name]}`).join('; ')
}

/**
 * The app's surroundings as in docker-compose.yml, as processes: the real programs with the real configuration files,
 * only addresses are other ones. `instances` of the app can be started; Prometheus knows their addresses already.
 */
export async function startStack(instances: readonly string[]): Promise<RunningStack> {
  const redis = await startRedis('--maxmemory', '256mb')
  // So that there is something to say about replication.
  const replica = await startRedis('--replicaof', '127.0.0.1', String(redis.port))
  try {
    return await startAround(redis, replica, instances)
  } catch (error) {
    await replica.stop()
    await redis.stop()
    throw error
  }
}

async function startAround(
  redis: TestServer,
  replica: TestServer,
  instances: readonly string[],
): Promise<RunningStack> {
  const logRecords: LogRecord[] = []
  const lokiSink = await startLogSink(logRecords)
  const [prometheusPort, exporterPort, nodePort, ...appPorts] = await freePorts(3 + instances.length)
  const ports = await collectorPorts()
  const jaeger = await startJaeger(found.jaeger!, `http://127.0.0.1:${prometheusPort}`)
  let collector = await startHere(ports, redis, jaeger, lokiSink)
  await startRedisExporter(redis, exporterPort!)
  await startNodeExporter(nodePort!)
  const address = (port: number | undefined): string => `127.0.0.1:${port}`
  const prometheus = await startPrometheus(
    found.prometheus!,
    prometheusPort!,
    readdress({
      'redis-test-app:8000': appPorts.map(address),
      'otel-collector:8889': [address(ports.exporter)],
      'otel-collector:8888': [address(ports.self)],
      'jaeger:8888': [address(jaeger.metrics)],
      'localhost:9090': [address(prometheusPort)],
      'node-exporter:9100': found.nodeExporter === undefined ? [] : [address(nodePort)],
      'redis-exporter:9121': found.redisExporter === undefined ? [] : [address(exporterPort)],
    }),
    join(folder, `prometheus-${prometheusPort}`),
  )
  const runs: Running[] = []
  const resultFile = (instance: string): string => join(folder, `${prometheusPort}-${instance}.json`)
  return {
    redis,
    ports,
    jaeger,
    prometheus,
    logRecords,
    hasRedisExporter: found.redisExporter !== undefined,
    hasNodeExporter: found.nodeExporter !== undefined,
    collector: () => collector,
    async restartCollector(pauseMillis) {
      await collector.stop('SIGKILL')
      await new Promise((resolve) => {
        setTimeout(resolve, pauseMillis)
      })
      collector = await startHere(ports, redis, jaeger, lokiSink)
    },
    startInstance(instance, args, target = ['--port', String(redis.port)]) {
      const port = appPorts[instances.indexOf(instance)]
      const running = start(
        [
          ...['run', ...target, '--metrics-port', String(port)],
          ...['--output-file', resultFile('{instance_id}'), '--instance-id', instance, ...args],
        ],
        { env: telemetryOf(ports) },
      )
      runs.push(running)
      return running
    },
    resultOf: (instance) => JSON.parse(readFileSync(resultFile(instance), 'utf8')) as RunResult,
    total: async (expression) => (await prometheus.query(expression))[0]?.value ?? 0,
    async stop() {
      for (const run of runs) run.child.kill('SIGTERM')
      await Promise.all(runs.map(({ ended }) => ended))
      await Promise.all([prometheus.stop(), collector.stop(), jaeger.stop()])
      lokiSink.stop()
      await replica.stop()
      await redis.stop()
    },
  }
}

function telemetryOf({ otlp }: CollectorPorts): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${otlp}`,
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_METRIC_EXPORT_INTERVAL: '2000',
    LOG_FORMAT: 'json',
  }
}

function startHere(
  ports: CollectorPorts,
  redis: TestServer,
  jaeger: Jaeger,
  lokiSink: HttpSink,
): Promise<Component> {
  return startCollector(found.otelcol!, ports, {
    overlays: ['loki'],
    // What a test can read.
    more: ['exporters::otlp_http/loki::encoding: json', 'exporters::otlp_http/loki::compression: none'],
    env: {
      REDIS_ENDPOINT: `127.0.0.1:${redis.port}`,
      JAEGER_ENDPOINT: `127.0.0.1:${jaeger.otlp}`,
      LOKI_ENDPOINT: `${lokiSink.url}/otlp`,
    },
  })
}

async function startRedisExporter(redis: TestServer, port: number): Promise<void> {
  if (found.redisExporter === undefined) return
  const args = [`-redis.addr=redis://127.0.0.1:${redis.port}`, `-web.listen-address=127.0.0.1:${port}`]
  await startComponent('redis_exporter', [found.redisExporter, ...args], () =>
    answers(`http://127.0.0.1:${port}/health`),
  )
}

interface ComposeFile {
  readonly services: Readonly<Record<string, { readonly command: readonly string[] }>>
}

async function startNodeExporter(port: number): Promise<void> {
  if (found.nodeExporter === undefined) return
  const text = readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')
  const compose = parse(text, { merge: true, maxAliasCount: -1 }) as ComposeFile
  // What it collects in the stack, so that no panel has data here and none there.
  const flags = compose.services['node-exporter']!.command.filter((flag) =>
    flag.startsWith('--collector.'),
  ).map((flag) => flag.replaceAll('$$', '$'))
  const own = [`--web.listen-address=127.0.0.1:${port}`, '--path.rootfs=/']
  await startComponent('node_exporter', [found.nodeExporter, ...own, ...flags], () =>
    answers(`http://127.0.0.1:${port}/`),
  )
}

/** Waits until all of the runs have ended their load and only keep their metrics up. */
export async function untilLingering(runs: readonly Running[], limitMillis = 120_000): Promise<void> {
  await until(
    'the runs are over, and their metrics stay up',
    () => {
      const dead = runs.find(({ child }) => child.exitCode !== null)
      if (dead !== undefined) throw new Error(dead.stderr())
      return runs.every((run) => run.stderr().includes('metrics stay up'))
    },
    limitMillis,
  )
}
