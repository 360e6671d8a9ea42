import { type ConnectionPhase, PHASE_HISTOGRAMS } from '../model/connection-phase.ts'
import { errorCodeAt, errorCodeIndex } from '../model/error-codes.ts'
import type { ConnectionAttempt, Outage } from '../model/connection-event.ts'
import type { LedgerWriter } from '../model/ledger.ts'
import type { SentinelFailure } from '../model/sentinel-failures.ts'

const CLOSED = errorCodeIndex('closed')
const MICROS_PER_MILLI = 1000

/** Hears of everything that a life cycle measured, besides the ledger. */
export interface LifeCycleListener {
  attempt(attempt: ConnectionAttempt): void
  outage(outage: Outage): void
}

/** What a life cycle must know from its connection at the moment of a loss. */
export interface LossFacts {
  /** Thread clock; 0 when nothing was ever answered. */
  readonly lastReplyAt: number
  /** Earliest send among commands whose answer is lost; infinite when there are none. */
  readonly oldestLostAt: number
  /** We closed it, to dial it anew: no loss. */
  readonly isRenewing?: boolean
}

/** Whose life it is. */
export interface LifeCyclePlace {
  readonly thread: number
  readonly connection: number
  /** The server, where a client has connections to several. */
  readonly node?: { readonly index: number; readonly address: string }
}

interface OpenOutage {
  readonly lostAt: number
  readonly from: string | null
  readonly cause: number
  readonly detectionMillis: number
  backoffMillis: number
  handshakeMillis: number
  attempts: number
}

/**
 * Times one connection from its events: every attempt from the start of the dial to ready or to its failure; the first
 * connect; and each outage from the first close after a ready to the next ready, with backoff and failed attempts
 * inside, detection and backoff also apart. A pure state machine: it is told what happened and when.
 */
export class LifeCycle {
  readonly #thread: number
  readonly #connection: number
  readonly #node: LifeCyclePlace['node']
  readonly #ledger: LedgerWriter
  readonly #listener: LifeCycleListener
  readonly #toEpochMillis: (at: number) => number
  #attemptStartedAt = Number.NaN
  #establishedAt = Number.NaN
  #phase: ConnectionPhase | undefined
  #phaseStartedAt = Number.NaN
  #phases: Partial<Record<ConnectionPhase, number>> = {}
  #reached: string | null = null
  #isReady = false
  #wasEverReady = false
  #isStopped = false
  #lastCode = 0
  #outage: OpenOutage | undefined

  constructor(
    place: LifeCyclePlace,
    parts: {
      readonly ledger: LedgerWriter
      readonly listener: LifeCycleListener
      /** Thread clock to milliseconds since the epoch. */
      readonly toEpochMillis: (at: number) => number
    },
  ) {
    this.#thread = place.thread
    this.#connection = place.connection
    this.#node = place.node
    this.#ledger = parts.ledger
    this.#listener = parts.listener
    this.#toEpochMillis = parts.toEpochMillis
  }

  get isDown(): boolean {
    return this.#outage !== undefined
  }

  /** Fine error code of the last failure; 0 when there was none since the last ready. */
  get lastCode(): number {
    return this.#lastCode
  }

  /** A dial begins. */
  connecting(at: number): void {
    this.#attemptStartedAt = at
    this.#establishedAt = Number.NaN
    this.#phase = undefined
    this.#phases = {}
    this.#lastCode = 0
    this.#ledger.count('dials', 1)
    if (this.#node !== undefined) this.#ledger.countNode(this.#node.index, 'dials')
    if (this.#outage !== undefined) this.#outage.attempts++
  }

  /** A phase of the attempt begins, and the one before it has come to its end. */
  phase(name: ConnectionPhase, at: number): void {
    if (Number.isNaN(this.#attemptStartedAt)) return
    this.#endPhase(at, false)
    this.#phase = name
    this.#phaseStartedAt = at
  }

  /** TCP, or TLS, is up; the handshake begins. `reached`: the address that answered. */
  established(at: number, reached: string | null = null): void {
    this.#establishedAt = at
    this.#reached = reached
  }

  /** A Sentinel that was asked did not help; another one may. */
  sentinelFailed(failure: SentinelFailure): void {
    this.#ledger.count(failure, 1)
  }

  ready(at: number): void {
    if (this.#isStopped) return
    const micros = (at - this.#attemptStartedAt) * MICROS_PER_MILLI
    this.#endPhase(at, false)
    this.#ledger.recordThread('attempt_success', micros)
    if (!this.#wasEverReady) this.#ledger.recordThread('first_connect_success', micros)
    this.#reportAttempt(at, 0, null)
    this.#endOutage(at)
    this.#isReady = true
    this.#wasEverReady = true
    this.#lastCode = 0
  }

  /** The cause that the next close will be put down to. The first one counts: later ones follow from it. */
  failed(code: number): void {
    if (this.#lastCode === 0) this.#lastCode = code
  }

  /** The socket is gone: a failed attempt, or the loss of a ready connection. */
  closed(at: number, facts: LossFacts): void {
    if (this.#isStopped) return
    const code = this.#lastCode === 0 ? CLOSED : this.#lastCode
    if (this.#isReady && facts.isRenewing !== true) this.#beginOutage(at, code, facts)
    else if (this.#isReady) this.#lastCode = 0
    else if (!Number.isNaN(this.#attemptStartedAt)) this.#failAttempt(at, code)
    this.#isReady = false
    this.#attemptStartedAt = Number.NaN
  }

  /** ioredis waits this long before the next dial. */
  backingOff(delayMillis: number): void {
    if (this.#outage !== undefined) this.#outage.backoffMillis += delayMillis
  }

  /** Nobody needs the server any more: an outage that is open ends, without a reconnection. */
  retire(at: number): void {
    const outage = this.#outage
    if (outage === undefined || this.#isStopped) return
    this.#outage = undefined
    this.#ledger.count('outages_superseded', 1)
    this.#listener.outage(this.#describeOutage(outage, at, 'superseded'))
  }

  /** The run is over: from here on a close is ours. Returns the outage that is still open, if there is one. */
  stop(at: number): Outage | undefined {
    this.#isStopped = true
    return this.#outage === undefined ? undefined : this.#describeOutage(this.#outage, at, 'unfinished')
  }

  #failAttempt(at: number, code: number): void {
    const micros = (at - this.#attemptStartedAt) * MICROS_PER_MILLI
    const failedIn = this.#phase ?? null
    this.#endPhase(at, true)
    this.#ledger.recordThread('attempt_error', micros)
    if (!this.#wasEverReady) this.#ledger.recordThread('first_connect_error', micros)
    this.#ledger.countAttemptError(code)
    this.#reportAttempt(at, code, failedIn)
  }

  #endPhase(at: number, hasFailed: boolean): void {
    const phase = this.#phase
    if (phase === undefined) return
    this.#phase = undefined
    const millis = at - this.#phaseStartedAt
    this.#phases[phase] = millis
    const [completed, failed] = PHASE_HISTOGRAMS[phase]
    this.#ledger.recordThread(hasFailed ? failed : completed, millis * MICROS_PER_MILLI)
  }

  #reportAttempt(at: number, code: number, failedIn: ConnectionPhase | null): void {
    const startedAt = this.#attemptStartedAt
    if (this.#outage !== undefined && !Number.isNaN(this.#establishedAt))
      this.#outage.handshakeMillis += at - this.#establishedAt
    this.#listener.attempt({
      thread: this.#thread,
      connection: this.#connection,
      server: this.#node?.address ?? null,
      started_at_ms: this.#toEpochMillis(startedAt),
      duration_ms: at - startedAt,
      connect_ms: Number.isNaN(this.#establishedAt) ? null : this.#establishedAt - startedAt,
      phases: this.#phases,
      failed_in: failedIn,
      reached: Number.isNaN(this.#establishedAt) ? null : this.#reached,
      ok: code === 0,
      cause: errorCodeAt(code).code,
      reconnection: this.#wasEverReady,
    })
  }

  #beginOutage(at: number, cause: number, facts: LossFacts): void {
    const waitedSince = Math.max(facts.oldestLostAt, facts.lastReplyAt)
    const detectionMillis = Number.isFinite(facts.oldestLostAt) ? Math.max(0, at - waitedSince) : 0
    this.#outage = {
      lostAt: at,
      from: this.#reached,
      cause,
      detectionMillis,
      backoffMillis: 0,
      handshakeMillis: 0,
      attempts: 0,
    }
    this.#ledger.countDrop(cause)
    this.#ledger.count('outages', 1)
    if (this.#node !== undefined) this.#ledger.countNode(this.#node.index, 'outages')
  }

  #endOutage(at: number): void {
    const outage = this.#outage
    if (outage === undefined) return
    this.#outage = undefined
    this.#ledger.count('reconnections', 1)
    if (this.#node !== undefined) this.#ledger.countNode(this.#node.index, 'reconnections')
    if (outage.from !== null && this.#reached !== null && outage.from !== this.#reached)
      this.#ledger.count('moved_connections', 1)
    this.#ledger.recordThread('reconnection', (at - outage.lostAt) * MICROS_PER_MILLI)
    this.#ledger.recordThread('detection', outage.detectionMillis * MICROS_PER_MILLI)
    this.#ledger.recordThread('backoff', outage.backoffMillis * MICROS_PER_MILLI)
    this.#listener.outage(this.#describeOutage(outage, at, 'reconnected'))
  }

  #describeOutage(outage: OpenOutage, at: number, end: Outage['end']): Outage {
    return {
      thread: this.#thread,
      connection: this.#connection,
      server: this.#node?.address ?? null,
      lost_at_ms: this.#toEpochMillis(outage.lostAt),
      duration_ms: at - outage.lostAt,
      finished: end !== 'unfinished',
      end,
      cause: errorCodeAt(outage.cause).code,
      detection_ms: outage.detectionMillis,
      backoff_ms: outage.backoffMillis,
      handshake_ms: outage.handshakeMillis,
      attempts: outage.attempts,
      from: outage.from,
      to: end === 'reconnected' ? this.#reached : null,
    }
  }
}
