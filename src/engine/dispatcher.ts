import type {
  Batch,
  Call,
  CallListener,
  Connection,
  FollowUp,
  MaintenanceGuard,
  SlotListener,
  Unit,
  Workload,
} from '../model/call.ts'
import type { Clock } from '../model/clock.ts'
import { errorCodeIndex } from '../model/error-codes.ts'
import { type LedgerWriter, MEASURE } from '../model/ledger.ts'
import { INDETERMINATE, OK, type Outcome } from '../model/outcome.ts'
import { DeadlineList, type Relaxation } from './deadline-list.ts'
import type { KeepGate } from './keep-gate.ts'

const DEADLINE = errorCodeIndex('command_deadline')
const MICROS_PER_MILLI = 1000

export interface DispatcherParts {
  readonly clock: Clock
  readonly ledger: LedgerWriter
  readonly workload: Workload
  readonly keepGate: KeepGate
  /** Hears what becomes of the commands for each slot of a Cluster. */
  readonly slots?: SlotListener
  readonly maintenance?: MaintenanceGuard | undefined
  /** Hears when commands begin to fail, and when they no longer do. */
  readonly signs?: FailureListener
}

/** Thread clock. */
export interface FailureListener {
  failed(at: number): void
  /** The first success after a failure. */
  recovered(at: number): void
}

export interface DispatcherLimits {
  readonly commandTimeoutMillis: number
  /** An open loop has due instants; in a closed loop only service time is recorded. */
  readonly hasDueInstants: boolean
  /** Its units are not those that the target of the load asks for: an operation with connections of its own. */
  readonly isUnpaced?: boolean
}

/** What the loop that drives a dispatcher wants to hear. */
export interface DispatcherListener {
  /** A unit is done, one way or another; `isSynchronous` when that happened while it was being sent. */
  unitSettled(connection: Connection, at: number, isSynchronous: boolean): void
  /** There may be room on this connection that was not there before. */
  available(connection: Connection): void
}

const NO_SLOTS: SlotListener = { settled() {} }
const NO_SIGNS: FailureListener = { failed() {}, recovered() {} }
const NOBODY: DispatcherListener = { unitSettled() {}, available() {} }

/**
 * Sends units of work and records what became of them: the hot path. Every command that is issued is settled exactly
 * once here, by its reply, by an error, or by its deadline.
 */
export class Dispatcher implements CallListener {
  readonly #clock: Clock
  readonly #ledger: LedgerWriter
  readonly #workload: Workload
  readonly #keepGate: KeepGate
  readonly #slots: SlotListener
  readonly #maintenance: MaintenanceGuard | undefined
  readonly #signs: FailureListener
  #isFailing = false
  readonly #hasDueInstants: boolean
  readonly #isUnpaced: boolean
  readonly #deadlines: DeadlineList
  readonly #freeBatches: Record<Batch['kind'], Batch[]> = { pipeline: [], transaction: [] }
  #listener = NOBODY
  #isSending = false
  #isFollowing = false
  #isClosed = false
  /** Commands that are issued and not settled. */
  inFlight = 0
  /** Commands that were settled by their deadline and that ioredis still holds. */
  abandoned = 0

  constructor(parts: DispatcherParts, limits: DispatcherLimits) {
    this.#clock = parts.clock
    this.#ledger = parts.ledger
    this.#workload = parts.workload
    this.#keepGate = parts.keepGate
    this.#slots = parts.slots ?? NO_SLOTS
    this.#signs = parts.signs ?? NO_SIGNS
    this.#hasDueInstants = limits.hasDueInstants
    this.#isUnpaced = limits.isUnpaced === true
    this.#maintenance = parts.maintenance
    this.#deadlines = new DeadlineList(limits.commandTimeoutMillis, relaxationBy(parts.maintenance, limits))
  }

  listen(listener: DispatcherListener): void {
    this.#listener = listener
  }

  /** Sends the next unit of the workload. Times in milliseconds of the thread clock. */
  issue(connection: Connection, unit: Unit, phase: number, dueAt: number, sentAt: number): void {
    this.#ledger.countPhase(phase, 'issued', unit.size)
    this.inFlight += unit.size
    this.#isSending = true
    if (unit.kind === 'single') {
      connection.send(this.#prepare(connection, phase, dueAt, sentAt))
    } else {
      const batch = this.#takeBatch(unit.kind)
      batch.series = unit.series
      batch.phase = phase
      batch.dueAt = dueAt
      batch.sentAt = sentAt
      batch.remaining = unit.size
      batch.outcome = OK
      batch.code = 0
      for (let index = 0; index < unit.size; index++) {
        const call = this.#prepare(connection, phase, dueAt, sentAt)
        call.batch = batch
        batch.calls.push(call)
      }
      connection.sendBatch(batch)
    }
    this.#isSending = false
  }

  settled(call: Call, outcome: Outcome, code: number): void {
    if (this.#isClosed) return
    const at = this.#clock.now()
    this.#deadlines.remove(call)
    if (outcome === OK) {
      call.connection.lastReplyAt = at
      if (this.#isFailing) {
        this.#isFailing = false
        this.#signs.recovered(at)
      }
      if (call.nil) this.#ledger.countNil(call.phase, call.series)
    }
    this.#record(call, outcome, code, at)
    if (call.tracker !== null) call.tracker.settled(call, outcome)
    const { batch, connection, followUp, nil } = call
    if (followUp !== null && outcome === OK && batch === null && (nil || followUp.on === 'ok')) {
      this.#follow(call, followUp, at)
      return
    }
    connection.give(call)
    this.#settleUnit(batch, connection, outcome, code, at)
  }

  settledLate(call: Call, failed: boolean): void {
    if (this.#isClosed) return
    this.abandoned--
    if (!failed) {
      call.connection.lastReplyAt = this.#clock.now()
      this.#ledger.count('late_replies', 1)
    }
    const { connection } = call
    connection.give(call)
    this.#listener.available(connection)
  }

  connected(connection: Connection): void {
    this.#listener.available(connection)
  }

  /** Settles what has waited too long as indeterminate. To be called every few milliseconds. */
  expire(): void {
    const at = this.#clock.now()
    for (let call = this.#deadlines.takeExpired(at); call !== null; call = this.#deadlines.takeExpired(at)) {
      call.abandoned = true
      this.abandoned++
      this.#record(call, INDETERMINATE, DEADLINE, at)
      if (call.tracker !== null) call.tracker.settled(call, INDETERMINATE)
      const { batch, connection } = call
      call.batch = null
      this.#settleUnit(batch, connection, INDETERMINATE, DEADLINE, at)
    }
  }

  /** From here on nothing is recorded: what is in flight now is in flight at the end. */
  close(): void {
    this.#isClosed = true
  }

  /** The follow-up is due when its cause is answered; the unit is settled when the follow-up is. */
  #follow(call: Call, followUp: FollowUp, at: number): void {
    const { connection, phase } = call
    this.#ledger.countPhase(phase, 'scheduled', followUp.unit.size)
    this.#workload.follow(followUp, call)
    this.#isFollowing = true
    this.issue(connection, followUp.unit, phase, at, at)
    this.#isFollowing = false
    // Not earlier: a connection that is to be renewed would be closed as soon as it has nothing left to do.
    connection.give(call)
  }

  #prepare(connection: Connection, phase: number, dueAt: number, sentAt: number): Call {
    const call = connection.take()
    this.#workload.fill(call)
    call.isFollower = this.#isFollowing
    call.phase = phase
    call.dueAt = dueAt
    call.sentAt = sentAt
    this.#deadlines.add(call)
    return call
  }

  #record(call: Call, outcome: Outcome, code: number, at: number): void {
    this.inFlight--
    if (outcome !== OK) {
      this.#isFailing = true
      this.#signs.failed(at)
    }
    if (this.#isUnpaced || call.isFollower) this.#ledger.countPhase(call.phase, 'unpaced_settled', 1)
    const serviceMillis = at - call.sentAt
    this.#ledger.record(
      call.phase,
      call.series,
      outcome,
      code,
      serviceMillis * MICROS_PER_MILLI,
      this.#hasDueInstants ? (at - call.dueAt) * MICROS_PER_MILLI : -1,
    )
    if (call.node >= 0 && call.phase === MEASURE)
      this.#ledger.recordNode(call.node, outcome, code, serviceMillis * MICROS_PER_MILLI)
    if (call.slot >= 0) this.#slots.settled(call.slot, outcome, code, at)
    if (this.#maintenance?.covers(call) === true)
      this.#maintenance.settled(call, outcome, code, serviceMillis)
    if (call.batch === null && this.#keepGate.isCandidate(call.series, outcome, serviceMillis)) {
      const { series, dueAt, sentAt, connection, phase, node } = call
      const unit = { series, dueAt, sentAt, connection: connection.index, size: 1, phase, node }
      this.#keepGate.keep({ ...unit, settledAt: at, outcome, code })
    }
  }

  #settleUnit(batch: Batch | null, connection: Connection, outcome: Outcome, code: number, at: number): void {
    if (batch !== null) {
      if (outcome > batch.outcome) {
        batch.outcome = outcome
        batch.code = code
      }
      if (--batch.remaining > 0) return
      this.#recordBatch(batch, connection, at)
    }
    this.#listener.unitSettled(connection, at, this.#isSending)
  }

  #recordBatch(batch: Batch, connection: Connection, at: number): void {
    const { series, phase, outcome, code, dueAt, sentAt } = batch
    const serviceMillis = at - sentAt
    const responseMicros = this.#hasDueInstants ? (at - dueAt) * MICROS_PER_MILLI : -1
    this.#ledger.record(phase, series, outcome, code, serviceMillis * MICROS_PER_MILLI, responseMicros)
    if (this.#keepGate.isCandidate(series, outcome, serviceMillis)) {
      const size = batch.calls.length
      const unit = { series, dueAt, sentAt, connection: connection.index, size, phase, node: -1 }
      this.#keepGate.keep({ ...unit, settledAt: at, outcome, code })
    }
    batch.calls.length = 0
    this.#freeBatches[batch.kind].push(batch)
  }

  #takeBatch(kind: Batch['kind']): Batch {
    const free = this.#freeBatches[kind].pop()
    if (free !== undefined) return free
    return { kind, calls: [], series: 0, phase: 0, dueAt: 0, sentAt: 0, remaining: 0, outcome: OK, code: 0 }
  }
}

/** Never less time than otherwise. */
function relaxationBy(
  maintenance: MaintenanceGuard | undefined,
  { commandTimeoutMillis }: DispatcherLimits,
): Relaxation | undefined {
  if (maintenance === undefined || maintenance.relaxedTimeoutMillis === null) return undefined
  return {
    timeToLiveMillis: Math.max(commandTimeoutMillis, maintenance.relaxedTimeoutMillis),
    covers: (call) => maintenance.covers(call),
  }
}
