import type { Call, Connection, Workload } from '../model/call.ts'
import type { Clock } from '../model/clock.ts'
import { type LedgerWriter, MEASURE, WARMUP } from '../model/ledger.ts'
import { FAILED } from '../model/outcome.ts'
import type { LoadTime } from '../model/load-time.ts'
import type { ArrivalSchedule } from '../model/schedule.ts'
import { type Budget, unlimitedBudget } from './budget.ts'
import type { Dispatcher, DispatcherListener } from './dispatcher.ts'
import type { Timeline } from './timeline.ts'

/** Arrivals fired in one go before replies get their turn. */
const CATCH_UP_LIMIT = 256
/** How long after the end overdue arrivals may still be fired; the rest is dropped and counted. */
const GRACE_MILLIS = 250

export interface OpenLoopParts {
  readonly clock: Clock
  readonly ledger: LedgerWriter
  readonly schedule: ArrivalSchedule
  readonly workload: Workload
  readonly dispatcher: Dispatcher
  readonly connections: readonly Connection[]
  /** Of measured commands; absent in a load that ends by time. */
  readonly budget?: Budget | undefined
  /** How the measured time may be adjusted while it goes on. */
  readonly time?: LoadTime | undefined
}

/**
 * Arrivals that are due whatever Redis does. Each is fired at its due instant or as soon after as the process wakes;
 * response times start at the due instant, and the lag has a histogram of its own. An arrival that finds too many
 * commands in flight, or that could not be fired before the end, is counted as dropped. It ends at the end of the
 * timeline, also when nothing more is due before it (a pause is part of the load), or when the budget is spent.
 */
export class OpenLoop implements DispatcherListener {
  readonly #parts: OpenLoopParts
  readonly #timeline: Timeline
  readonly #maxInFlight: number
  readonly #budget: Budget
  /** Swallows the commands of dropped arrivals, so that the sequence of the others does not depend on drops. */
  readonly #dropped: Call
  #nextConnection = 0
  #dueAt: number
  #isFinished = false

  constructor(parts: OpenLoopParts, timeline: Timeline, maxInFlight: number) {
    this.#parts = parts
    this.#timeline = timeline
    this.#maxInFlight = maxInFlight
    this.#budget = parts.budget ?? unlimitedBudget()
    this.#dropped = createPlaceholder(parts.connections[0]!)
    this.#dueAt = timeline.startAt + parts.schedule.next()
  }

  get isFinished(): boolean {
    return this.#isFinished
  }

  unitSettled(): void {}

  available(): void {}

  start(): void {}

  /** Fires what is due. Returns the milliseconds until the next arrival, 0 when there is more to fire right now. */
  wake(): number {
    const { clock } = this.#parts
    const { endAt } = this.#timeline
    let at = clock.now()
    if (this.#isFinished) return Number.POSITIVE_INFINITY
    if (at >= endAt + GRACE_MILLIS) return this.#finish()
    for (let fired = 0; this.#dueAt <= at && this.#dueAt < endAt && !this.#isSpent(); fired++) {
      if (fired === CATCH_UP_LIMIT) return 0
      at = this.#fire(clock.now())
    }
    if (this.#isSpent()) return this.#finish()
    const next = Math.min(this.#dueAt, endAt)
    const isOver = next === Number.POSITIVE_INFINITY && this.#parts.time?.isPaused !== true
    return isOver || at >= endAt ? this.#finish() : next - at
  }

  /** What is due by the moment of the adjustment stays so. */
  adjusted(): void {
    if (!this.#isFinished) this.#dueAt = this.#timeline.startAt + this.#parts.schedule.again()
  }

  /** Ends the arrivals. What is due by now is still fired; what is more than one wake can catch up with is dropped. */
  stop(): void {
    this.wake()
    this.#finish()
  }

  #finish(): number {
    if (!this.#isFinished) {
      this.#isFinished = true
      const { ledger, workload, schedule } = this.#parts
      const endAt = Math.min(this.#timeline.endAt, this.#parts.clock.now())
      while (this.#dueAt < endAt && !this.#isSpent()) {
        const { size } = workload.nextUnit()
        const phase = this.#phase()
        if (phase === MEASURE) this.#budget.take(size)
        ledger.countPhase(phase, 'scheduled', size)
        ledger.countPhase(phase, 'dropped_generator_late', size)
        this.#dueAt = this.#timeline.startAt + schedule.next()
      }
      // From here the answers that are still out have the time of the drain.
      this.#timeline.endAt = endAt
    }
    return Number.POSITIVE_INFINITY
  }

  #fire(at: number): number {
    const { ledger, workload, dispatcher, schedule } = this.#parts
    const unit = workload.nextUnit()
    const phase = this.#phase()
    const dueAt = this.#dueAt
    if (phase === MEASURE) this.#budget.take(unit.size)
    this.#dueAt = this.#timeline.startAt + schedule.next()
    ledger.countPhase(phase, 'scheduled', unit.size)
    if (dispatcher.inFlight + dispatcher.abandoned + unit.size > this.#maxInFlight) {
      ledger.countPhase(phase, 'dropped_max_in_flight', unit.size)
      for (let index = 0; index < unit.size; index++) {
        workload.fill(this.#dropped)
        this.#dropped.tracker?.settled(this.#dropped, FAILED)
      }
      return at
    }
    ledger.recordStartLag(phase, (at - dueAt) * 1000)
    const connection = this.#pickConnection()
    dispatcher.issue(connection, unit, phase, dueAt, at)
    return at
  }

  /** In turn; one that is being renewed is passed over, unless all are. */
  #pickConnection(): Connection {
    const { connections } = this.#parts
    for (let tried = 1; ; tried++) {
      const connection = connections[this.#nextConnection]!
      this.#nextConnection = (this.#nextConnection + 1) % connections.length
      if (!connection.isRenewing || tried === connections.length) return connection
    }
  }

  /** The warm-up is not counted, and comes first. */
  #isSpent(): boolean {
    return this.#budget.isSpent && this.#phase() === MEASURE
  }

  #phase(): number {
    return this.#dueAt < this.#timeline.measureAt ? WARMUP : MEASURE
  }
}

function createPlaceholder(connection: Connection): Call {
  return {
    name: '',
    wire: '',
    series: 0,
    phase: 0,
    dueAt: 0,
    sentAt: 0,
    batch: null,
    connection,
    abandoned: false,
    nil: false,
    draw: 0,
    key: 0,
    keyArgument: 0,
    node: -1,
    slot: -1,
    ordinal: 0,
    isFollower: false,
    reader: null,
    tracker: null,
    writes: 0,
    followUp: null,
    previous: null,
    following: null,
  }
}
