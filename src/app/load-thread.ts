import { PerformanceObserver } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import { ClosedLoop } from '../engine/closed-loop.ts'
import { Dispatcher } from '../engine/dispatcher.ts'
import { KeepGate } from '../engine/keep-gate.ts'
import { OpenLoop } from '../engine/open-loop.ts'
import { pacers } from '../engine/pacing.ts'
import { type LoadLoop, type RunningEngine, runEngine } from '../engine/run-engine.ts'
import type { Timeline } from '../engine/timeline.ts'
import { layOutLedger } from '../ledger/layout.ts'
import { SharedLedgerWriter } from '../ledger/writer.ts'
import type { Clock } from '../model/clock.ts'
import { createRandom, deriveSeed } from '../model/random.ts'
import type { ThreadCommand, ThreadData, ThreadReport } from '../model/thread-message.ts'
import { LoadConnections } from '../redis/load-connections.ts'
import { schedules } from '../schedule/registry.ts'
import { buildWorkload, seriesOf } from '../workload/build-workload.ts'
import { connectionNamePrefixOf, pacingOf, unitsPerSecondOf, workloadSpecOf } from './run-plan-parts.ts'
import { threadCpuMicros } from './thread-cpu.ts'
import { threadTime } from './thread-time.ts'
import { EventOutbox } from './event-outbox.ts'
import type { Profiler } from '../telemetry/profiler.ts'

/**
 * The entry of a load thread: puts engine, connections, workload and ledger together and obeys the main thread. It
 * holds nothing that looks at the numbers: no exporter, no renderer, no telemetry.
 */
const port = parentPort
if (port === null) throw new Error('load-thread must be started as a worker thread')

const FLUSH_PROFILE_MILLIS = 500
const data = workerData as ThreadData
const { plan, share } = data
const clock: Clock = { now: () => performance.now() }
const time = threadTime(data.anchor)
const workloadSpec = workloadSpecOf(plan)
const ledger = new SharedLedgerWriter(data.ledger, layOutLedger(seriesOf(workloadSpec)))
const workload = buildWorkload(workloadSpec, share.seed, share)
const keepGate = new KeepGate(
  {
    sampleRatio: plan.traces.sample_ratio,
    maxPerSecond: share.keepPerSecond,
    slowMillis: plan.traces.slow_ms,
  },
  createRandom(deriveSeed(share.seed, 3)),
  ledger,
)
const dispatcher = new Dispatcher(
  { clock, ledger, workload, keepGate },
  { commandTimeoutMillis: plan.client.command_timeout_ms, hasDueInstants: plan.load.model === 'open' },
)
const outbox = new EventOutbox(ledger)
const connections = new LoadConnections(
  {
    target: plan.target,
    client: plan.client,
    secrets: data.secrets,
    thread: share.thread,
    firstConnection: share.firstConnection,
    count: share.connections,
    namePrefix: connectionNamePrefixOf(plan),
  },
  {
    clock,
    ledger,
    listener: dispatcher,
    lifeCycleListener: outbox,
    toEpochMillis: (at) => time.toEpochMillis(at),
  },
)
let engine: RunningEngine | undefined
let measureAt = Number.POSITIVE_INFINITY
let profiler: Profiler | undefined

/** Waits until every connection is ready, within a bound; the main thread decides what to make of a failure. */
function connectAll(): void {
  const deadline = clock.now() + 2 * plan.client.connect_timeout_ms
  connections.dial()
  const checking = setInterval(() => {
    if (connections.readyCount === share.connections) {
      clearInterval(checking)
      ledger.gauge('cpu_micros', threadCpuMicros())
      report({ type: 'connected' })
    } else if (clock.now() >= deadline || connections.lastFailure !== undefined) {
      clearInterval(checking)
      const cause = connections.lastFailure ?? 'connect_timeout'
      report({ type: 'connect_failed', ready: connections.readyCount, cause })
    }
  }, 5)
}

function start(atMonotonicMillis: number): void {
  const startAt = time.fromMonotonic(atMonotonicMillis)
  measureAt = startAt + plan.load.warmup_ms
  const timeline: Timeline = {
    startAt,
    measureAt,
    endAt: plan.load.duration_ms === null ? Number.POSITIVE_INFINITY : measureAt + plan.load.duration_ms,
  }
  const loop = createLoop(timeline)
  engine = runEngine(
    { clock, ledger, dispatcher, loop, pacer: pacers[pacingOf(plan)], inspect },
    timeline,
    plan.load.drain_ms,
  )
  void engine.done.then((end) => {
    const at = clock.now()
    inspect(at)
    const unfinishedOutages = connections.stop(at)
    sendEvents()
    report({ type: 'finished', ...end, unfinishedOutages })
    void profiler?.stop(FLUSH_PROFILE_MILLIS)
  })
}

/** Loaded only for those who ask for profiles; the main thread has found out that it can be. */
async function startProfile(): Promise<void> {
  const { startProfiler } = await import('../telemetry/profiler.ts')
  profiler = await startProfiler(plan, `load-${share.thread}`)
}

function createLoop(timeline: Timeline): LoadLoop {
  const parts = { clock, ledger, workload, dispatcher, connections: connections.connections }
  if (plan.load.model === 'closed')
    return new ClosedLoop(parts, timeline, { concurrency: share.concurrency, maxInFlight: share.maxInFlight })
  const schedule = schedules[plan.load.arrivals]({
    unitsPerSecond: unitsPerSecondOf(plan),
    thread: share.thread,
    threads: share.threads,
    seed: share.seed,
  })
  return new OpenLoop({ ...parts, schedule }, timeline, share.maxInFlight)
}

/** Ten times a second: gauges, silent connections, room for kept commands, events to the main thread. */
function inspect(at: number): void {
  connections.inspect(at)
  keepGate.refill()
  ledger.gauge('cpu_micros', threadCpuMicros())
  sendEvents()
}

function sendEvents(): void {
  const kept = keepGate.take().map(({ dueAt, sentAt, settledAt, ...rest }) => ({
    ...rest,
    due_at_ms: time.toEpochMillis(dueAt),
    sent_at_ms: time.toEpochMillis(sentAt),
    settled_at_ms: time.toEpochMillis(settledAt),
  }))
  const { attempts, outages } = outbox.take()
  if (kept.length > 0 || attempts.length > 0 || outages.length > 0)
    report({ type: 'events', attempts, outages, kept })
}

function report(message: ThreadReport): void {
  port?.postMessage(message)
}

function obey(command: ThreadCommand): void {
  switch (command.type) {
    case 'start':
      if (command.spanId !== undefined) profiler?.setSpan(command.spanId)
      start(command.atMonotonicMillis)
      break
    case 'stop':
      engine?.stop(command.drainMillis)
      break
    case 'cut': {
      const cut = connections.cut(command.share, createRandom(command.seed))
      report({ type: 'cut_done', request: command.request, cut })
      break
    }
    case 'close':
      connections.close()
      port?.close()
      break
  }
}

new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries())
    if (startTime >= measureAt) ledger.recordThread('gc_pause', duration * 1000)
}).observe({ entryTypes: ['gc'] })
// ioredis leaves some of its own commands without a handler (resubscribe, SELECT); those are counted, not fatal.
process.on('unhandledRejection', (reason) => {
  ledger.count('internal_errors', 1)
  report({ type: 'internal_error', message: reason instanceof Error ? reason.message : String(reason) })
})
port.on('message', obey)
if (plan.profiling.server !== null) await startProfile()
connectAll()
