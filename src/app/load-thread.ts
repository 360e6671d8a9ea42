import { PerformanceObserver } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import { Budget } from '../engine/budget.ts'
import { ClosedLoop, type ClosedLoopParts } from '../engine/closed-loop.ts'
import { OpenLoop } from '../engine/open-loop.ts'
import { pacers } from '../engine/pacing.ts'
import { type Lane, type LoadLoop, type RunningEngine, runEngine } from '../engine/run-engine.ts'
import type { Timeline } from '../engine/timeline.ts'
import { layOutLedger } from '../ledger/layout.ts'
import { SharedLedgerWriter } from '../ledger/writer.ts'
import type { Clock } from '../model/clock.ts'
import { LoadTime } from '../model/load-time.ts'
import { createRandom } from '../model/random.ts'
import type { ThreadCommand, ThreadData, ThreadReport } from '../model/thread-message.ts'
import type { ConnectionCounts, ConnectionGroup } from '../redis/connection-group.ts'
import { buildSchedule } from '../schedule/build-schedule.ts'
import { concurrencyOverTime } from '../schedule/concurrency.ts'
import { planSeries } from '../workload/series.ts'
import { ShardWatch } from '../redis/shard-watch.ts'
import { shardOutages } from './shard-outages.ts'
import { NodeBook, nodesToCount } from './node-book.ts'
import { openLanes } from './load-lanes.ts'
import { watchMaintenance } from './maintenance.ts'
import { openMessaging } from './messaging.ts'
import { preloadShare } from './preload-share.ts'
import { commandsPerUnit, pacingOf, thinkTimeOf } from './run-plan-parts.ts'
import { threadCpuMicros } from './thread-cpu.ts'
import { threadTime } from './thread-time.ts'
import { createVerifier } from './verify-values.ts'
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
const ledger = new SharedLedgerWriter(data.ledger, layOutLedger(planSeries(plan).series, nodesToCount(plan)))
const outbox = new EventOutbox(ledger, (at) => time.toEpochMillis(at))
const verifier = createVerifier(data, { clock, time, ledger, outbox })
const nodes = new NodeBook()
const describeGap = shardOutages(time)
const shards = new ShardWatch((gap) => {
  const outage = describeGap(gap, true)
  ledger.recordThread('shard_outage', 1000 * outage.duration_ms)
  outbox.shardOutage(outage)
})
const maintenance = watchMaintenance(data, { clock, time, ledger, outbox })
const laneParts = { clock, time, ledger, outbox, verifier, nodes, shards, maintenance }
const messaging = openMessaging(data, laneParts)
const lanes = openLanes(data, laneParts, messaging)
const groups: readonly ConnectionGroup[] = [
  ...lanes.map(({ connections }) => connections),
  ...(messaging.subscribers === undefined ? [] : [messaging.subscribers]),
]
let engine: RunningEngine | undefined
const loadTime = new LoadTime()
let measureAt = Number.POSITIVE_INFINITY
let profiler: Profiler | undefined

/** Waits until every connection is ready, within a bound; the main thread decides what to make of a failure. */
function connectAll(): void {
  const deadline = clock.now() + 2 * plan.client.connect_timeout_ms
  const planned = groups.reduce((sum, { count }) => sum + count, 0)
  for (const group of groups) group.dial()
  const checking = setInterval(() => {
    const ready = groups.reduce((sum, { readyCount }) => sum + readyCount, 0)
    const failure = groups.map(({ lastFailure }) => lastFailure).find((code) => code !== undefined)
    if (ready === planned) {
      clearInterval(checking)
      ledger.gauge('cpu_micros', threadCpuMicros())
      report({ type: 'connected' })
    } else if (clock.now() >= deadline || failure !== undefined) {
      clearInterval(checking)
      report({ type: 'connect_failed', ready, cause: failure ?? 'connect_timeout' })
    }
  }, 5)
}

function start(atMonotonicMillis: number): void {
  const startAt = time.fromMonotonic(atMonotonicMillis)
  measureAt = startAt + plan.load.warmup_ms
  messaging.measureFrom(measureAt)
  const timeline: Timeline = {
    startAt,
    measureAt,
    endAt: plan.load.duration_ms === null ? Number.POSITIVE_INFINITY : measureAt + plan.load.duration_ms,
  }
  setTimeout(
    () => lanes.forEach(({ keepGate }) => keepGate.followSlowest()),
    Math.max(0, measureAt - clock.now()),
  )
  const budget = share.count === null ? undefined : new Budget(share.count)
  const running = lanes.map(({ dispatcher, workload, connections, isShared }): Lane => {
    // What was sent is still read while nothing is sent.
    const ownTime = workload === messaging.consumers ? undefined : loadTime
    const { connections: links } = connections
    const parts = { clock, ledger, workload, dispatcher, connections: links, budget, time: ownTime }
    return { dispatcher, loop: isShared ? createLoop(parts, timeline) : ownLoop(parts, timeline) }
  })
  engine = runEngine(
    { clock, ledger, lanes: running, pacer: pacers[pacingOf(plan)], inspect },
    timeline,
    plan.load.drain_ms,
  )
  void engine.done.then((end) => {
    const at = clock.now()
    inspect(at)
    const unfinishedOutages = groups.flatMap((group) => group.stop(at))
    sendEvents()
    const unfinishedShardOutages = shards.open(at).map((gap) => describeGap(gap, false))
    report({ type: 'finished', ...end, unfinishedOutages, unfinishedShardOutages })
    void profiler?.stop(FLUSH_PROFILE_MILLIS)
  })
}

async function preload(): Promise<void> {
  const nothing = { written: 0, expected: 0, failed: 0 }
  const state = await preloadShare(data, verifier, (part) =>
    report({ type: 'preload', state: part, isDone: false }),
  ).catch((error: unknown) => ({ ...nothing, error: error instanceof Error ? error.message : String(error) }))
  report({ type: 'preload', state, isDone: true })
}

/** Loaded only for those who ask for profiles; the main thread has found out that it can be. */
async function startProfile(): Promise<void> {
  const { startProfiler } = await import('../telemetry/profiler.ts')
  profiler = await startProfiler(plan, `load-${share.thread}`)
}

/** Connections of an operation's own: one unit in flight on each, all the time. */
function ownLoop(parts: ClosedLoopParts, timeline: Timeline): LoadLoop {
  return new ClosedLoop(parts, timeline, {
    concurrency: parts.connections.length,
    isFixed: true,
    maxInFlight: Number.POSITIVE_INFINITY,
  })
}

function createLoop(parts: ClosedLoopParts, timeline: Timeline): LoadLoop {
  const { load } = plan
  if (load.model === 'closed')
    return new ClosedLoop(parts, timeline, {
      concurrency:
        load.stages.length === 0 ? share.concurrency : concurrencyOverTime(load, share.stageConcurrency),
      maxInFlight: share.maxInFlight,
      think: thinkTimeOf(load.think_time, share.seed),
    })
  const schedule = buildSchedule(load, { ...share, commandsPerUnit: commandsPerUnit(plan), time: loadTime })
  return new OpenLoop({ ...parts, schedule }, timeline, share.maxInFlight)
}

/** Ten times a second: gauges, silent connections, room for kept commands, events to the main thread. */
function inspect(at: number): void {
  const counts = groups.map((group) => group.inspect(at))
  const sum = (part: keyof ConnectionCounts): number =>
    counts.reduce((total, count) => total + count[part], 0)
  ledger.gauge('connections_active', sum('active'))
  ledger.gauge('connections_used', sum('used'))
  ledger.gauge('connections_down', sum('down'))
  ledger.gauge('pending_requests', sum('pending'))
  maintenance?.inspect(at)
  for (const { keepGate } of lanes) keepGate.refill()
  ledger.gauge('cpu_micros', threadCpuMicros())
  sendEvents()
}

function sendEvents(): void {
  const all = lanes.flatMap(({ keepGate }) => keepGate.take())
  const kept = all.map(({ dueAt, sentAt, settledAt, ...rest }) => ({
    ...rest,
    due_at_ms: time.toEpochMillis(dueAt),
    sent_at_ms: time.toEpochMillis(sentAt),
    settled_at_ms: time.toEpochMillis(settledAt),
  }))
  const maintained = outbox.takeMaintenance()
  if (maintained !== undefined) report({ type: 'maintenance', ...maintained })
  const { attempts, outages, findings, shardOutages: gaps, signs } = outbox.take()
  const news = nodes.take()
  const { length } = [...kept, ...attempts, ...outages, ...findings, ...gaps, ...news]
  if (length > 0 || signs !== undefined)
    report({ type: 'events', attempts, outages, kept, findings, nodes: news, shardOutages: gaps, signs })
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
    case 'preload':
      void preload()
      break
    case 'stop':
      engine?.stop(command.drainMillis)
      break
    case 'adjust':
      loadTime.add(command.stretch)
      engine?.adjusted(measureAt + (plan.load.duration_ms ?? Infinity) - loadTime.latest.skippedMillis)
      break
    case 'cut': {
      const random = createRandom(command.seed)
      const cut = groups.reduce((total, group) => total + group.cut(command.share, random), 0)
      report({ type: 'cut_done', request: command.request, cut })
      break
    }
    case 'close':
      for (const group of groups) group.close()
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
