import { type Context, isSpanContextValid, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api'
import { type AnyValueMap, type Logger, SeverityNumber } from '@opentelemetry/api-logs'

const SEVERITIES: Readonly<Record<string, SeverityNumber>> = {
  debug: SeverityNumber.DEBUG,
  info: SeverityNumber.INFO,
  warn: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
}

/** What pino writes; other fields are whatever the caller gave. */
interface LogLine {
  readonly level?: string
  readonly time: string
  readonly msg?: string
  readonly trace_id?: string
  readonly span_id?: string
  readonly [field: string]: unknown
}

/** Fields that have a place of their own in a log record, or are attributes of its resource. */
const PLACED = new Set(['level', 'time', 'msg', 'trace_id', 'span_id', 'run_id', 'app_name', 'instance_id'])

/**
 * A function that turns a line of the log into an OpenTelemetry log record: message as body, level as severity, the
 * trace as trace context (so that back ends link the two), the rest as attributes.
 * See https://opentelemetry.io/docs/specs/otel/logs/data-model/
 */
export function emitLines(logger: Pick<Logger, 'emit'>): (line: string) => void {
  return (line) => {
    const fields = parse(line)
    if (fields === undefined) {
      logger.emit({ body: line.trimEnd() })
      return
    }
    const { level = '', time, msg = '' } = fields
    // What the SDK says about its own exports would be exported, and said again.
    if (fields['component'] === 'opentelemetry') return
    const timestamp = new Date(time)
    logger.emit({
      ...(Number.isNaN(timestamp.getTime()) ? {} : { timestamp }),
      severityNumber: SEVERITIES[level] ?? SeverityNumber.UNSPECIFIED,
      severityText: level.toUpperCase(),
      body: msg,
      attributes: Object.fromEntries(
        Object.entries(fields).filter(([name]) => !PLACED.has(name)),
      ) as AnyValueMap,
      context: contextOf(fields),
    })
  }
}

/** Nothing when a secret was hidden in the middle of a number, after which the line is no JSON any more. */
function parse(line: string): LogLine | undefined {
  try {
    return JSON.parse(line) as LogLine
  } catch {
    return undefined
  }
}

function contextOf({ trace_id: traceId = '', span_id: spanId = '' }: LogLine): Context {
  const spanContext = { traceId, spanId, traceFlags: TraceFlags.SAMPLED }
  return isSpanContextValid(spanContext) ? trace.setSpanContext(ROOT_CONTEXT, spanContext) : ROOT_CONTEXT
}
