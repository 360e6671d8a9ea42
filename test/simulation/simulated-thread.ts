import { Budget } from '../../src/engine/budget.ts'
import { ClosedLoop } from '../../src/engine/closed-loop.ts'
import { Dispatcher } from '../../src/engine/dispatcher.ts'
import { KeepGate } from '../../src/engine/keep-gate.ts'
import { OpenLoop } from '../../src/engine/open-loop.ts'
import { type Pacer, pacers, type Wake } from '../../src/engine/pacing.ts'
import {
  type EngineEnd,
  type Lane,
  type LoadLoop,
  type RunningEngine,
  runEngine,
} from '../../src/engine/run-engine.ts'
import type { Timeline } from '../../src/engine/timeline.ts'
import type { SharedLedgerWriter } from '../../src/ledger/writer.ts'
import type { Clock } from '../../src/model/clock.ts'
import type { Outage } from '../../src/model/connection-event.ts'
import { LoadTime, type Stretch } from '../../src/model/load-time.ts'
import { createRandom, deriveSeed, type Random } from '../../src/model/random.ts'
import type { ThreadShare } from '../../src/model/thread-share.ts'
import type { TargetPlan } from '../../src/model/plan.ts'
import { LoadConnections } from '../../src/redis/load-connections.ts'
import { buildSchedule } from '../../src/schedule/build-schedule.ts'
import { concurrencyOverTime } from '../../src/schedule/concurrency.ts'
import type { ConnectionWitness } from './connection-witness.ts'
import type { Scenario } from './scenario.ts'
import { type DueOf, phaseOf, SimulatedWorkload } from './simulated-workload.ts'
import { Broken } from './trace.ts'
import type { VirtualTime } from './virtual-time.ts'
import type { LaneFacts, Witness } from './witness.ts'

/** More series than any scenario has. */
const SERIES_ROOM = 64

/** The wall clock at moment 0, as the real one is tied to the monotonic one: once. */
export const EPOCH_MILLIS = 1_700_000_000_000
export const CONNECTION_NAME = 'redis-test:simulated'
const TICK_MILLIS = 0.25

export interface ThreadParts {
  readonly time: VirtualTime
  readonly scenario: Scenario
  readonly share: ThreadShare
  readonly target: TargetPlan
  readonly ledger: SharedLedgerWriter
  readonly witness: Witness
  readonly connections: ConnectionWitness
}

interface SimulatedLane {
  readonly facts: LaneFacts
  readonly dispatcher: Dispatcher
  readonly connections: LoadConnections
  readonly keepGate: KeepGate
  readonly workload: SimulatedWorkload
  dueOf: DueOf
}

/** What a load thread holds, put together as it does it; only sockets, timers and commands are not the real ones. */
export class SimulatedThread {
  readonly #parts: ThreadParts
  readonly #clock: Clock
  readonly #time = new LoadTime()
  readonly lanes: readonly SimulatedLane[]
  #engine: RunningEngine | undefined
  timeline: Timeline | undefined
  /** When each unit of the open loop is due, as the schedule says, thread clock. */
  readonly dues: number[] = []
  end: EngineEnd | undefined
  endedAt = Number.NaN
  unfinishedOutages: readonly Outage[] = []
  kept = 0
  inspections = 0

  constructor(parts: ThreadParts) {
    this.#parts = parts
    this.#clock = { now: () => parts.time.now }
    const { share, scenario } = parts
    const lanes = [this.#openLane(false, share.firstConnection, share.connections)]
    if (scenario.ownConnections > 0)
      lanes.push(this.#openLane(true, 100 + share.thread * scenario.ownConnections, scenario.ownConnections))
    this.lanes = lanes
  }

  get inFlight(): number {
    return this.lanes.reduce((sum, { dispatcher }) => sum + dispatcher.inFlight, 0)
  }

  dial(): void {
    for (const { connections } of this.lanes) connections.dial()
  }

  start(startAt: number): void {
    const { scenario, share, time, ledger } = this.#parts
    const { load } = scenario
    const measureAt = startAt + load.warmup_ms
    const endAt = load.duration_ms === null ? Number.POSITIVE_INFINITY : measureAt + load.duration_ms
    const timeline: Timeline = { startAt, measureAt, endAt }
    this.timeline = timeline
    const budget = share.count === null ? undefined : new Budget(share.count)
    const lanes = this.lanes.map((lane): Lane => {
      const { dispatcher, workload } = lane
      const parts = {
        clock: this.#clock,
        ledger,
        workload,
        dispatcher,
        connections: lane.connections.connections,
        budget,
        time: this.#time,
      }
      lane.dueOf = () => ({ dueAt: time.now, phase: phaseOf(time.now, measureAt) })
      return {
        dispatcher,
        loop: lane.facts.isOwn
          ? new ClosedLoop(parts, timeline, {
              concurrency: lane.connections.connections.length,
              isFixed: true,
              maxInFlight: Number.POSITIVE_INFINITY,
            })
          : this.#sharedLoop(lane, parts, timeline),
      }
    })
    this.#engine = runEngine(
      { clock: this.#clock, ledger, lanes, pacer: this.#pacer(), inspect: (at) => this.#inspect(at) },
      timeline,
      load.drain_ms,
    )
    void this.#engine.done.then((end) => {
      this.#inspect(time.now)
      this.end = end
      for (const { facts } of this.lanes) facts.isOver = true
      this.endedAt = time.now
      this.unfinishedOutages = this.lanes.flatMap(({ connections }) => connections.stop(time.now))
    })
  }

  stop(drainMillis: number): void {
    this.#engine?.stop(drainMillis)
  }

  /** What the main thread says of the time to come. */
  adjust(stretch: Stretch): void {
    const { duration_ms } = this.#parts.scenario.load
    const { measureAt } = this.timeline!
    this.#time.add(stretch)
    this.#engine?.adjusted(measureAt + (duration_ms ?? Infinity) - this.#time.latest.skippedMillis)
  }

  cut(share: number, random: Random): number {
    return this.lanes.reduce((sum, { connections }) => sum + connections.cut(share, random), 0)
  }

  close(): void {
    for (const { connections } of this.lanes) connections.close()
  }

  #sharedLoop(
    lane: SimulatedLane,
    parts: ConstructorParameters<typeof ClosedLoop>[0],
    timeline: Timeline,
  ): LoadLoop {
    const { scenario, share } = this.#parts
    const { load } = scenario
    if (load.model === 'closed')
      return new ClosedLoop(parts, timeline, {
        concurrency:
          load.stages.length === 0 ? share.concurrency : concurrencyOverTime(load, share.stageConcurrency),
        maxInFlight: share.maxInFlight,
        think:
          load.think_time === null
            ? undefined
            : { time: load.think_time, random: createRandom(deriveSeed(share.seed, 7)) },
      })
    const schedule = buildSchedule(load, {
      ...share,
      commandsPerUnit: scenario.unit.size,
      time: this.#time,
    })
    const { startAt, measureAt } = timeline
    lane.dueOf = (index) => ({ dueAt: this.dues[index]!, phase: phaseOf(this.dues[index]!, measureAt) })
    const watched = {
      next: (): number => {
        const due = schedule.next()
        this.dues.push(startAt + due)
        return due
      },
      again: (): number => {
        const due = schedule.again()
        this.dues[this.dues.length - 1] = startAt + due
        return due
      },
    }
    return new OpenLoop({ ...parts, schedule: watched }, timeline, share.maxInFlight)
  }

  #openLane(isOwn: boolean, firstConnection: number, count: number): SimulatedLane {
    const { scenario, share, ledger, witness, target } = this.#parts
    const facts: LaneFacts = {
      thread: share.thread,
      isOwn,
      hasDueInstants: scenario.load.model === 'open',
      units: [],
      isOver: false,
      inFlight: 0,
    }
    const index = isOwn ? 1 : 0
    const workload = new SimulatedWorkload(scenario, {
      random: createRandom(deriveSeed(share.seed, 20, index)),
      witness,
      lane: facts,
      dueOf: (unit) => lane.dueOf(unit),
    })
    const keepGate = new KeepGate(
      { ...scenario.keep, slowestOfEach: 4 },
      createRandom(deriveSeed(share.seed, 3, index)),
      ledger,
      SERIES_ROOM,
    )
    const dispatcher = new Dispatcher(
      { clock: this.#clock, ledger, workload, keepGate },
      {
        commandTimeoutMillis: scenario.client.command_timeout_ms,
        hasDueInstants: facts.hasDueInstants,
        isUnpaced: isOwn,
      },
    )
    const connections = new LoadConnections(
      {
        target,
        client: scenario.client,
        secrets: { password: null, sentinelPassword: null, tlsKeyPassphrase: null },
        thread: share.thread,
        firstConnection,
        count,
        namePrefix: CONNECTION_NAME,
        addresses: [],
        scripts: [],
      },
      {
        clock: this.#clock,
        ledger,
        listener: dispatcher,
        lifeCycleListener: {
          attempt: ({ duration_ms, connect_ms }) => {
            if (duration_ms < 0 || (connect_ms !== null && (connect_ms < 0 || connect_ms > duration_ms)))
              throw new Broken(
                'INV-18',
                `an attempt of ${duration_ms} ms was established after ${connect_ms}`,
              )
          },
          outage: (outage) => this.#parts.connections.reported.push(outage),
        },
        toEpochMillis: (at) => EPOCH_MILLIS + at,
      },
    )
    for (const connection of connections.connections)
      this.#parts.connections.follow(connection, () => this.end !== undefined)
    const lane: SimulatedLane = {
      facts,
      dispatcher,
      connections,
      keepGate,
      workload,
      dueOf: () => ({ dueAt: Number.NaN, phase: 0 }),
    }
    return lane
  }

  #inspect(at: number): void {
    this.inspections++
    for (const { connections, keepGate } of this.lanes) {
      connections.inspect(at)
      keepGate.refill()
      this.kept += keepGate.take().length
    }
  }

  /** `balanced` is woken by a thread that sleeps; here, by the time itself. */
  #pacer(): Pacer {
    const { pacer } = this.#parts.scenario
    return pacer === 'ticks' ? (wake) => this.#ticks(wake) : pacers[pacer]
  }

  #ticks(wake: Wake): () => void {
    const { time } = this.#parts
    let isStopped = false
    const turn = (): void => {
      if (isStopped) return
      const wait = wake()
      time.ours(time.now + Math.max(TICK_MILLIS, Math.min(500, wait)), 0, turn)
    }
    turn()
    return () => {
      isStopped = true
    }
  }
}
