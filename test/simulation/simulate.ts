import { splitPlan } from '../../src/config/split-plan.ts'
import { allocateLedger, layOutLedger, type LedgerLayout } from '../../src/ledger/layout.ts'
import { readLedgers } from '../../src/ledger/reader.ts'
import type { LedgerSnapshot } from '../../src/ledger/ledger-snapshot.ts'
import { SharedLedgerWriter } from '../../src/ledger/writer.ts'
import type { Adjustment } from '../../src/model/adjustment.ts'
import type { Stretch } from '../../src/model/load-time.ts'
import type { RunPlan } from '../../src/model/plan.ts'
import { createRandom, deriveSeed } from '../../src/model/random.ts'
import { planOf } from '../support/plan.ts'
import { planPresses } from './adjustments.ts'
import { checkAfterwards, checkEnd, checkLoad, checkSample } from './check-run.ts'
import { ConnectionWitness } from './connection-witness.ts'
import { drawScenario, type Scenario } from './scenario.ts'
import { SimulatedServer } from './simulated-server.ts'
import { EPOCH_MILLIS, SimulatedThread } from './simulated-thread.ts'
import { simulatedSeries } from './simulated-workload.ts'
import { Broken, Trace } from './trace.ts'
import { installTime, VirtualTime } from './virtual-time.ts'
import { Witness } from './witness.ts'
import { installNetwork, planWorldFaults, startPlannedFaults, type World } from './world.ts'

/** Connections have this long before the load begins. */
const CONNECTING_MILLIS = 200
const SAMPLE_MILLIS = 1000
/** What is left of timers and sockets has this long to go after the end. */
const AFTERWARDS_MILLIS = 30_000

export interface Simulated {
  readonly seed: number
  readonly scenario: Scenario
  /** `undefined`: every invariant held. */
  readonly broken: { readonly invariant: string; readonly text: string } | undefined
  /** The same for the same seed and the same code. */
  readonly hash: string
  readonly trace: readonly string[]
  readonly commands: number
  /** How often somebody adjusted the load. */
  readonly adjustments: number
  readonly virtualMillis: number
}

/** What every part of a simulation shares. */
export interface Simulation extends World {
  readonly scenario: Scenario
  readonly witness: Witness
  readonly connections: ConnectionWitness
  readonly threads: readonly SimulatedThread[]
  readonly startAt: number
  readonly read: () => LedgerSnapshot
  readonly readThreads: () => LedgerSnapshot[]
  readonly samples: LedgerSnapshot[]
  /** What somebody adjusted, as the load threads were told, and as the result has it. */
  readonly stretches: Stretch[]
  readonly adjustments: Adjustment[]
  stoppedAt: number
}

const { plan: BASE } = planOf()

/** Runs one seed from the dial to the last socket. Never rejects for what the simulated process does wrong. */
export async function simulate(
  seed: number,
  options: { readonly trace?: boolean; readonly wallStepMillis?: number } = {},
): Promise<Simulated> {
  const scenario = drawScenario(seed)
  const trace = new Trace(options.trace === true)
  const random = createRandom(deriveSeed(seed, 2000))
  const time = new VirtualTime(createRandom(deriveSeed(seed, 2001)), scenario)
  const simulation = setUp(scenario, time, trace)
  simulation.wallStepMillis = options.wallStepMillis ?? 0
  const removeTime = installTime(time, random, () => EPOCH_MILLIS + time.now + simulation.wallStepMillis)
  const removeNetwork = installNetwork(simulation.server)
  const strays: unknown[] = []
  const stray = (reason: unknown): void => void strays.push(reason)
  for (const event of STRAY_EVENTS) process.on(event, stray)
  let broken: Simulated['broken']
  try {
    await runThrough(simulation, strays)
  } catch (error) {
    broken = describeBroken(error)
  } finally {
    removeNetwork()
    removeTime()
    for (const event of STRAY_EVENTS) process.off(event, stray)
  }
  return {
    seed,
    scenario,
    broken,
    hash: trace.hash,
    trace: trace.lines ?? [],
    commands: simulation.witness.commands.length,
    adjustments: simulation.stretches.length,
    virtualMillis: time.now,
  }
}

const STRAY_EVENTS = ['unhandledRejection', 'uncaughtException', 'warning'] as const

function describeBroken(error: unknown): { invariant: string; text: string } {
  if (error instanceof Broken) return { invariant: error.invariant, text: error.message }
  return {
    invariant: 'INV-22',
    text: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }
}

async function runThrough(simulation: Simulation, strays: readonly unknown[]): Promise<void> {
  const { time, threads, scenario, startAt } = simulation
  const after = (): void => {
    if (strays.length > 0) throw strays[0]
  }
  planWorldFaults(simulation, scenario, startAt)
  for (const thread of threads) {
    thread.dial()
    thread.start(startAt)
  }
  const stopFaults = startPlannedFaults(simulation, scenario, threads, startAt)
  planPresses(simulation)
  planStop(simulation)
  planSamples(simulation)
  const isOver = (): boolean => threads.every(({ end }) => end !== undefined)
  const boundMillis = endBound(simulation)
  await time.run(isOver, boundMillis, after)
  stopFaults()
  if (!isOver()) throw new Broken('INV-14', `the load has not ended after ${boundMillis} ms`)
  checkEnd(simulation)
  checkLoad(simulation)
  simulation.server.heal()
  for (const thread of threads) thread.close()
  await time.run(() => time.isEmpty, time.now + AFTERWARDS_MILLIS, after)
  checkAfterwards(simulation)
}

function setUp(scenario: Scenario, time: VirtualTime, trace: Trace): Simulation {
  const { load, client } = scenario
  const plan: RunPlan = { ...BASE, load, batch: { ...BASE.batch, size: scenario.unit.size } }
  const layout = layOutLedger(simulatedSeries(scenario))
  const shares = splitPlan(plan)
  const buffers = shares.map((_, index) => freshLedger(layout, index))
  const witness = new Witness(time, trace, {
    isMeasure: client.preset === 'measure',
    commandTimeoutMillis: client.command_timeout_ms,
    series: layout.series.length,
  })
  const connections = new ConnectionWitness(time, trace, client)
  const random = createRandom(deriveSeed(scenario.seed, 2002))
  const server = new SimulatedServer(time, random, scenario.network, {
    dialled: () => {},
    gaveUp(silentMillis) {
      if (silentMillis < client.socket_timeout_ms)
        throw new Broken('INV-18', `a connection was destroyed after ${silentMillis} ms of silence`)
    },
    ended: (socket) => connections.ended(socket),
    wrote: (text) => witness.wrote(text),
    executed: (id, at) => witness.executed(id, at),
    answerArrives: (answer, link) => witness.answerArrives(answer, link),
    textArrived: () => witness.textArrived(),
  })
  const threads = shares.map((share, index) => {
    const ledger = new SharedLedgerWriter(buffers[index]!, layout)
    const target = { ...BASE.target, protocol: scenario.protocol }
    const realClient = { ...BASE.client, ...client }
    return new SimulatedThread({
      time,
      scenario: { ...scenario, client: realClient },
      share,
      target,
      ledger,
      witness,
      connections,
    })
  })
  return {
    time,
    trace,
    random,
    server,
    scenario,
    witness,
    connections,
    threads,
    startAt: CONNECTING_MILLIS,
    faultResults: [],
    faultHits: 0,
    stalledMillis: 0,
    wallStepMillis: 0,
    troubleUntil: 0,
    stoppedAt: Number.POSITIVE_INFINITY,
    samples: [],
    stretches: [],
    adjustments: [],
    read: () => readLedgers(buffers, layout, EPOCH_MILLIS + time.now),
    readThreads: () => buffers.map((buffer) => readLedgers([buffer], layout, EPOCH_MILLIS + time.now)),
  }
}

/** SIGINT. A run without an end of its own gets one. */
function planStop(simulation: Simulation): void {
  const { scenario, time, threads, startAt } = simulation
  if (scenario.stop === null) return
  const { at, drainMillis } = scenario.stop
  time.world(Math.max(1, startAt + at), (then) => {
    // As a message from the main thread: heard when the process does something again.
    time.ours(then, 1, () => {
      simulation.trace.note('stop', 0, 0, time.now)
      simulation.stoppedAt = time.now
      for (const thread of threads) thread.stop(drainMillis)
    })
  })
}

function planSamples(simulation: Simulation): void {
  const { time } = simulation
  const sample = (at: number): void => {
    if (simulation.threads.every(({ end }) => end !== undefined)) return
    checkSample(simulation, at)
    time.world(at + SAMPLE_MILLIS, sample)
  }
  time.world(SAMPLE_MILLIS, sample)
}

/** Milliseconds by which everything has to be over: the end of the load, its drain, and what timers may be late. */
function endBound({ scenario, startAt }: Simulation): number {
  const { load, stop, world, latestTimerMillis } = scenario
  const planned = startAt + load.warmup_ms + (load.duration_ms ?? Number.POSITIVE_INFINITY)
  const end = Math.min(planned, stop === null ? Number.POSITIVE_INFINITY : startAt + Math.max(0, stop.at))
  const stalls = world.reduce((sum, { kind, millis }) => (kind === 'stall' ? sum + millis / 3 : sum), 0)
  const isHurried = stop !== null && startAt + stop.at < planned
  const drain = isHurried ? Math.min(load.drain_ms, stop.drainMillis) : load.drain_ms
  return end + drain + stalls + (isHurried ? 30 : 830) + 10 * latestTimerMillis
}

/** Memory for ledgers is kept from seed to seed: a fresh one is megabytes of zeros. */
const pool: {
  readonly layout: number
  readonly empty: Float64Array
  readonly buffers: SharedArrayBuffer[]
}[] = []

function freshLedger(layout: LedgerLayout, index: number): SharedArrayBuffer {
  let entry = pool.find(({ layout: length }) => length === layout.length)
  if (entry === undefined) {
    entry = { layout: layout.length, empty: new Float64Array(allocateLedger(layout)), buffers: [] }
    pool.push(entry)
  }
  const buffer = (entry.buffers[index] ??= allocateLedger(layout))
  new Float64Array(buffer).set(entry.empty)
  return buffer
}
