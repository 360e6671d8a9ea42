import type { Clock } from '../model/clock.ts'
import type { LedgerWriter } from '../model/ledger.ts'
import type { Dispatcher, DispatcherListener } from './dispatcher.ts'
import type { Pacer } from './pacing.ts'
import type { Timeline } from './timeline.ts'

const TICK_MILLIS = 10
const TICKS_PER_INSPECTION = 10
const MICROS_PER_MILLI = 1000

/** What drives the arrivals: an open or a closed loop. */
export interface LoadLoop extends DispatcherListener {
  /** No further unit will be issued. */
  readonly isFinished: boolean
  start(): void
  wake(): number
  /** The time of the load was adjusted, from a moment on that is to come. */
  adjusted(): void
  stop(): void
}

/** A loop, and who sends and settles its commands. */
export interface Lane {
  readonly dispatcher: Dispatcher
  readonly loop: LoadLoop
}

export interface EngineParts {
  readonly clock: Clock
  readonly ledger: LedgerWriter
  /** The first is paced; the others are driven by their answers. */
  readonly lanes: readonly Lane[]
  readonly pacer: Pacer
  /** Called about ten times a second with the thread clock. */
  readonly inspect: (at: number) => void
}

export interface EngineEnd {
  /** Commands that were neither answered nor expired when the drain ended. */
  readonly inFlight: number
  /** Commands that had expired and that ioredis still held. */
  readonly abandoned: number
}

export interface RunningEngine {
  readonly done: Promise<EngineEnd>
  /** Ends the arrivals now; what is in flight is drained, for at most this long. */
  stop(drainMillis: number): void
  /** The time of the load was adjusted; the end of the arrivals may have come nearer, thread clock. */
  adjusted(endAt: number): void
}

/** Runs the timeline: waits for its start, drives the loop, expires what is overdue, and drains within a bound. */
export function runEngine(parts: EngineParts, timeline: Timeline, drainMillis: number): RunningEngine {
  const { clock, ledger, lanes } = parts
  for (const { dispatcher, loop } of lanes) dispatcher.listen(loop)
  let stopPacing = (): void => {}
  const starting = setTimeout(
    () => {
      for (const { loop } of lanes) loop.start()
      stopPacing = parts.pacer(() => lanes[0]?.loop.wake() ?? Number.POSITIVE_INFINITY)
    },
    Math.max(0, timeline.startAt - clock.now()),
  )
  const { promise: done, resolve } = deferred<EngineEnd>()
  let drainLimit = drainMillis
  const isDrained = (at: number): boolean =>
    lanes.every(({ loop }) => loop.isFinished) &&
    (held(lanes).inFlight === 0 || at >= timeline.endAt + drainLimit)
  const end = (): void => {
    clearInterval(ticking)
    clearTimeout(starting)
    stopPacing()
    for (const { dispatcher } of lanes) dispatcher.close()
    writeGauges(ledger, lanes)
    resolve(held(lanes))
  }
  const ticking = setInterval(
    createTick(parts, timeline, (at) => {
      if (isDrained(at)) end()
    }),
    TICK_MILLIS,
  )
  return {
    done,
    stop(limit) {
      drainLimit = Math.min(drainLimit, limit)
      timeline.endAt = Math.min(timeline.endAt, clock.now())
      for (const { loop } of lanes) loop.stop()
    },
    adjusted(endAt) {
      timeline.endAt = Math.min(timeline.endAt, endAt)
      for (const { loop } of lanes) loop.adjusted()
    },
  }
}

/** The regular duties: deadlines, the loop's own delay (in the measured phase), gauges. */
function createTick(parts: EngineParts, timeline: Timeline, afterwards: (at: number) => void): () => void {
  const { clock, ledger, lanes } = parts
  let ticks = 0
  let lastAt = clock.now()
  return () => {
    const at = clock.now()
    if (at >= timeline.measureAt)
      ledger.recordThread('loop_delay', Math.max(0, at - lastAt - TICK_MILLIS) * MICROS_PER_MILLI)
    lastAt = at
    for (const { dispatcher } of lanes) dispatcher.expire()
    if (at >= timeline.startAt) for (const { loop } of lanes.slice(1)) loop.wake()
    if (++ticks % TICKS_PER_INSPECTION === 0) {
      parts.inspect(at)
      writeGauges(ledger, lanes)
    }
    afterwards(at)
  }
}

function writeGauges(ledger: LedgerWriter, lanes: readonly Lane[]): void {
  const { inFlight, abandoned } = held(lanes)
  ledger.gauge('in_flight', inFlight)
  ledger.gauge('abandoned', abandoned)
}

function held(lanes: readonly Lane[]): EngineEnd {
  let inFlight = 0
  let abandoned = 0
  for (const { dispatcher } of lanes) {
    inFlight += dispatcher.inFlight
    abandoned += dispatcher.abandoned
  }
  return { inFlight, abandoned }
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function deferred<Value>(): { promise: Promise<Value>; resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => {}
  const promise = new Promise<Value>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
