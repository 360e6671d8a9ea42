import type { ClientPlan } from '../../src/model/plan.ts'
import type { Outage } from '../../src/model/connection-event.ts'
import type { MeasuredConnection } from '../../src/redis/measured-connection.ts'
import { Broken, type Trace } from './trace.ts'
import type { VirtualTime } from './virtual-time.ts'

interface SeenOutage {
  readonly connection: number
  readonly lostAt: number
  backoffMillis: number
  attempts: number
  durationMillis: number | undefined
}

/** What all connections went through, seen from their events. */
export class ConnectionWitness {
  readonly #time: VirtualTime
  readonly #trace: Trace
  readonly #client: ClientPlan
  readonly outages: SeenOutage[] = []
  readonly reported: Outage[] = []
  dials = 0
  failedAttempts = 0
  succeededAttempts = 0
  renewals = 0
  /** Delays with enough room for jitter to show, and those of them that had none. */
  jittered = 0
  unjittered = 0
  readonly #connections: MeasuredConnection[] = []
  readonly #open = new Map<number, SeenOutage>()

  constructor(time: VirtualTime, trace: Trace, client: ClientPlan) {
    this.#time = time
    this.#trace = trace
    this.#client = client
  }

  /** `isOver`: what happens is not measured any more. */
  follow(connection: MeasuredConnection, isOver: () => boolean): void {
    const { index, redis } = connection
    this.#connections.push(connection)
    let isReady = false
    let isDialling = false
    let attempts = 0
    let closedAt = 0
    let delayMillis = 0
    const note = (what: string, detail = 0): void => this.#trace.note(what, index, detail, this.#time.now)
    redis.on('connecting', () => {
      note('dial')
      isDialling = true
      this.dials++
      const waited = this.#time.now - closedAt
      if (closedAt > 0 && waited < delayMillis - 1)
        throw new Broken(
          'INV-18',
          `connection ${index} dialled ${waited} ms after its loss, not ${delayMillis}`,
        )
      const outage = this.#open.get(index)
      if (outage !== undefined) outage.attempts++
    })
    redis.on('ready', () => {
      note('ready')
      isReady = true
      isDialling = false
      attempts = 0
      if (!isOver()) this.succeededAttempts++
      const outage = this.#open.get(index)
      if (outage === undefined || isOver()) return
      outage.durationMillis = this.#time.now - outage.lostAt
      this.#open.delete(index)
    })
    redis.on('close', () => {
      note('closed')
      closedAt = this.#time.now
      if (isReady && connection.isClosing) this.renewals++
      else if (!isOver()) {
        if (isReady) this.#begin(index)
        else if (isDialling) this.failedAttempts++
      }
      isReady = false
      isDialling = false
    })
    redis.on('reconnecting', (delay: number) => {
      note('backoff', delay)
      attempts++
      delayMillis = delay
      const outage = this.#open.get(index)
      if (outage !== undefined && !isOver()) outage.backoffMillis += delay
      this.#checkDelay(delay, attempts, connection.isClosing)
    })
  }

  /** A connection is renewed only when nothing is in flight on it. */
  ended(socket: unknown): void {
    for (const { index, redis, isClosing, held } of this.#connections)
      if (isClosing && held > 0 && redis.status === 'ready' && (redis.stream as unknown) === socket)
        throw new Broken('INV-2', `connection ${index} is renewed with ${held} commands in flight`)
  }

  /** Closed by us, and not seen to be closed yet. */
  get renewing(): number {
    return this.#connections.filter(({ isClosing, redis }) => isClosing && redis.status === 'ready').length
  }

  get unfinished(): readonly SeenOutage[] {
    return [...this.#open.values()]
  }

  get finished(): readonly SeenOutage[] {
    return this.outages.filter(({ durationMillis }) => durationMillis !== undefined)
  }

  #begin(connection: number): void {
    const outage: SeenOutage = {
      connection,
      lostAt: this.#time.now,
      backoffMillis: 0,
      attempts: 0,
      durationMillis: undefined,
    }
    this.outages.push(outage)
    this.#open.set(connection, outage)
  }

  /** min(initial · factor^(n-1), max) + uniform(0..jitter), rounded. */
  #checkDelay(delay: number, attempt: number, isRenewing: boolean): void {
    if (this.#client.preset !== 'measure') return
    const { initial_ms, factor, max_ms, jitter_ms } = this.#client.retry
    if (isRenewing && attempt === 1) {
      if (delay !== 0) throw new Broken('INV-18', `a renewed connection waits ${delay} ms`)
      return
    }
    const base = Math.min(initial_ms * factor ** (attempt - 1), max_ms)
    if (delay < Math.round(base) || delay > Math.round(base + jitter_ms))
      throw new Broken('INV-18', `attempt ${attempt} waits ${delay} ms, not ${base} + 0 to ${jitter_ms}`)
    if (jitter_ms < 20) return
    this.jittered++
    if (delay === Math.round(base)) this.unjittered++
  }
}
