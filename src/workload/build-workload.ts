import type { Call, FollowUp, ReplyReader, Unit, Workload } from '../model/call.ts'
import type {
  BatchPlan,
  KeysPlan,
  OperationPlan,
  PubsubPlan,
  StreamsPlan,
  ValuesPlan,
} from '../model/plan.ts'
import { createIndexedRandom, deriveSeed } from '../model/random.ts'
import { Deck } from './deck.ts'
import { createDraw, type Draw } from './draw.ts'
import { keyTables } from './keys.ts'
import { type OperationParts, prepareOperation, type Step, type WorkloadParts } from './prepare-operation.ts'
import { planSeries } from './series.ts'
import type { Verifier } from './verification/verifier.ts'

/** The part of a plan that says what to send. */
export interface WorkloadSpec {
  readonly operations: readonly OperationPlan[]
  readonly batch: BatchPlan
  readonly keyPrefix: string
  readonly keys: KeysPlan
  readonly values: ValuesPlan
  readonly pubsub: PubsubPlan
  readonly streams: StreamsPlan
  /** Of the whole run. */
  readonly seed: number
}

/** Which of the draws a load thread makes: it takes turns with the others. */
export interface Turn {
  readonly thread: number
  readonly threads: number
}

/** What a workload wants from whoever runs it. */
export interface WorkloadHooks {
  /** The wall clock, milliseconds, from the monotonic one. */
  readonly now: () => number
  /** The text of the next message that goes over a connection, filled up with the padding. */
  readonly nextMessage: (connection: number, padding: string) => string
  /** Who looks at the replies of a command, by its commandstats name and its template. */
  readonly readerOf: (command: string, template: string) => ReplyReader | null
  /** Follows what is written and judges what is read. */
  readonly verifier?: Verifier | undefined
}

/** The operations that share the connections, and each one that has connections of its own. */
export interface Workloads {
  /** `undefined` when every operation has connections of its own. */
  readonly shared: Workload | undefined
  /** By index of the operation. */
  readonly own: ReadonlyMap<number, Workload>
}

/**
 * Builds the commands of one load thread. Draw k of the whole run is made from the seed and k alone, and thread t of n
 * makes the draws k with k mod n = t: so the threads make together exactly the commands that one would.
 */
export function buildWorkloads(spec: WorkloadSpec, turn: Turn, hooks: WorkloadHooks): Workloads {
  const plan = planSeries(spec)
  const tables = keyTables()
  const workloadOf = (chosen: readonly number[], batch: BatchPlan, part: number): Workload => {
    const seed = deriveSeed(spec.seed, part)
    const draw = createDraw(createIndexedRandom(seed))
    const followDraw = createDraw(createIndexedRandom(deriveSeed(seed, 1)))
    const parts: WorkloadParts = { spec, hooks, tables, draw, followDraw }
    const operations = chosen.map((index) =>
      prepareOperation(
        spec.operations[index]!,
        { places: plan.operations[index]!, index, isShared: part === 0 },
        parts,
      ),
    )
    const weights = chosen.map((index) => (part === 0 ? spec.operations[index]!.weight : 1))
    const sharedUnit: Unit | undefined =
      batch.kind === 'none' ? undefined : { kind: batch.kind, size: batch.size, series: plan.sharedBatch }
    const groups = [...new Set(operations.flatMap(({ creates }) => creates ?? []))]
    const writing = operations.map(({ creates, keysPerUnit }) => ({
      group: creates === undefined ? -1 : groups.indexOf(creates),
      keys: keysPerUnit,
    }))
    const isLatest = spec.keys.distribution === 'latest'
    const deck = new Deck(weights, deriveSeed(seed, 2), isLatest ? writing : [])
    const readGroups = isLatest ? operations.map(({ namespace }) => groups.indexOf(namespace ?? '')) : []
    return new DrawnWorkload(operations, { draw, followDraw }, { deck, readGroups }, ownTurn(chosen, part), {
      sharedUnit,
      tags: spec.keys.hash_tags,
    })
  }
  // An operation with fewer connections than there are threads is the business of the first threads alone.
  const ownTurn = ([index = 0]: readonly number[], part: number): Turn =>
    part === 0 ? turn : { ...turn, threads: Math.min(turn.threads, spec.operations[index]!.connections) }
  const indexes = [...spec.operations.keys()]
  const shared = indexes.filter((index) => spec.operations[index]!.connections === 0)
  const own = indexes.filter((index) => spec.operations[index]!.connections > 0)
  return {
    shared: shared.length === 0 ? undefined : workloadOf(shared, spec.batch, 0),
    own: new Map(own.map((index) => [index, workloadOf([index], { kind: 'none', size: 1 }, 1 + index)])),
  }
}

class DrawnWorkload implements Workload {
  readonly #operations: readonly OperationParts[]
  readonly #draw: Draw
  readonly #followDraw: Draw
  readonly #deck: Deck
  readonly #threads: number
  /** Set when every draw is a command of a batch of all operations. */
  readonly #sharedUnit: Unit | undefined
  /** How many hash tags there are; 0: none. */
  readonly #tags: number
  /** By operation: the group of keys that it works on, where keys are drawn by how new they are. */
  readonly #readGroups: readonly number[]
  #nextUnit: number
  #nextDraw = 0
  #step: Step
  #line = 0
  #isFollowing = false
  #currentDraw = 0
  #unitKind: Unit['kind'] = 'single'

  constructor(
    operations: readonly OperationParts[],
    draws: { readonly draw: Draw; readonly followDraw: Draw },
    { deck, readGroups }: { readonly deck: Deck; readonly readGroups: readonly number[] },
    turn: Turn,
    { sharedUnit, tags }: { readonly sharedUnit: Unit | undefined; readonly tags: number },
  ) {
    this.#operations = operations
    this.#draw = draws.draw
    this.#followDraw = draws.followDraw
    this.#deck = deck
    this.#threads = turn.threads
    this.#nextUnit = turn.thread
    this.#sharedUnit = sharedUnit
    this.#tags = tags
    this.#step = operations[0]!.first
    this.#readGroups = readGroups
  }

  nextUnit(): Unit {
    const unit = this.#nextUnit
    this.#nextUnit += this.#threads
    this.#line = 0
    this.#isFollowing = false
    this.#draw.tag = -1
    const whole = this.#sharedUnit ?? this.#begin(unit).unit
    this.#unitKind = whole.kind
    if (this.#sharedUnit !== undefined) this.#nextDraw = unit * whole.size
    return whole
  }

  fill(call: Call): void {
    if (this.#sharedUnit !== undefined && !this.#isFollowing) {
      this.#begin(this.#nextDraw++)
      this.#line = 0
    }
    const { lines } = this.#step
    const line = lines[this.#line]!
    const draw = this.#isFollowing ? this.#followDraw : this.#draw
    draw.connection = call.connection.index
    // The keys of a transaction have one tag, those of a pipeline one for each command.
    if (!this.#isFollowing && this.#unitKind === 'pipeline') draw.tag = -1
    this.#line = this.#line + 1 === lines.length ? 0 : this.#line + 1
    call.series = line.series
    call.name = line.name
    call.keyArgument = line.keyArgument
    const following = line.begin === null ? null : line.begin()
    call.wire = line.next()
    call.reader = following ?? line.reader
    call.tracker = following
    call.followUp = this.#step.after
    call.draw = this.#currentDraw
    call.key = draw.key
    call.ordinal = draw.ordinal
  }

  follow(followUp: FollowUp, { draw, key, ordinal }: Pick<Call, 'draw' | 'key' | 'ordinal'>): void {
    const step = followUp as Step & FollowUp
    const context = this.#followDraw
    this.#step = step
    this.#line = 0
    this.#isFollowing = true
    this.#currentDraw = draw
    context.random.seek(draw)
    context.key = key
    context.tag = this.#tags === 0 ? -1 : key % this.#tags
    context.ordinal = ordinal
    context.sequence = ordinal * step.keyDraws
  }

  #begin(draw: number): Step {
    this.#deck.seek(draw)
    const operation = this.#operations[this.#deck.operation]!
    const context = this.#draw
    context.random.seek(draw)
    context.ordinal = this.#deck.ordinal
    context.sequence = this.#deck.ordinal * operation.keysPerUnit
    const group = this.#readGroups[this.#deck.operation] ?? -1
    context.written = group >= 0 ? this.#deck.written(group) : 0
    // Keys are created one after the other, whichever operation creates them.
    if (group >= 0 && operation.creates !== undefined) context.sequence = context.written
    this.#currentDraw = draw
    this.#step = operation.first
    return operation.first
  }
}
