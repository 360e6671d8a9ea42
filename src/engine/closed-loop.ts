import type { Connection, Workload } from '../model/call.ts'
import type { Clock } from '../model/clock.ts'
import { type LedgerWriter, MEASURE, WARMUP } from '../model/ledger.ts'
import { LoadTime } from '../model/load-time.ts'
import type { MillisRange } from '../model/plan.ts'
import type { Random } from '../model/random.ts'
import type { ConcurrencyAt } from '../model/schedule.ts'
import { type Budget, unlimitedBudget } from './budget.ts'
import type { Dispatcher, DispatcherListener } from './dispatcher.ts'
import { DueHeap } from './due-heap.ts'
import type { Timeline } from './timeline.ts'

/** Between two looks at slots that wait. */
const LONGEST_WAIT_MILLIS = 10
/** Bound on how often slots that think are looked at. */
const SHORTEST_WAIT_MILLIS = 0.25

export interface ClosedLoopParts {
  readonly clock: Clock
  readonly ledger: LedgerWriter
  readonly workload: Workload
  readonly dispatcher: Dispatcher
  readonly connections: readonly Connection[]
  /** Of measured commands; absent in a load that ends by time. */
  readonly budget?: Budget | undefined
  /** How the measured time may be adjusted while it goes on. */
  readonly time?: LoadTime | undefined
}

export interface ClosedLoopLimits {
  /** Units kept in flight: a number, or one that changes over the measured time. */
  readonly concurrency: number | ConcurrencyAt
  /** Adjustments pause it and change nothing else. */
  readonly isFixed?: boolean
  /** Bound on commands that ioredis holds, abandoned ones included. */
  readonly maxInFlight: number
  /** Pause of a slot between an answer and its next unit. */
  readonly think?: { readonly time: MillisRange; readonly random: Random } | undefined
}

/**
 * A number of units in flight: each answer triggers the next, at once or after a time to think. A slot whose connection
 * is down waits until the connection is ready again; a slot that would exceed the bound on held commands waits for room.
 * When the number goes down, slots end with their answers; when it goes up, new ones begin.
 */
export class ClosedLoop implements DispatcherListener {
  readonly #parts: ClosedLoopParts
  readonly #timeline: Timeline
  readonly #limits: ClosedLoopLimits
  readonly #budget: Budget
  readonly #concurrencyAt: ConcurrencyAt
  readonly #time: LoadTime
  /** Slots that wait, by position of their connection. */
  readonly #parked: number[]
  readonly #position: ReadonlyMap<Connection, number>
  /** Slots that think, as positions of their connections. */
  readonly #thinking = new DueHeap()
  /** Slots there are: in flight, waiting or thinking; and how many there should be, until when. */
  #slots = 0
  #wanted = 0
  #wantedUntil = Number.NEGATIVE_INFINITY
  #nextConnection = 0

  constructor(parts: ClosedLoopParts, timeline: Timeline, limits: ClosedLoopLimits) {
    const { concurrency } = limits
    this.#parts = parts
    this.#timeline = timeline
    this.#limits = limits
    this.#budget = parts.budget ?? unlimitedBudget()
    this.#time = parts.time ?? new LoadTime()
    this.#concurrencyAt =
      typeof concurrency === 'function'
        ? concurrency
        : () => ({ units: concurrency, untilMillis: Number.POSITIVE_INFINITY })
    this.#parked = parts.connections.map(() => 0)
    this.#position = new Map(parts.connections.map((connection, index) => [connection, index]))
  }

  get isFinished(): boolean {
    return this.#parts.clock.now() >= this.#timeline.endAt
  }

  start(): void {
    this.wake()
  }

  /** A closed loop is driven by answers; waking gives slots that wait another chance, and ends times to think. */
  wake(): number {
    const at = this.#parts.clock.now()
    const { startAt, endAt } = this.#timeline
    // A timer may be early; without a warm-up, what it sent would be counted as one.
    if (at < startAt) return startAt - at
    if (at >= endAt) return Number.POSITIVE_INFINITY
    if (at >= this.#wantedUntil) this.#adjust(at)
    this.#endThinking(at)
    for (const connection of this.#parts.connections) this.available(connection)
    return this.isFinished ? Number.POSITIVE_INFINITY : this.#untilNextLook(at)
  }

  stop(): void {
    this.#timeline.endAt = Math.min(this.#timeline.endAt, this.#parts.clock.now())
  }

  adjusted(): void {
    this.#wantedUntil = Number.NEGATIVE_INFINITY
  }

  unitSettled(connection: Connection, at: number, isSynchronous: boolean): void {
    if (at >= this.#timeline.endAt) return
    if (at >= this.#wantedUntil) this.#adjust(at)
    const { think } = this.#limits
    const position = this.#position.get(connection)!
    if (this.#slots > this.#wanted) this.#slots--
    else if (think !== undefined) {
      const { min_ms, max_ms } = think.time
      this.#thinking.push(at + min_ms + think.random.next() * (max_ms - min_ms), position)
    }
    // A unit that failed while it was being sent would recurse without end.
    else if (isSynchronous || !connection.isReady || !this.#hasRoom()) this.#parked[position]! += 1
    else this.#issue(connection, at)
  }

  available(connection: Connection): void {
    const position = this.#position.get(connection)!
    if (this.#parked[position] === 0) return
    // A connection may come back between a boundary and the next look at it.
    const since = this.#parts.clock.now()
    if (since >= this.#wantedUntil) this.#adjust(since)
    for (let waiting = this.#parked[position]!; waiting > 0; waiting--) {
      const at = this.#parts.clock.now()
      if (at >= this.#timeline.endAt || !connection.isReady || !this.#hasRoom()) return
      this.#parked[position]! -= 1
      this.#issue(connection, at)
    }
  }

  /** Spreads new slots evenly over the connections; of slots that are too many, those that wait end at once. */
  #adjust(at: number): void {
    const { measureAt } = this.#timeline
    const elapsed = at - measureAt
    const { factor, skippedMillis } = this.#time.at(elapsed)
    const { units: planned, untilMillis } = this.#concurrencyAt(elapsed + skippedMillis)
    const units = this.#adjustedUnits(planned, factor)
    const parked = this.#parked
    this.#wanted = units
    this.#wantedUntil = measureAt + Math.min(untilMillis - skippedMillis, this.#time.nextAfter(elapsed))
    for (; this.#slots < units; this.#slots++) {
      parked[this.#nextConnection]! += 1
      this.#nextConnection = (this.#nextConnection + 1) % parked.length
    }
    for (let position = parked.length - 1; position >= 0 && this.#slots > units; position--) {
      const ending = Math.min(parked[position]!, this.#slots - units)
      parked[position]! -= ending
      this.#slots -= ending
    }
  }

  /** At least one, where there are to be any. */
  #adjustedUnits(planned: number, factor: number): number {
    if (factor === 0 || planned === 0) return 0
    return this.#limits.isFixed === true ? planned : Math.max(1, Math.round(planned * factor))
  }

  #endThinking(at: number): void {
    while (this.#thinking.nextAt <= at) {
      const position = this.#thinking.pop()!
      if (this.#slots > this.#wanted) this.#slots--
      else this.#parked[position]! += 1
    }
  }

  /** Nobody who begins to think now can be done before the shortest time to think is over. */
  #untilNextLook(at: number): number {
    const { think } = this.#limits
    const shortest = think === undefined ? LONGEST_WAIT_MILLIS : think.time.min_ms
    const next = Math.min(this.#thinking.nextAt, this.#wantedUntil) - at
    return Math.max(SHORTEST_WAIT_MILLIS, Math.min(LONGEST_WAIT_MILLIS, shortest, next))
  }

  #hasRoom(): boolean {
    const { dispatcher } = this.#parts
    return dispatcher.inFlight + dispatcher.abandoned < this.#limits.maxInFlight
  }

  #issue(connection: Connection, at: number): void {
    const { ledger, workload, dispatcher } = this.#parts
    const phase = at < this.#timeline.measureAt ? WARMUP : MEASURE
    if (phase === MEASURE && this.#budget.isSpent) return this.#end(at)
    const unit = workload.nextUnit()
    ledger.countPhase(phase, 'scheduled', unit.size)
    if (phase === MEASURE) {
      this.#budget.take(unit.size)
      if (this.#budget.isSpent) this.#end(at)
    }
    dispatcher.issue(connection, unit, phase, at, at)
  }

  /** The budget is spent: from here the answers that are still out have the time of the drain. */
  #end(at: number): void {
    this.#timeline.endAt = Math.min(this.#timeline.endAt, at)
  }
}
