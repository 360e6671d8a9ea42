import { ExportResultCode, type ExportResult } from '@opentelemetry/core'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc'
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc'
import type { Log } from '../model/log.ts'
import type { OtelPlan } from '../model/plan.ts'
import type { Signal, ToolCounters } from '../model/run-view.ts'
import { RateLimitedWarning } from './rate-limited-warning.ts'

/** Longer waits help nobody: a batch that did not arrive is lost, and the next one has newer totals. */
export const EXPORT_TIMEOUT_MILLIS = 2500

export interface ExporterParts {
  readonly otel: OtelPlan
  readonly tool: ToolCounters
  readonly log: Log
  readonly environment: Readonly<Record<string, string | undefined>>
}

export function metricExporter(parts: ExporterParts, timeoutMillis: number): OTLPMetricExporter {
  const { metrics_endpoint, endpoint } = parts.otel
  const exporter = new OTLPMetricExporter(optionsOf(metrics_endpoint ?? endpoint, parts, timeoutMillis))
  return watched(exporter, 'metrics', parts)
}

/** `onSent` is told how many spans have left, or were given up. */
export function traceExporter(parts: ExporterParts, onSent: (spans: number) => void): OTLPTraceExporter {
  const { traces_endpoint, endpoint } = parts.otel
  const exporter = new OTLPTraceExporter(optionsOf(traces_endpoint ?? endpoint, parts, EXPORT_TIMEOUT_MILLIS))
  return watched(exporter, 'traces', parts, onSent)
}

export function logExporter(parts: ExporterParts): OTLPLogExporter {
  const { logs_endpoint, endpoint } = parts.otel
  const exporter = new OTLPLogExporter(optionsOf(logs_endpoint ?? endpoint, parts, EXPORT_TIMEOUT_MILLIS))
  // A warning that this fails is a line of the log, too; it comes once a minute at most, so it does not feed itself.
  return watched(exporter, 'logs', parts)
}

function optionsOf(
  url: string | null,
  { environment }: ExporterParts,
  timeoutMillis: number,
): { url?: string; timeoutMillis?: number } {
  const hasTimeout = Object.keys(environment).some((name) => /^OTEL_EXPORTER_OTLP_(\w+_)?TIMEOUT$/.test(name))
  return { ...(url === null ? {} : { url }), ...(hasTimeout ? {} : { timeoutMillis }) }
}

type Done = (result: ExportResult) => void
interface Exporting<Batch> {
  export(batch: Batch, done: Done): void
}

/** Counts the results of an exporter and, once in a while, logs them. */
function watched<Batch, Exporter extends Exporting<Batch>>(
  exporter: Exporter & Exporting<Batch>,
  signal: Signal,
  { tool, log }: ExporterParts,
  onSent: (items: number) => void = () => {},
): Exporter {
  const warning = new RateLimitedWarning(log, 'telemetry export', { signal })
  const send = exporter.export.bind(exporter)
  exporter.export = (batch, done) => {
    send(batch, (result) => {
      onSent(Array.isArray(batch) ? batch.length : 1)
      if (result.code === ExportResultCode.SUCCESS) {
        tool.exports[signal].ok++
        warning.succeeded()
      } else {
        tool.exports[signal].failed++
        warning.failed(result.error?.message ?? 'unknown')
      }
      done(result)
    })
  }
  return exporter
}
