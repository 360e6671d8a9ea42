import type { BatchKind } from '../../src/model/call.ts'
import type { FaultPlan } from '../../src/model/fault-plan.ts'
import type { ClientPlan, LoadPlan, Preset, StagePlan } from '../../src/model/plan.ts'
import { createRandom, deriveSeed } from '../../src/model/random.ts'
import { createDraw, type Draw } from './draw.ts'
import { drawPresses, type Press } from './presses.ts'
import type { NetworkPlan } from './simulated-server.ts'

/** What the world does, milliseconds after the load begins; below 0 while connecting. */
export interface WorldFault {
  readonly kind: WorldFaultKind
  readonly at: number
  readonly millis: number
  /** Of the connections, where it hits some of them. */
  readonly share: number
}

export const WORLD_FAULTS = [
  'fin',
  'reset',
  'half-open',
  'deaf',
  'lose-replies',
  'crash',
  'refuse',
  'unreachable',
  'freeze',
  'slow',
  'loading',
  'maxclients',
  'errors',
  'readonly',
  'stall',
  'clock-step',
] as const
export type WorldFaultKind = (typeof WORLD_FAULTS)[number]

/** Everything that a seed decides. */
export interface Scenario {
  readonly seed: number
  readonly load: LoadPlan
  readonly client: ClientPlan
  readonly protocol: 2 | 3
  readonly network: NetworkPlan
  readonly unit: { readonly kind: 'single' | BatchKind; readonly size: number }
  /** Share of the reads that miss and are then written. */
  readonly hasFollowUps: boolean
  readonly ownConnections: number
  readonly keyCount: number
  readonly pacer: 'economical' | 'precise' | 'ticks'
  readonly latestTimerMillis: number
  readonly turnMillis: number
  readonly keep: { readonly sampleRatio: number; readonly maxPerSecond: number; readonly slowMillis: number }
  readonly faults: readonly FaultPlan[]
  readonly world: readonly WorldFault[]
  /** What somebody does to the load while it goes on; nothing in most. */
  readonly presses: readonly Press[]
  /** SIGINT, milliseconds after the load begins, and its drain. */
  readonly stop: { readonly at: number; readonly drainMillis: number } | null
}

/** What a seed stands for. Commands are kept to some hundreds, so that thousands of seeds take seconds. */
export function drawScenario(seed: number): Scenario {
  const random = createRandom(deriveSeed(seed, 1000))
  const draw = createDraw(random)
  const client = drawClient(draw)
  const network = drawNetwork(draw)
  const kind = draw.oneOf(['single', 'single', 'single', 'pipeline', 'transaction'] as const)
  const size = kind === 'single' ? 1 : draw.whole(2, 6)
  const keys = createDraw(createRandom(deriveSeed(seed, 1001)))
  const isAdjusted = keys.chance(0.2)
  const load = drawLoad(draw, seed, { size, network, isAdjusted })
  const lastMillis = load.warmup_ms + (load.duration_ms ?? 1500)
  const isCalm = draw.chance(0.15)
  const world = isCalm ? [] : drawWorld(draw, lastMillis + 200)
  const pacer = draw.oneOf(['economical', 'ticks', 'ticks', 'precise'] as const)
  return {
    seed,
    load,
    client,
    protocol: draw.oneOf([2, 3] as const),
    network,
    unit: { kind, size },
    hasFollowUps: kind === 'single' && draw.chance(0.25),
    ownConnections: draw.chance(0.15) ? draw.whole(1, 2) : 0,
    keyCount: draw.whole(1, 200),
    pacer,
    // What spins would take thousands of turns for an arrival.
    turnMillis: pacer === 'precise' ? 0.4 : 0.02,
    latestTimerMillis: draw.oneOf([0, 0.3, 3]),
    keep: {
      sampleRatio: draw.oneOf([0, 0.01, 0.5, 1]),
      maxPerSecond: draw.oneOf([0, 5, 100]),
      slowMillis: draw.oneOf([1, 20, 1e9]),
    },
    faults: isCalm ? [] : drawFaultPlans(draw, lastMillis),
    world,
    presses: isAdjusted ? drawPresses(keys, load) : [],
    stop:
      load.duration_ms === null || draw.chance(0.25)
        ? {
            at: draw.chance(0.05) ? -20 : draw.between(0, lastMillis + 100),
            drainMillis: draw.oneOf([0, 50, 500, 1500]),
          }
        : null,
  }
}

function drawClient(draw: Draw): ClientPlan {
  const preset: Preset = draw.chance(0.75) ? 'measure' : 'as-app'
  const initial = draw.whole(0, 200)
  return {
    ...({} as ClientPlan),
    preset,
    coalesce_writes: draw.chance(0.8),
    command_timeout_ms: Math.round(draw.ofMagnitude(10, 2000)),
    connect_timeout_ms: draw.whole(100, 1500),
    socket_timeout_ms: draw.whole(100, 2000),
    retry_attempts: preset === 'as-app' ? draw.oneOf([null, 0, 1, 3]) : null,
    renew_after: draw.chance(0.15) ? draw.whole(1, 60) : null,
    read_from: 'primary',
    retry: {
      initial_ms: initial,
      factor: draw.oneOf([1, 1.5, 2, 3]),
      max_ms: initial + draw.whole(0, 600),
      jitter_ms: draw.oneOf([0, 20, 100]),
    },
  }
}

function drawNetwork(draw: Draw): NetworkPlan {
  const isSpiky = draw.chance(0.4)
  return {
    delayMillis: draw.ofMagnitude(0.05, 10),
    jitterMillis: draw.ofMagnitude(0.01, 5),
    spikeChance: isSpiky ? draw.ofMagnitude(0.001, 0.05) : 0,
    spikeMillis: isSpiky ? draw.ofMagnitude(5, 800) : 0,
    workMillis: draw.ofMagnitude(0.005, 0.5),
    mostAtOnce: draw.oneOf([1, 8, 1000]),
    windowCharacters: draw.oneOf([300, 4000, 1e9, 1e9]),
  }
}

/** About so many commands, at most. */
const COMMANDS = 250

function drawLoad(
  draw: Draw,
  seed: number,
  {
    size,
    network,
    isAdjusted,
  }: { readonly size: number; readonly network: NetworkPlan; readonly isAdjusted: boolean },
): LoadPlan {
  const model = draw.oneOf(['open', 'open', 'closed'] as const)
  const threads = draw.chance(0.8) ? 1 : 2
  const concurrency = draw.whole(threads, 12)
  const think = drawThinkTime(draw, isAdjusted)
  const thinkMillis = think === null ? 0 : isAdjusted ? 100 : 10
  const roundTrip = 2 * network.delayMillis + network.jitterMillis + thinkMillis
  const closedRate = (1000 * concurrency * size) / Math.max(0.2, roundTrip)
  // What is adjusted holds a while after it was asked for: such a load has to be long, and so it is slow.
  const rate = model === 'open' ? Math.round(draw.ofMagnitude(20, isAdjusted ? 150 : 2000)) : closedRate
  const [shortest, longest] = isAdjusted ? [1200, 4000] : [50, 3500]
  const bound = Math.min(draw.whole(200, longest), (1000 * COMMANDS) / rate)
  const duration = Math.max(shortest, Math.round(bound))
  const count = draw.chance(0.25) ? draw.whole(1, COMMANDS / 2) : null
  const stages = draw.chance(isAdjusted ? 0.6 : 0.35)
    ? drawStages(draw, { model, duration, rate, concurrency, isAdjusted })
    : []
  return {
    model,
    target_ops_per_second: model === 'open' && stages.length === 0 ? rate : null,
    arrivals: draw.oneOf(['constant', 'poisson'] as const),
    max_in_flight: Math.max(2 * size, Math.round(draw.ofMagnitude(4, 600))),
    pacing: 'auto',
    clients: draw.whole(threads, 4),
    concurrency,
    threads,
    warmup_ms: draw.chance(0.4) ? draw.whole(20, 400) : 0,
    duration_ms: count !== null && draw.chance(0.6) ? null : duration,
    count,
    think_time: model === 'closed' ? think : null,
    stages,
    repeat_stages: stages.length > 1 && draw.chance(0.4),
    step_search: false,
    drain_ms: draw.oneOf([0, 20, 300, 1000]),
    seed,
  }
}

function drawThinkTime(draw: Draw, isAdjusted: boolean): LoadPlan['think_time'] {
  if (isAdjusted) return { min_ms: draw.whole(20, 100), max_ms: draw.whole(100, 300) }
  return draw.chance(0.4) ? { min_ms: draw.whole(0, 5), max_ms: draw.whole(5, 40) } : null
}

function drawStages(
  draw: Draw,
  of: {
    readonly model: 'open' | 'closed'
    readonly duration: number
    readonly rate: number
    readonly concurrency: number
    readonly isAdjusted: boolean
  },
): StagePlan[] {
  // Of one stage nobody can go on to the next.
  const count = draw.whole(of.isAdjusted ? 2 : 1, 4)
  const isOpen = of.model === 'open'
  const speed = (): number => (draw.chance(0.2) ? 0 : Math.max(1, Math.round(of.rate * draw.between(0.2, 1))))
  const units = (): number => (draw.chance(0.2) ? 0 : draw.whole(1, of.concurrency))
  return Array.from({ length: count }, (_, index): StagePlan => {
    const from = speed()
    return {
      name: `stage ${index % 3}`,
      duration_ms: draw.whole(20, Math.max(21, of.isAdjusted ? of.duration / 2 : of.duration)),
      from_ops_per_second: isOpen ? from : null,
      to_ops_per_second: isOpen ? (draw.chance(0.5) ? from : speed()) : null,
      concurrency: isOpen ? null : index === 0 ? Math.max(1, units()) : units(),
    }
  })
}

function drawWorld(draw: Draw, lastMillis: number): WorldFault[] {
  const drawn = Array.from({ length: draw.whole(0, 5) }, (): WorldFault => ({
    kind: draw.oneOf(WORLD_FAULTS),
    at: draw.between(draw.chance(0.1) ? -200 : 0, lastMillis),
    millis: draw.ofMagnitude(2, 1500),
    share: draw.oneOf([0.3, 1, 1]),
  }))
  return [...drawn, ...drawTogether(draw, lastMillis)].toSorted((a, b) => a.at - b.at)
}

/** What is worse together: errors after answers were lost; a machine that stands still when the load is to end. */
function drawTogether(draw: Draw, lastMillis: number): WorldFault[] {
  const at = draw.between(0, lastMillis)
  if (draw.chance(0.12)) {
    const loss = draw.oneOf(['lose-replies', 'reset', 'deaf'] as const)
    return [
      { kind: loss, at, millis: 10, share: 1 },
      { kind: 'errors', at, millis: draw.whole(100, 2000), share: 1 },
    ]
  }
  if (draw.chance(0.05))
    return [
      { kind: 'reset', at: at / 2, millis: 1, share: 1 },
      { kind: 'freeze', at: at / 2 + 1, millis: draw.whole(1000, 4000), share: 1 },
    ]
  if (draw.chance(0.06)) {
    const millis = draw.whole(500, 3000)
    return [{ kind: 'stall', at: lastMillis - 200 - draw.between(0, millis / 3), millis, share: 1 }]
  }
  return []
}

function drawFaultPlans(draw: Draw, lastMillis: number): FaultPlan[] {
  if (draw.chance(0.7)) return []
  return Array.from({ length: draw.whole(1, 2) }, (): FaultPlan => {
    const every = draw.chance(0.5) ? draw.whole(50, 800) : null
    const kind = draw.oneOf(['client-kill', 'socket-cut'] as const)
    return {
      kind,
      for_ms: null,
      on: kind === 'client-kill' ? 'all' : null,
      params: kind === 'client-kill' ? { type: 'ours' } : {},
      at_ms: draw.whole(0, Math.ceil(lastMillis)),
      every_ms: every,
      jitter_ms: every === null ? draw.whole(0, 100) : draw.whole(0, Math.floor(every / 3)),
      share: draw.oneOf([0.25, 0.5, 1]),
    }
  })
}
