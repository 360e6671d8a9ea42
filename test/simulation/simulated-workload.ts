import type { Call, FollowUp, Unit, Workload } from '../../src/model/call.ts'
import { MEASURE, type SeriesInfo, WARMUP } from '../../src/model/ledger.ts'
import { OK } from '../../src/model/outcome.ts'
import type { Random } from '../../src/model/random.ts'
import type { Scenario } from './scenario.ts'
import type { LaneFacts, UnitFacts, Witness } from './witness.ts'

const NAMES = ['GET', 'SET', 'INCR'] as const
const BATCH_SERIES = NAMES.length
const FOLLOWER_SERIES = NAMES.length + 1

/** The lines of the ledger of every simulated run. */
export function simulatedSeries({ unit }: Scenario): readonly SeriesInfo[] {
  const shape = unit.kind
  return [
    ...NAMES.map((operation): SeriesInfo => ({ operation, shape })),
    {
      operation: unit.kind === 'transaction' ? 'MULTI' : 'PIPELINE',
      shape: 'batch',
    },
    { operation: 'REFILL', shape: 'single' },
  ]
}

/** When the units of a lane are due; each is asked for once, in order. */
export type DueOf = (index: number) => { readonly dueAt: number; readonly phase: number }

const FOLLOW_UP: FollowUp = { on: 'nil', unit: { kind: 'single', size: 1, series: -1 } }

/** Commands that can be told apart: the last argument of each is its number. */
export class SimulatedWorkload implements Workload {
  readonly #scenario: Scenario
  readonly #random: Random
  readonly #witness: Witness
  readonly #lane: LaneFacts
  readonly #dueOf: DueOf
  readonly #unit: Unit
  #units = 0
  #isFollowing = false

  constructor(
    scenario: Scenario,
    parts: {
      readonly random: Random
      readonly witness: Witness
      readonly lane: LaneFacts
      readonly dueOf: DueOf
    },
  ) {
    this.#scenario = scenario
    this.#random = parts.random
    this.#witness = parts.witness
    this.#lane = parts.lane
    this.#dueOf = parts.dueOf
    const { kind, size } = scenario.unit
    this.#unit = { kind, size, series: kind === 'single' ? -1 : BATCH_SERIES }
  }

  nextUnit(): Unit {
    this.#isFollowing = false
    this.#begin(this.#unit, this.#dueOf(this.#units++), false)
    return this.#unit
  }

  fill(call: Call): void {
    const series = this.#isFollowing ? 1 : this.#random.below(NAMES.length)
    const name = NAMES[series]!
    const id = this.#witness.filled(call, this.#isFollowing ? FOLLOWER_SERIES : series)
    const key = `k${this.#random.below(this.#scenario.keyCount)}`
    call.name = name.toLowerCase()
    call.wire = request(name, key, String(id))
    call.series = this.#isFollowing ? FOLLOWER_SERIES : series
    call.draw = id
    call.nil = false
    call.reader = null
    call.tracker = this.#witness
    call.followUp = this.#scenario.hasFollowUps && !this.#isFollowing && name === 'GET' ? FOLLOW_UP : null
  }

  follow(followUp: FollowUp, cause: Pick<Call, 'draw'>): void {
    this.#isFollowing = true
    const { unit } = this.#witness.commands[cause.draw]!
    const at = this.#witness.time.now
    this.#begin(followUp.unit, { dueAt: at, phase: unit.phase }, true)
  }

  #begin(unit: Unit, { dueAt, phase }: ReturnType<DueOf>, isFollower: boolean): void {
    const facts: UnitFacts = {
      lane: this.#lane,
      phase,
      dueAt,
      sentAt: this.#witness.time.now,
      isFollower,
      size: unit.size,
      batchSeries: unit.series,
      filled: 0,
      remaining: unit.size,
      worst: OK,
    }
    this.#witness.began(facts)
  }
}

/** The phase that a moment belongs to. */
export function phaseOf(at: number, measureAt: number): number {
  return at < measureAt ? WARMUP : MEASURE
}

function request(...parts: readonly string[]): string {
  return `*${parts.length}\r\n${parts.map((part) => `$${part.length}\r\n${part}\r\n`).join('')}`
}
