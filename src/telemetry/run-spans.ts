import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { parseAddress } from '../model/address.ts'
import type { ConnectionAttempt, Outage } from '../model/connection-event.ts'
import { errorCodeAt } from '../model/error-codes.ts'
import type { SeriesInfo } from '../model/ledger.ts'
import type { MaintenanceNotice } from '../model/maintenance.ts'
import type { SpanIds } from '../model/log.ts'
import { OK } from '../model/outcome.ts'
import type { RunPlan } from '../model/plan.ts'
import type { FaultResult } from '../model/fault-result.ts'
import type { ToolCounters } from '../model/run-view.ts'
import { serverLabels } from '../model/catalogue/server-labels.ts'
import type { SlowestCommand } from '../model/slowest-command.ts'
import type { KeptReport } from '../model/thread-message.ts'
import { databaseSeries, type ExemplarStore, operationSeries } from './exemplars.ts'
import type { Otlp } from './otlp.ts'
import { PROFILE_ID_ATTRIBUTE } from './profiler.ts'

/**
 * A trace with more spans than this is of no use to anybody: the run goes on in a new one, linked to the first. Back ends
 * that count traces (Jaeger's memory) count on it.
 */
export const SPANS_PER_TRACE = 1000
/** The SDK's export queue: what is handed over beyond it would be dropped without a word. */
const LARGEST_BACKLOG = 2000
/** Connection spans in one second; a storm of a thousand connections is in the metrics and the result in full. */
const CONNECTION_SPANS_PER_SECOND = 50
const MILLIS_PER_SECOND = 1000

export interface RunSpansParts {
  readonly plan: RunPlan
  readonly series: readonly SeriesInfo[]
  readonly otlp: Otlp
  readonly exemplars: ExemplarStore
  readonly tool: ToolCounters
  readonly startedAtMillis: number
  /** Told the span under which the run goes on: its own, later that of each further trace. */
  readonly onSpan: (ids: SpanIds) => void
}

/**
 * Spans made after the fact, with explicit times, as children of the run's span: kept commands, connection attempts
 * and reconnections. Names and attributes follow the semantic conventions for Redis.
 */
export class RunSpans {
  readonly #parts: RunSpansParts
  readonly #commandAttributes: Attributes
  readonly #runSpan: Span
  #segment: Span
  #parent: Context
  #inTrace = 0
  #connectionRoom = CONNECTION_SPANS_PER_SECOND

  constructor(parts: RunSpansParts) {
    this.#parts = parts
    const { plan } = parts
    this.#commandAttributes = {
      'db.system.name': 'redis',
      'db.namespace': String(plan.target.db),
      ...serverAttributes(plan),
    }
    this.#runSpan = this.#startRunSpan(parts.startedAtMillis)
    this.#segment = this.#runSpan
    this.#parent = trace.setSpan(ROOT_CONTEXT, this.#runSpan)
    parts.onSpan(this.ids)
  }

  /** Of the span of the run. */
  get ids(): SpanIds {
    return idsOf(this.#runSpan)
  }

  /** Its span, unless there is no room for one. */
  command(kept: KeptReport): SpanIds | undefined {
    const { plan, series, exemplars } = this.#parts
    const info = series[kept.series]
    if (info === undefined) return undefined
    // Which of them are the slowest is known at the end.
    if (kept.reason === 'slowest') return undefined
    const { code, statusCode } = errorCodeAt(kept.code)
    const span = this.#start(info.operation, SpanKind.CLIENT, kept.sent_at_ms, {
      ...this.#commandAttributes,
      'db.operation.name': info.operation,
      ...(kept.size > 1 ? { 'db.operation.batch.size': kept.size } : {}),
      ...(kept.outcome === OK ? {} : { 'error.type': code }),
      ...(statusCode === undefined ? {} : { 'db.response.status_code': statusCode }),
      'redis_test.kept_reason': kept.reason,
      'redis_test.connection': kept.connection,
      ...(plan.load.model === 'open'
        ? { 'redis_test.response_time': (kept.settled_at_ms - kept.due_at_ms) / 1000 }
        : {}),
    })
    if (span === undefined) return undefined
    if (kept.outcome !== OK) span.setStatus({ code: SpanStatusCode.ERROR, message: code })
    span.end(kept.settled_at_ms)
    const { traceId, spanId } = span.spanContext()
    const value = (kept.settled_at_ms - kept.sent_at_ms) / 1000
    const exemplar = { traceId, spanId, value, timestamp: kept.settled_at_ms / 1000 }
    if (info.shape !== 'batch')
      exemplars.offer(operationSeries(info.operation, kept.outcome === OK), exemplar)
    exemplars.offer(databaseSeries(info.operation, kept.outcome === OK ? '' : code), exemplar)
    return { traceId, spanId }
  }

  /** Of one of the slowest units of the run that got no span while it went on. */
  slowest(command: SlowestCommand): SpanIds | undefined {
    const { plan } = this.#parts
    if (plan.traces.max_per_second === 0) return undefined
    const { operation, at_ms, service_ms, response_ms, connection, size, outcome, code } = command
    const span = this.#start(operation, SpanKind.CLIENT, at_ms, {
      ...this.#commandAttributes,
      'db.operation.name': operation,
      ...(size > 1 ? { 'db.operation.batch.size': size } : {}),
      ...(outcome === 'ok' ? {} : { 'error.type': code }),
      'redis_test.kept_reason': 'slowest',
      'redis_test.connection': connection,
      ...(response_ms === null ? {} : { 'redis_test.response_time': response_ms / MILLIS_PER_SECOND }),
    })
    if (span === undefined) return undefined
    if (outcome !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR, message: code })
    span.end(at_ms + service_ms)
    return idsOf(span)
  }

  attempt(attempt: ConnectionAttempt): void {
    if (--this.#connectionRoom < 0) return
    const name = attempt.reconnection ? 'reconnect attempt' : 'connect'
    const span = this.#start(name, SpanKind.CLIENT, attempt.started_at_ms, {
      'db.system.name': 'redis',
      ...serverAttributes(this.#parts.plan),
      'redis_test.connection': attempt.connection,
      ...(attempt.connect_ms === null ? {} : { 'redis_test.established_after': attempt.connect_ms / 1000 }),
      ...peerAttributes(attempt.reached),
      ...Object.fromEntries(
        Object.entries(attempt.phases).map(([phase, millis]) => [
          `redis_test.phase.${phase}`,
          millis / MILLIS_PER_SECOND,
        ]),
      ),
      ...(attempt.failed_in === null ? {} : { 'redis_test.failed_in': attempt.failed_in }),
      ...(attempt.ok ? {} : { 'error.type': attempt.cause }),
    })
    if (span === undefined) return
    if (!attempt.ok) span.setStatus({ code: SpanStatusCode.ERROR, message: attempt.cause })
    span.end(attempt.started_at_ms + attempt.duration_ms)
  }

  outage(outage: Outage): void {
    if (--this.#connectionRoom < 0) return
    const span = this.#start('reconnection', SpanKind.INTERNAL, outage.lost_at_ms, {
      'db.system.name': 'redis',
      ...serverAttributes(this.#parts.plan),
      'error.type': outage.cause,
      'redis_test.connection': outage.connection,
      'redis_test.detection': outage.detection_ms / 1000,
      'redis_test.backoff': outage.backoff_ms / 1000,
      'redis_test.attempts': outage.attempts,
      'redis_test.finished': outage.finished,
      ...(outage.from === null ? {} : { 'redis_test.from': outage.from }),
      ...(outage.to === null ? {} : { 'redis_test.to': outage.to }),
    })
    span?.end(outage.lost_at_ms + outage.duration_ms)
  }

  /** An instant: how long it lasts is not known yet. */
  maintenance({ notification, sequence, server, at_ms, time_ms, endpoint }: MaintenanceNotice): void {
    if (--this.#connectionRoom < 0) return
    const span = this.#start(`maintenance ${notification}`, SpanKind.INTERNAL, at_ms, {
      'db.system.name': 'redis',
      ...serverAttributes(this.#parts.plan),
      'redis.client.connection.notification': notification,
      'redis_test.maintenance.sequence': sequence,
      ...(server === null ? {} : { 'redis_test.server': server }),
      ...(time_ms === null ? {} : { 'redis_test.maintenance.time': time_ms / 1000 }),
      ...(endpoint === null ? {} : { 'redis_test.maintenance.endpoint': endpoint }),
    })
    span?.end(at_ms)
  }

  /** An event of the run: a fault that lasts has its span only when it is over. */
  faultBegins({ kind, id, nodes, at_ms }: FaultResult): void {
    const attributes = { 'redis_test.fault': kind, 'redis_test.fault_id': id, 'redis_test.nodes': [...nodes] }
    this.#runSpan.addEvent('fault begins', attributes, at_ms)
  }

  /** From its beginning to the moment when it was taken back. */
  fault(fault: FaultResult): void {
    const span = this.#start(`fault ${fault.kind}`, SpanKind.INTERNAL, fault.at_ms, {
      'redis_test.fault': fault.kind,
      'redis_test.fault_id': fault.id,
      'redis_test.fault_origin': fault.origin,
      'redis_test.nodes': [...fault.nodes],
      'redis_test.connections': fault.connections,
      'redis_test.detail': fault.detail,
      ...(fault.reverted === null ? {} : { 'redis_test.reverted': fault.reverted }),
    })
    const problem = fault.error ?? fault.revert_error
    if (problem !== null) span?.setStatus({ code: SpanStatusCode.ERROR, message: problem })
    span?.end(fault.ended_at_ms ?? fault.at_ms)
  }

  /** To be called once a second. */
  refill(): void {
    this.#connectionRoom = CONNECTION_SPANS_PER_SECOND
  }

  end(atMillis: number, attributes: Attributes): void {
    if (this.#segment !== this.#runSpan) this.#segment.end(atMillis)
    this.#runSpan.setAttributes(attributes)
    this.#runSpan.end(atMillis)
  }

  #startRunSpan(atMillis: number): Span {
    const { plan, otlp } = this.#parts
    otlp.countPendingSpan()
    const span = otlp.tracer.startSpan(
      'redis-test run',
      {
        kind: SpanKind.INTERNAL,
        startTime: atMillis,
        attributes: {
          'redis_test.profile': plan.profile.name,
          'redis_test.load_model': plan.load.model,
          'redis_test.preset': plan.client.preset,
        },
      },
      ROOT_CONTEXT,
    )
    this.#linkToProfile(span, span)
    return span
  }

  /** Profiles belong to the span of the run, whichever trace it has come to. */
  #linkToProfile(span: Span, runSpan: Span): void {
    if (this.#parts.plan.profiling.server !== null)
      span.setAttribute(PROFILE_ID_ATTRIBUTE, runSpan.spanContext().spanId)
  }

  #start(name: string, kind: SpanKind, startTime: number, attributes: Attributes): Span | undefined {
    const { otlp, tool } = this.#parts
    if (otlp.pendingSpans() >= LARGEST_BACKLOG) {
      tool.spansDropped++
      return undefined
    }
    if (++this.#inTrace > SPANS_PER_TRACE) this.#beginSegment(startTime)
    otlp.countPendingSpan()
    tool.spansCreated++
    return otlp.tracer.startSpan(name, { kind, startTime, attributes }, this.#parent)
  }

  #beginSegment(atMillis: number): void {
    const { otlp } = this.#parts
    if (this.#segment !== this.#runSpan) this.#segment.end(atMillis)
    otlp.countPendingSpan()
    this.#segment = otlp.tracer.startSpan(
      'redis-test run (continued)',
      { kind: SpanKind.INTERNAL, startTime: atMillis, links: [{ context: this.#runSpan.spanContext() }] },
      ROOT_CONTEXT,
    )
    this.#linkToProfile(this.#segment, this.#runSpan)
    this.#parent = trace.setSpan(ROOT_CONTEXT, this.#segment)
    this.#parts.onSpan(idsOf(this.#segment))
    this.#inTrace = 1
  }
}

function idsOf(span: Span): SpanIds {
  const { traceId, spanId } = span.spanContext()
  return { traceId, spanId }
}

/** The server that was reached, which need not be the one that was asked for. */
function peerAttributes(reached: string | null): Attributes {
  const peer = reached === null ? undefined : parseAddress(reached)
  return peer === undefined ? {} : { 'network.peer.address': peer.host, 'network.peer.port': peer.port }
}

function serverAttributes(plan: RunPlan): Attributes {
  const { 'server.port': port, ...address } = serverLabels(plan)
  return port === undefined ? address : { ...address, 'server.port': Number(port) }
}
