import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Dispatcher } from '../../src/engine/dispatcher.ts'
import { KeepGate } from '../../src/engine/keep-gate.ts'
import { OpenLoop } from '../../src/engine/open-loop.ts'
import { choosePacing, pacers } from '../../src/engine/pacing.ts'
import { type EngineEnd, runEngine, type RunningEngine } from '../../src/engine/run-engine.ts'
import { createRandom } from '../../src/model/random.ts'
import { fakeWorkload, FakeConnection } from '../support/call.ts'
import { createLedger } from '../support/ledger.ts'
import { constantSchedule } from '../support/schedule.ts'

const WARMUP = 100
const MEASURE = 1000
const DRAIN = 300

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'performance'],
  })
})
afterEach(() => {
  vi.useRealTimers()
})

interface Setup {
  readonly engine: RunningEngine
  readonly connection: FakeConnection
  readonly read: ReturnType<typeof createLedger>['read']
  readonly ended: () => EngineEnd | undefined
  readonly inspections: number[]
}

function start(commandTimeoutMillis = 5000): Setup {
  const clock = { now: () => performance.now() }
  const { ledger, read } = createLedger()
  const workload = fakeWorkload()
  const keepGate = new KeepGate(
    { sampleRatio: 0, maxPerSecond: 0, slowMillis: 1e9, slowestOfEach: 1 },
    createRandom(1),
    ledger,
    16,
  )
  const dispatcher = new Dispatcher(
    { clock, ledger, workload, keepGate },
    { commandTimeoutMillis, hasDueInstants: true },
  )
  const connection = new FakeConnection(0, () => dispatcher)
  const startAt = clock.now() + 50
  const timeline = { startAt, measureAt: startAt + WARMUP, endAt: startAt + WARMUP + MEASURE }
  const schedule = constantSchedule(100)
  const loop = new OpenLoop(
    { clock, ledger, schedule, workload, dispatcher, connections: [connection] },
    timeline,
    1000,
  )
  const inspections: number[] = []
  const parts = {
    clock,
    ledger,
    lanes: [{ dispatcher, loop }],
    pacer: pacers.economical,
    inspect: (at: number) => inspections.push(at),
  }
  const engine = runEngine(parts, timeline, DRAIN)
  let end: EngineEnd | undefined
  void engine.done.then((value) => (end = value))
  return { engine, connection, read, ended: () => end, inspections }
}

/** Lets time pass; the server answers everything every millisecond, or nothing at all. */
async function pass(millis: number, connection: FakeConnection, answers: boolean): Promise<void> {
  for (let step = 0; step < millis; step++) {
    await vi.advanceTimersByTimeAsync(1)
    if (answers) connection.answerAll()
  }
}

describe('runEngine', () => {
  it('warms up, measures and ends, with every arrival in its phase', async () => {
    const { connection, read, ended, inspections } = start()
    await pass(40, connection, true)
    expect(read().warmup.counters.scheduled).toBe(0)
    await pass(WARMUP + MEASURE + 60, connection, true)
    expect(ended()).toEqual({ inFlight: 0, abandoned: 0 })
    expect(read().warmup.counters.issued).toBe(10)
    expect(read().measure.counters.issued).toBe(100)
    expect(read().measure.series[0]!.serviceSuccess.count).toBe(100)
    expect(inspections.length).toBeGreaterThanOrEqual(10)
    expect(read().histograms.loop_delay.count).toBeGreaterThan(50)
  })

  it('waits for outstanding answers, but not longer than the drain', async () => {
    const { connection, read, ended } = start()
    await pass(50 + WARMUP + MEASURE + DRAIN - 20, connection, false)
    expect(ended()).toBeUndefined()
    await pass(50, connection, false)
    expect(ended()).toEqual({ inFlight: 110, abandoned: 0 })
    expect(read().gauges.in_flight).toBe(110)
    // What comes now is too late to be counted.
    connection.answerAll()
    expect(read().measure.series[0]!.serviceSuccess.count).toBe(0)
  })

  it('ends the drain as soon as the last answer is there', async () => {
    const { connection, ended } = start()
    await pass(50 + WARMUP + MEASURE + 30, connection, false)
    expect(ended()).toBeUndefined()
    await pass(20, connection, true)
    expect(ended()).toEqual({ inFlight: 0, abandoned: 0 })
  })

  it('expires what is overdue, also while nothing else happens', async () => {
    const { connection, read, ended } = start(200)
    await pass(50 + WARMUP + MEASURE + DRAIN + 50, connection, false)
    expect(ended()).toEqual({ inFlight: 0, abandoned: 110 })
    expect(read().measure.series[0]!.outcomes).toMatchObject([{ outcome: 'indeterminate', count: 100 }])
  })

  it('stops when it is told to, and drains no longer than it is told to', async () => {
    const { engine, connection, read, ended } = start()
    await pass(50 + WARMUP + 495, connection, false)
    engine.stop(100)
    await pass(90, connection, false)
    expect(ended()).toBeUndefined()
    await pass(30, connection, false)
    expect(ended()?.inFlight).toBe(60)
    expect(read().measure.counters).toMatchObject({ scheduled: 50, issued: 50 })
  })
})

describe('choosePacing', () => {
  it.each([
    ['auto', 1000, 2, 1, 'balanced'],
    ['auto', 50_000, 2, 1, 'balanced'],
    ['auto', 50_000, 8, 1, 'precise'],
    ['auto', 50_000, 8, 6, 'balanced'],
    ['auto', 6000, 8, 4, 'balanced'],
    ['precise', 1, 1, 1, 'precise'],
    ['economical', 1e6, 64, 1, 'economical'],
  ] as const)(
    '%s at %d units/s on %d cores with %d threads is %s',
    (pacing, unitsPerSecond, cores, threads, chosen) => {
      expect(choosePacing(pacing, { unitsPerSecond, cores, threads })).toBe(chosen)
    },
  )
})
