import net from 'node:net'
import { syncBuiltinESMExports } from 'node:module'
import { FaultInjector } from '../../src/faults/fault-injector.ts'
import { startFaultTimeline } from '../../src/faults/fault-timeline.ts'
import { pickShare } from '../../src/model/pick-share.ts'
import type { Random } from '../../src/model/random.ts'
import type { FaultResult } from '../../src/model/fault-result.ts'
import { fakeTarget } from '../support/fault-target.ts'
import type { Scenario, WorldFault } from './scenario.ts'
import type { Link } from './simulated-link.ts'
import type { SimulatedServer } from './simulated-server.ts'
import { CONNECTION_NAME, EPOCH_MILLIS, type SimulatedThread } from './simulated-thread.ts'
import type { Trace } from './trace.ts'
import type { VirtualTime } from './virtual-time.ts'

/** The server, the network and the machine, and what goes wrong with them. */
export interface World {
  readonly time: VirtualTime
  readonly trace: Trace
  readonly random: Random
  readonly server: SimulatedServer
  /** Milliseconds that the process stood still, in all. */
  stalledMillis: number
  /** How far somebody has moved the wall clock. */
  wallStepMillis: number
  /** What the real timeline of faults said, and how many connections it hit in truth. */
  readonly faultResults: FaultResult[]
  faultHits: number
  /** Nothing is wrong from here on, as far as the plan says. */
  troubleUntil: number
}

/** Makes every dial of the process one to the simulated server. Returns a function that undoes it. */
export function installNetwork(server: SimulatedServer): () => void {
  const { createConnection } = net
  net.createConnection = ((options: Parameters<SimulatedServer['dial']>[0]) =>
    server.dial(options)) as unknown as typeof createConnection
  syncBuiltinESMExports()
  return () => {
    net.createConnection = createConnection
    syncBuiltinESMExports()
  }
}

/** Puts the faults of a scenario into the time to come. `startAt`: when the load begins. */
export function planWorldFaults(world: World, scenario: Scenario, startAt: number): void {
  for (const fault of scenario.world)
    world.time.world(Math.max(1, startAt + fault.at), (at) => {
      world.trace.note(fault.kind, Math.round(fault.millis), 0, at)
      world.troubleUntil = Math.max(world.troubleUntil, at + fault.millis)
      const links = pickShare([...world.server.links], fault.share, world.random)
      for (const link of links) linkFaults[fault.kind]?.(link, at)
      serverFaults[fault.kind]?.(world, at, fault)
    })
}

type ByKind<Value> = Partial<Record<WorldFault['kind'], Value>>

const linkFaults: ByKind<(link: Link, at: number) => void> = {
  fin: (link, at) => link.closeByServer(at),
  reset: (link, at) => link.reset(at),
  crash: (link, at) => link.reset(at),
  'half-open': (link) => (link.isCut = true),
  deaf: (link) => (link.isDeaf = true),
  'lose-replies': (link) => (link.losesReplies = true),
}

const serverFaults: ByKind<(world: World, at: number, fault: WorldFault) => void> = {
  crash({ server, random }, at, { millis }) {
    server.frozenUntil = 0
    server.downUntil = at + millis
    server.loadingUntil = server.downUntil + (random.next() < 0.5 ? 0 : millis)
  },
  refuse: ({ server }, at, { millis }) => (server.downUntil = at + millis),
  unreachable: ({ server }, at, { millis }) => (server.unreachableUntil = at + millis),
  freeze: ({ server }, at, { millis }) => (server.frozenUntil = at + millis),
  slow: ({ server }, at, { millis }) => (server.slowUntil = at + millis),
  loading: ({ server }, at, { millis }) => (server.loadingUntil = at + millis),
  maxclients: ({ server }, at, { millis }) => (server.fullUntil = at + millis),
  errors: ({ server, random }, at, { millis }) => {
    server.failingUntil = at + millis
    server.failingWith = ['OOM', 'WRONGTYPE', 'ERR'][random.below(3)]!
    server.failingChance = random.next()
  },
  readonly: ({ server, random }, at, { millis }) => {
    server.failingUntil = at + millis
    server.failingWith = 'READONLY'
    server.failingChance = random.next()
  },
  stall(world, at, { millis }) {
    const length = millis / 3
    world.stalledMillis += length
    world.time.stall(at + length)
  },
  'clock-step': (world, _at, { millis }) => (world.wallStepMillis += millis > 50 ? 3_600_000 : -3_600_000),
}

/** The faults that a plan can have, by the real timeline. */
export function startPlannedFaults(
  world: World,
  scenario: Scenario,
  threads: readonly SimulatedThread[],
  startAt: number,
): () => void {
  const { time, server, faultResults } = world
  const target = fakeTarget({
    changes: {
      listConnections: (address) =>
        Promise.resolve(
          [...server.links]
            .filter(({ name }) => name.startsWith(`${CONNECTION_NAME}:`))
            .map(({ id }) => ({ address, id: `${id}` })),
        ),
      killConnection({ id }) {
        const link = [...server.links].find((candidate) => `${candidate.id}` === id)
        link?.closeByServer(time.now)
        if (link !== undefined) world.faultHits++
        return Promise.resolve(link !== undefined)
      },
      cutConnections(share, random) {
        const cut = threads.reduce((sum, thread) => sum + thread.cut(share, random), 0)
        world.faultHits += cut
        return Promise.resolve(cut)
      },
    },
  })
  const measureAt = startAt + scenario.load.warmup_ms
  const now = (): number => EPOCH_MILLIS + time.now
  const injector = new FaultInjector({
    target,
    now,
    onPlanned: ({ planned_at_ms: at }) =>
      world.trace.note('fault', Math.round(at - EPOCH_MILLIS), 0, time.now),
    onBegun() {},
    onEnded: (result) => faultResults.push(result),
  })
  return startFaultTimeline(scenario.faults, {
    seed: scenario.seed,
    beginMillis: EPOCH_MILLIS + measureAt,
    endMillis: EPOCH_MILLIS + measureAt + (scenario.load.duration_ms ?? 3000),
    now,
    inject: (plan, plannedAtMillis, random) =>
      void injector.inject({ plan, plannedAtMillis, random, origin: 'plan' }),
  })
}
