import { diag, type DiagLogger, DiagLogLevel, type Tracer, trace } from '@opentelemetry/api'
import { ExportResultCode, type ExportResult } from '@opentelemetry/core'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import { envDetector, hostDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { AlwaysOnSampler } from '@opentelemetry/sdk-trace'
import { identityLabels } from '../model/catalogue.ts'
import type { Log } from '../model/log.ts'
import type { RunPlan } from '../model/plan.ts'
import type { RunView, Signal, ToolCounters } from '../model/run-view.ts'
import { SCOPE_NAME, SnapshotMetricProducer } from './otlp-metrics.ts'
import { RateLimitedWarning } from './rate-limited-warning.ts'

/** Longer waits help nobody: a batch that did not arrive is lost, and the next one has newer totals. */
const EXPORT_TIMEOUT_MILLIS = 2500

export interface OtlpParts {
  readonly plan: RunPlan
  readonly view: () => RunView
  readonly tool: ToolCounters
  readonly log: Log
  readonly toolVersion: string
  readonly startedAtMillis: number
  readonly environment: Readonly<Record<string, string | undefined>>
}

export interface Otlp {
  readonly tracer: Tracer
  /** Spans that were handed over and have not left yet. */
  readonly pendingSpans: () => number
  readonly countPendingSpan: () => void
  /**
   * Exports once, within a bound: all series at zero, so that nobody misses their first increment, and what gRPC loads
   * on its first use is loaded before there is load. Never rejects.
   */
  prime(boundMillis: number): Promise<void>
  /** Sends what is left, within a bound. Never rejects: what fails is counted and logged. */
  flush(boundMillis: number): Promise<void>
}

/**
 * Metrics and traces over OTLP gRPC through the OpenTelemetry SDK, in the main thread only. Honours the standard
 * `OTEL_*` variables. A collector that is down or hangs costs a counted, rate-limited warning, and nothing else.
 */
export function startOtlp(parts: OtlpParts): Otlp {
  const { log, environment } = parts
  let pending = 0
  warnOfOtherProtocol(environment, log)
  diag.setLogger(diagToLog(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  const watch = (signal: Signal): Watch => watchExports(signal, parts)
  const wants = (name: string): boolean => environment[name] !== 'none'
  const readers = wants('OTEL_METRICS_EXPORTER') ? [metricReader(parts, watch('metrics'))] : []
  const sdk = new NodeSDK({
    resource: resourceOf(parts),
    // Not the process detector: it would export the command line, which may hold a password.
    resourceDetectors: [envDetector, hostDetector],
    sampler: new AlwaysOnSampler(),
    metricReaders: readers,
    logRecordProcessors: [],
    textMapPropagator: null,
    ...(wants('OTEL_TRACES_EXPORTER')
      ? { traceExporter: traceExporter(parts, watch('traces'), (sent) => (pending -= sent)) }
      : { spanProcessors: [] }),
  })
  sdk.start()
  return {
    tracer: trace.getTracer(SCOPE_NAME, parts.toolVersion),
    pendingSpans: () => pending,
    countPendingSpan: () => pending++,
    async prime(boundMillis) {
      const flushes = readers.map((reader) => reader.forceFlush().catch(describe))
      await Promise.race([Promise.all(flushes), lateAfter(boundMillis)])
    },
    async flush(boundMillis) {
      const outcome = await Promise.race([sdk.shutdown().catch(describe), lateAfter(boundMillis)])
      if (outcome === 'late') log.warn({ bound_ms: boundMillis }, 'telemetry was not flushed in time')
      else if (outcome !== undefined) log.debug({ reason: outcome }, 'telemetry flush failed')
    },
  }
}

function warnOfOtherProtocol(environment: OtlpParts['environment'], log: Log): void {
  for (const name of [
    'OTEL_EXPORTER_OTLP_PROTOCOL',
    'OTEL_EXPORTER_OTLP_METRICS_PROTOCOL',
    'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
  ])
    if ((environment[name] ?? 'grpc') !== 'grpc')
      log.warn({ variable: name }, 'only OTLP over gRPC is spoken here: give an endpoint that takes it')
}

function resourceOf({ plan, toolVersion }: OtlpParts): ReturnType<typeof resourceFromAttributes> {
  return resourceFromAttributes({
    'service.name': plan.otel.service_name,
    'service.version': toolVersion,
    'service.instance.id': plan.identity.instance_id,
    ...identityLabels(plan),
  })
}

function metricReader(parts: OtlpParts, watch: Watch): PeriodicExportingMetricReader {
  const { plan, view, toolVersion, startedAtMillis } = parts
  const url = plan.otel.metrics_endpoint ?? plan.otel.endpoint
  const exportIntervalMillis = plan.otel.export_interval_ms
  const exportTimeoutMillis = Math.min(exportIntervalMillis, EXPORT_TIMEOUT_MILLIS)
  const exporter = new OTLPMetricExporter(exporterOptions(url, parts.environment, exportTimeoutMillis))
  const send = exporter.export.bind(exporter)
  exporter.export = (metrics, done) => send(metrics, watch(done))
  return new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis,
    exportTimeoutMillis,
    metricProducers: [new SnapshotMetricProducer(view, { version: toolVersion, startedAtMillis })],
  })
}

function traceExporter(
  { plan, environment }: OtlpParts,
  watch: Watch,
  onSent: (spans: number) => void,
): OTLPTraceExporter {
  const url = plan.otel.traces_endpoint ?? plan.otel.endpoint
  const exporter = new OTLPTraceExporter(exporterOptions(url, environment, EXPORT_TIMEOUT_MILLIS))
  const send = exporter.export.bind(exporter)
  exporter.export = (spans, done) => {
    const watched = watch(done)
    send(spans, (result) => {
      onSent(spans.length)
      watched(result)
    })
  }
  return exporter
}

function exporterOptions(
  url: string | null,
  environment: OtlpParts['environment'],
  timeoutMillis: number,
): { url?: string; timeoutMillis?: number } {
  const hasTimeout = Object.keys(environment).some((name) => /^OTEL_EXPORTER_OTLP_(\w+_)?TIMEOUT$/.test(name))
  return { ...(url === null ? {} : { url }), ...(hasTimeout ? {} : { timeoutMillis }) }
}

type Done = (result: ExportResult) => void
/** Wraps an exporter's callback, so that its result is counted and, once in a while, logged. */
type Watch = (done: Done) => Done

function watchExports(signal: Signal, { tool, log }: OtlpParts): Watch {
  const warning = new RateLimitedWarning(log, 'telemetry export', { signal })
  return (done) => (result) => {
    if (result.code === ExportResultCode.SUCCESS) {
      tool.exports[signal].ok++
      warning.succeeded()
    } else {
      tool.exports[signal].failed++
      warning.failed(result.error?.message ?? 'unknown')
    }
    done(result)
  }
}

/** What the SDK has to say is of interest to whoever debugs it; failures of exports are reported above. */
function diagToLog(log: Log): DiagLogger {
  const write = (message: string): void => log.debug({ component: 'opentelemetry' }, message)
  return { error: write, warn: write, info: write, debug: write, verbose: write }
}

function lateAfter(millis: number): Promise<'late'> {
  return new Promise((resolve) => {
    setTimeout(() => resolve('late'), millis).unref()
  })
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
