import { diag, type DiagLogger, DiagLogLevel, type Tracer, trace } from '@opentelemetry/api'
import { logs } from '@opentelemetry/api-logs'
import { envDetector, hostDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor } from '@opentelemetry/sdk-logs'
import { PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { AlwaysOnSampler } from '@opentelemetry/sdk-trace'
import { identityLabels } from '../model/catalogue.ts'
import type { Log } from '../model/log.ts'
import type { RunPlan } from '../model/plan.ts'
import type { RunView, ToolCounters } from '../model/run-view.ts'
import type { LogTap } from './log-tap.ts'
import {
  EXPORT_TIMEOUT_MILLIS,
  type ExporterParts,
  logExporter,
  metricExporter,
  traceExporter,
} from './otlp-exporters.ts'
import { emitLines } from './otlp-logs.ts'
import { SCOPE_NAME, SnapshotMetricProducer } from './otlp-metrics.ts'

export interface OtlpParts {
  readonly plan: RunPlan
  readonly view: () => RunView
  readonly tool: ToolCounters
  readonly log: Log
  /** The lines of the log, which go out too if the plan wants it. */
  readonly lines: LogTap
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
 * Metrics, traces and the log over OTLP gRPC through the OpenTelemetry SDK, in the main thread only. Honours the standard
 * `OTEL_*` variables. A collector that is down or hangs costs a counted, rate-limited warning, and nothing else.
 */
export function startOtlp(parts: OtlpParts): Otlp {
  const { log, environment, plan, tool } = parts
  const exporters: ExporterParts = { otel: plan.otel, tool, log, environment }
  let pending = 0
  warnOfOtherProtocol(environment, log)
  diag.setLogger(diagToLog(log), { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  const wants = (name: string): boolean => environment[name] !== 'none'
  const readers = wants('OTEL_METRICS_EXPORTER') ? [metricReader(parts, exporters)] : []
  const sdk = new NodeSDK({
    resource: resourceOf(parts),
    // Not the process detector: it would export the command line, which may hold a password.
    resourceDetectors: [envDetector, hostDetector],
    sampler: new AlwaysOnSampler(),
    metricReaders: readers,
    logRecordProcessors: plan.otel.logs ? [logProcessor(exporters)] : [],
    textMapPropagator: null,
    ...(wants('OTEL_TRACES_EXPORTER')
      ? { traceExporter: traceExporter(exporters, (sent) => (pending -= sent)) }
      : { spanProcessors: [] }),
  })
  sdk.start()
  if (plan.otel.logs) parts.lines.connect(emitLines(logs.getLogger(SCOPE_NAME, parts.toolVersion)))
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
    'OTEL_EXPORTER_OTLP_LOGS_PROTOCOL',
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

function metricReader(parts: OtlpParts, exporters: ExporterParts): PeriodicExportingMetricReader {
  const { plan, view, toolVersion, startedAtMillis } = parts
  const exportIntervalMillis = plan.otel.export_interval_ms
  const exportTimeoutMillis = Math.min(exportIntervalMillis, EXPORT_TIMEOUT_MILLIS)
  return new PeriodicExportingMetricReader({
    exporter: metricExporter(exporters, exportTimeoutMillis),
    exportIntervalMillis,
    exportTimeoutMillis,
    metricProducers: [new SnapshotMetricProducer(view, { version: toolVersion, startedAtMillis })],
  })
}

function logProcessor(exporters: ExporterParts): BatchLogRecordProcessor {
  return new BatchLogRecordProcessor({
    exporter: logExporter(exporters),
    scheduledDelayMillis: 1000,
    exportTimeoutMillis: EXPORT_TIMEOUT_MILLIS,
  })
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
