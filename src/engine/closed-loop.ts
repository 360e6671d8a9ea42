import type { Connection, Workload } from '../model/call.ts'
import type { Clock } from '../model/clock.ts'
import { type LedgerWriter, MEASURE, WARMUP } from '../model/ledger.ts'
import type { Dispatcher, DispatcherListener } from './dispatcher.ts'
import type { Timeline } from './timeline.ts'

export interface ClosedLoopParts {
  readonly clock: Clock
  readonly ledger: LedgerWriter
  readonly workload: Workload
  readonly dispatcher: Dispatcher
  readonly connections: readonly Connection[]
}

export interface ClosedLoopLimits {
  /** Units kept in flight. */
  readonly concurrency: number
  /** Bound on commands that ioredis holds, abandoned ones included. */
  readonly maxInFlight: number
}

/**
 * A fixed number of units in flight: each answer triggers the next. A slot whose connection is down waits until the
 * connection is ready again; a slot that would exceed the bound on held commands waits for room.
 */
export class ClosedLoop implements DispatcherListener {
  readonly #parts: ClosedLoopParts
  readonly #timeline: Timeline
  readonly #limits: ClosedLoopLimits
  /** Slots that wait, by position of their connection. */
  readonly #parked: number[]
  readonly #position: ReadonlyMap<Connection, number>

  constructor(parts: ClosedLoopParts, timeline: Timeline, limits: ClosedLoopLimits) {
    this.#parts = parts
    this.#timeline = timeline
    this.#limits = limits
    this.#parked = parts.connections.map(() => 0)
    this.#position = new Map(parts.connections.map((connection, index) => [connection, index]))
  }

  get isFinished(): boolean {
    return this.#parts.clock.now() >= this.#timeline.endAt
  }

  /** Spreads the slots evenly over the connections. */
  start(): void {
    const { connections } = this.#parts
    for (let slot = 0; slot < this.#limits.concurrency; slot++) this.#parked[slot % connections.length]! += 1
    for (const connection of connections) this.available(connection)
  }

  /** A closed loop is driven by answers; waking only gives parked slots another chance. */
  wake(): number {
    for (const connection of this.#parts.connections) this.available(connection)
    return this.isFinished ? Number.POSITIVE_INFINITY : 10
  }

  stop(): void {
    this.#timeline.endAt = Math.min(this.#timeline.endAt, this.#parts.clock.now())
  }

  unitSettled(connection: Connection, at: number, isSynchronous: boolean): void {
    if (at >= this.#timeline.endAt) return
    // A unit that failed while it was being sent would recurse without end.
    if (isSynchronous || !connection.isReady || !this.#hasRoom())
      this.#parked[this.#position.get(connection)!]! += 1
    else this.#issue(connection, at)
  }

  available(connection: Connection): void {
    const position = this.#position.get(connection)!
    for (let waiting = this.#parked[position]!; waiting > 0; waiting--) {
      const at = this.#parts.clock.now()
      if (at >= this.#timeline.endAt || !connection.isReady || !this.#hasRoom()) return
      this.#parked[position]! -= 1
      this.#issue(connection, at)
    }
  }

  #hasRoom(): boolean {
    const { dispatcher } = this.#parts
    return dispatcher.inFlight + dispatcher.abandoned < this.#limits.maxInFlight
  }

  #issue(connection: Connection, at: number): void {
    const { ledger, workload, dispatcher } = this.#parts
    const unit = workload.nextUnit()
    const phase = at < this.#timeline.measureAt ? WARMUP : MEASURE
    ledger.countPhase(phase, 'scheduled', unit.size)
    dispatcher.issue(connection, unit, phase, at, at)
  }
}
