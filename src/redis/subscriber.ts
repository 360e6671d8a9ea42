import { Redis } from 'ioredis'
import type { Clock } from '../model/clock.ts'
import type { LedgerWriter } from '../model/ledger.ts'
import type { PubsubPlan } from '../model/plan.ts'
import { classifyError } from './classify-error.ts'
import { type ClientSpec, loadClientOptions } from './client-options.ts'
import { guardReplies, socketOf } from './ioredis-internals.ts'
import type { LifeCycle } from './life-cycle.ts'
import { SilenceWatch } from './silence-watch.ts'
import { timeClient } from './time-client.ts'

/** Names in one SUBSCRIBE. */
const NAMES_AT_ONCE = 1000
const MICROS_PER_MILLI = 1000
/** Nobody waits for an answer on it, so a loss is seen when the socket closes and no earlier. */
const NOTHING_LOST = { lastReplyAt: 0, oldestLostAt: Number.POSITIVE_INFINITY }

/** What a subscriber listens to: channels, or patterns. */
export interface Subscription {
  readonly mode: PubsubPlan['mode']
  readonly names: readonly string[]
}

export interface SubscriberParts {
  readonly clock: Clock
  readonly ledger: LedgerWriter
  readonly lifeCycle: LifeCycle
  readonly onMessage: (message: Buffer) => void
}

/**
 * A connection that only listens. It subscribes by itself whenever it is ready, with ioredis' own resubscribing switched
 * off: so it is known when every subscription is confirmed, and a subscription that fails is not an unhandled rejection.
 */
export class Subscriber {
  readonly redis: Redis
  readonly lifeCycle: LifeCycle
  readonly #subscription: Subscription
  readonly #parts: SubscriberParts
  readonly #watch: SilenceWatch
  /** Of the socket: what is heard of an earlier one means nothing. */
  #life = 0
  #isSubscribed = false
  #unsubscribedAt = Number.NaN
  #isStopped = false

  constructor(spec: ClientSpec, subscription: Subscription, parts: SubscriberParts) {
    this.redis = new Redis({ ...loadClientOptions(spec), autoResubscribe: false })
    guardReplies(this.redis, { isListener: true })
    this.lifeCycle = parts.lifeCycle
    this.#subscription = subscription
    this.#parts = parts
    this.#watch = this.#watchOver(spec)
    this.#listen()
    timeClient(this.redis, parts.lifeCycle, parts.clock, {
      dialling: () => this.#watch.restart(),
      ready: () => void this.#subscribe(),
      facts: () => NOTHING_LOST,
      closed: () => this.#lost(),
    })
  }

  /** Every subscription is confirmed. */
  get isSubscribed(): boolean {
    return this.#isSubscribed
  }

  /** Looks for silence where an answer is owed. A listener that hears nothing is not suspicious. */
  look(at: number): void {
    this.#watch.look(at)
  }

  /** The run is over: from here on nothing is timed. */
  stop(): void {
    this.#isStopped = true
  }

  close(): void {
    this.redis.disconnect()
    socketOf(this.redis)?.destroy()
  }

  #listen(): void {
    const { onMessage } = this.#parts
    this.redis.on('messageBuffer', (_: Buffer, message: Buffer) => onMessage(message))
    this.redis.on('pmessageBuffer', (_: string, __: Buffer, message: Buffer) => onMessage(message))
    this.redis.on('smessageBuffer', (_: Buffer, message: Buffer) => onMessage(message))
  }

  async #subscribe(): Promise<void> {
    const life = this.#life
    const { names, mode } = this.#subscription
    const confirmed: Promise<unknown>[] = []
    for (let first = 0; first < names.length; first += NAMES_AT_ONCE)
      confirmed.push(subscribers[mode](this.redis, names.slice(first, first + NAMES_AT_ONCE)))
    try {
      await Promise.all(confirmed)
      if (life === this.#life) this.#confirmed()
    } catch (error) {
      // A lost connection has told so itself; anything else is the server's refusal, and the next dial tries again.
      if (life !== this.#life) return
      this.lifeCycle.failed(classifyError(error))
      this.redis.disconnect(true)
    }
  }

  #confirmed(): void {
    const { clock, ledger } = this.#parts
    this.#isSubscribed = true
    if (!Number.isNaN(this.#unsubscribedAt) && !this.#isStopped)
      ledger.recordThread('resubscription', (clock.now() - this.#unsubscribedAt) * MICROS_PER_MILLI)
    this.#unsubscribedAt = Number.NaN
  }

  #lost(): void {
    this.#life++
    if (this.#isSubscribed) this.#unsubscribedAt = this.#parts.clock.now()
    this.#isSubscribed = false
  }

  #watchOver(spec: ClientSpec): SilenceWatch {
    const { redis } = this
    return new SilenceWatch(
      {
        bytesRead: () => socketOf(redis)?.bytesRead ?? 0,
        isExpectingData: () =>
          redis.status === 'connect' || (redis.status === 'ready' && !this.#isSubscribed),
        isHandshaking: () => redis.status === 'connect',
        destroy: (code) => socketOf(redis)?.destroy(Object.assign(new Error(code), { code })),
      },
      { readyMillis: spec.client.socket_timeout_ms, handshakeMillis: spec.client.connect_timeout_ms },
    )
  }
}

const subscribers = {
  channel: (redis, names) => redis.subscribe(...names),
  pattern: (redis, names) => redis.psubscribe(...names),
  sharded: (redis, names) => redis.ssubscribe(...names),
} satisfies Record<PubsubPlan['mode'], (redis: Redis, names: readonly string[]) => Promise<unknown>>
