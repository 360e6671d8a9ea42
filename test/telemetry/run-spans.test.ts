import { type Tracer, SpanKind, SpanStatusCode } from '@opentelemetry/api'
import {
  AlwaysOnSampler,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { beforeEach, describe, expect, it } from 'vitest'
import { COMMAND_BOUNDS_SECONDS } from '../../src/model/bounds.ts'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import type { RunPlan } from '../../src/model/plan.ts'
import { createToolCounters } from '../../src/model/run-view.ts'
import type { SpanIds } from '../../src/model/log.ts'
import type { KeptReport } from '../../src/model/thread-message.ts'
import { ExemplarStore, operationSeries } from '../../src/telemetry/exemplars.ts'
import type { Otlp } from '../../src/telemetry/otlp.ts'
import { RunSpans, SPANS_PER_TRACE } from '../../src/telemetry/run-spans.ts'
import { planOf } from '../support/plan.ts'

const STARTED = 1_700_000_000_000
const OPEN = planOf({ 'load.target_ops_per_second': '10', 'target.db': '2' }).plan

let exporter: InMemorySpanExporter
let tracer: Tracer
beforeEach(() => {
  exporter = new InMemorySpanExporter()
  const provider = new TracerProvider({
    sampler: new AlwaysOnSampler(),
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  })
  tracer = provider.getTracer('test')
})

function createSpans(plan: RunPlan = OPEN): {
  spans: RunSpans
  exemplars: ExemplarStore
  pending: { count: number }
  tool: ReturnType<typeof createToolCounters>
  told: SpanIds[]
} {
  const pending = { count: 0 }
  const otlp: Otlp = {
    tracer,
    pendingSpans: () => pending.count,
    countPendingSpan: () => pending.count++,
    prime: () => Promise.resolve(),
    flush: () => Promise.resolve(),
  }
  const exemplars = new ExemplarStore(COMMAND_BOUNDS_SECONDS)
  const tool = createToolCounters()
  const series = [
    { operation: 'GET', shape: 'single' },
    { operation: 'PIPELINE', shape: 'batch' },
  ] as const
  const told: SpanIds[] = []
  const onSpan = (ids: SpanIds): number => told.push(ids)
  const spans = new RunSpans({ plan, series, otlp, exemplars, tool, startedAtMillis: STARTED, onSpan })
  return { spans, exemplars, pending, tool, told }
}

const kept = (change: Partial<KeptReport> = {}): KeptReport => ({
  reason: 'sampled',
  series: 0,
  connection: 3,
  due_at_ms: STARTED + 100,
  sent_at_ms: STARTED + 102,
  settled_at_ms: STARTED + 105,
  outcome: 0,
  code: 0,
  size: 1,
  phase: 1,
  node: -1,
  isSlowest: false,
  ...change,
})

const finished = (name: string): ReadableSpan[] =>
  exporter.getFinishedSpans().filter((span) => span.name === name)
const millis = ([seconds, nanos]: readonly [number, number]): number => seconds * 1000 + nanos / 1e6

describe('RunSpans', () => {
  it('makes a command span after the fact, child of the run, by the conventions', () => {
    const { spans, exemplars } = createSpans()
    spans.command(kept())
    spans.end(STARTED + 1000, { 'redis_test.commands': 1 })
    const [span] = finished('GET')
    const [run] = finished('redis-test run')
    expect(span!.kind).toBe(SpanKind.CLIENT)
    expect(millis(span!.startTime)).toBe(STARTED + 102)
    expect(millis(span!.endTime)).toBe(STARTED + 105)
    expect(span!.parentSpanContext!.spanId).toBe(run!.spanContext().spanId)
    expect(span!.spanContext().traceId).toBe(spans.ids.traceId)
    expect(span!.attributes).toEqual({
      'db.system.name': 'redis',
      'db.namespace': '2',
      'db.operation.name': 'GET',
      'server.address': '127.0.0.1',
      'server.port': 6379,
      'redis_test.kept_reason': 'sampled',
      'redis_test.connection': 3,
      'redis_test.response_time': 0.005,
    })
    expect(span!.status.code).toBe(SpanStatusCode.UNSET)
    expect(millis(run!.endTime)).toBe(STARTED + 1000)
    expect(run!.attributes).toMatchObject({ 'redis_test.commands': 1, 'redis_test.load_model': 'open' })
    expect(exemplars.find(operationSeries('GET', true), 5)).toMatchObject({
      spanId: span!.spanContext().spanId,
      value: 0.003,
    })
  })

  it('marks errors, with the class and the status code of the reply', () => {
    const { spans } = createSpans()
    spans.command(kept({ reason: 'error', outcome: 1, code: errorCodeIndex('OOM') }))
    const [span] = finished('GET')
    expect(span!.status).toEqual({ code: SpanStatusCode.ERROR, message: 'OOM' })
    expect(span!.attributes).toMatchObject({ 'error.type': 'OOM', 'db.response.status_code': 'OOM' })
  })

  it('makes one span of a batch, with its size', () => {
    const { spans } = createSpans()
    spans.command(kept({ series: 1, size: 10 }))
    expect(finished('PIPELINE')[0]!.attributes).toMatchObject({
      'db.operation.name': 'PIPELINE',
      'db.operation.batch.size': 10,
    })
  })

  it('has no response time in a closed loop', () => {
    const { spans } = createSpans(planOf().plan)
    spans.command(kept())
    expect(finished('GET')[0]!.attributes).not.toHaveProperty('redis_test.response_time')
  })

  it('shows connection attempts and reconnections', () => {
    const { spans } = createSpans()
    const attempt = {
      thread: 0,
      connection: 1,
      server: null,
      started_at_ms: STARTED,
      duration_ms: 4,
      connect_ms: 1,
      phases: { tcp: 1, handshake: 2, ready: 1 },
      failed_in: null,
      reached: '127.0.0.1:7001',
      ok: true,
      cause: 'none',
      reconnection: false,
    }
    spans.attempt(attempt)
    spans.attempt({
      ...attempt,
      ok: false,
      cause: 'ECONNREFUSED',
      connect_ms: null,
      phases: { tcp: 4 },
      failed_in: 'tcp',
      reached: null,
      reconnection: true,
    })
    spans.outage({
      thread: 0,
      connection: 1,
      server: null,
      end: 'reconnected' as const,
      lost_at_ms: STARTED + 10,
      duration_ms: 75,
      finished: true,
      cause: 'closed',
      detection_ms: 1,
      backoff_ms: 60,
      attempts: 2,
      from: '127.0.0.1:7001',
      to: '127.0.0.1:7002',
    })
    expect(finished('connect')[0]!.attributes).toMatchObject({
      'redis_test.established_after': 0.001,
      'redis_test.phase.tcp': 0.001,
      'redis_test.phase.handshake': 0.002,
      'network.peer.address': '127.0.0.1',
      'network.peer.port': 7001,
    })
    const [failed] = finished('reconnect attempt')
    expect(failed!.attributes).toMatchObject({
      'error.type': 'ECONNREFUSED',
      'redis_test.failed_in': 'tcp',
      'redis_test.phase.tcp': 0.004,
    })
    expect(failed!.attributes).not.toHaveProperty('network.peer.address')
    const [reconnection] = finished('reconnection')
    expect(millis(reconnection!.endTime) - millis(reconnection!.startTime)).toBe(75)
    expect(reconnection!.attributes).toMatchObject({
      'redis_test.backoff': 0.06,
      'redis_test.attempts': 2,
      'redis_test.from': '127.0.0.1:7001',
      'redis_test.to': '127.0.0.1:7002',
      'error.type': 'closed',
    })
  })

  it('keeps connection spans to a rate', () => {
    const { spans } = createSpans()
    const attempt = {
      thread: 0,
      connection: 1,
      server: null,
      started_at_ms: STARTED,
      duration_ms: 4,
      connect_ms: 1,
      phases: { tcp: 1, handshake: 2, ready: 1 },
      failed_in: null,
      reached: '127.0.0.1:7001',
      ok: true,
      cause: 'none',
      reconnection: false,
    }
    for (let storm = 0; storm < 1000; storm++) spans.attempt(attempt)
    expect(finished('connect')).toHaveLength(50)
    spans.refill()
    spans.attempt(attempt)
    expect(finished('connect')).toHaveLength(51)
  })

  it('drops and counts what the export queue has no room for', () => {
    const { spans, pending, tool } = createSpans()
    pending.count = 2000
    spans.command(kept())
    expect(finished('GET')).toHaveLength(0)
    expect(tool.spansDropped).toBe(1)
  })

  it('begins a new trace, linked to the run, before one grows too large', () => {
    const { spans, pending, told } = createSpans()
    for (let command = 0; command <= SPANS_PER_TRACE; command++) {
      spans.command(kept())
      pending.count = 0
    }
    spans.end(STARTED + 1000, {})
    const [segment] = finished('redis-test run (continued)')
    expect(segment!.links[0]!.context.traceId).toBe(spans.ids.traceId)
    const traces = new Map<string, number>()
    for (const span of finished('GET'))
      traces.set(span.spanContext().traceId, (traces.get(span.spanContext().traceId) ?? 0) + 1)
    expect([...traces.values()]).toEqual([SPANS_PER_TRACE, 1])
    // The log goes on in the trace that the commands are in.
    const { traceId, spanId } = segment!.spanContext()
    expect(told).toEqual([spans.ids, { traceId, spanId }])
  })
})
