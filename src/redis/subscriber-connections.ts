import type { Address } from '../model/address.ts'
import type { Clock } from '../model/clock.ts'
import type { Outage } from '../model/connection-event.ts'
import { errorCodeAt, errorCodeIndex } from '../model/error-codes.ts'
import type { LedgerWriter } from '../model/ledger.ts'
import type { TargetPlan } from '../model/plan.ts'
import { pickShare } from '../model/pick-share.ts'
import type { Random } from '../model/random.ts'
import type { ClientSpec } from './client-options.ts'
import type { ConnectionCounts, ConnectionGroup } from './connection-group.ts'
import { offlineQueueLength, socketOf } from './ioredis-internals.ts'
import { LifeCycle, type LifeCycleListener } from './life-cycle.ts'
import { Subscriber, type Subscription } from './subscriber.ts'

const KILLED = errorCodeIndex('killed')

export interface SubscriberConnectionsSpec extends Omit<ClientSpec, 'connectionName'> {
  readonly thread: number
  /** Index of the first of them in the whole run. */
  readonly firstConnection: number
  readonly count: number
  /** Every connection is named `<prefix>:<index>`. */
  readonly namePrefix: string
  readonly subscription: Subscription
  /** Where they listen, taking turns; empty: at the target. */
  readonly addresses: readonly Address[]
}

export interface SubscriberConnectionsParts {
  readonly clock: Clock
  readonly ledger: LedgerWriter
  readonly lifeCycleListener: LifeCycleListener
  readonly toEpochMillis: (at: number) => number
  /** A message has arrived at the n-th of them. */
  readonly onMessage: (subscriber: number, message: Buffer) => void
}

/** The subscribers of one load thread. */
export class SubscriberConnections implements ConnectionGroup {
  readonly #subscribers: readonly Subscriber[]
  readonly #spec: SubscriberConnectionsSpec
  readonly #ledger: LedgerWriter

  constructor(spec: SubscriberConnectionsSpec, parts: SubscriberConnectionsParts) {
    const { clock, ledger } = parts
    this.#spec = spec
    this.#ledger = ledger
    this.#subscribers = Array.from({ length: spec.count }, (_, offset) => {
      const connection = spec.firstConnection + offset
      const lifeCycle = new LifeCycle(
        { thread: spec.thread, connection },
        { ledger, listener: parts.lifeCycleListener, toEpochMillis: parts.toEpochMillis },
      )
      return new Subscriber(
        { ...spec, target: targetOf(spec, connection), connectionName: `${spec.namePrefix}:${connection}` },
        spec.subscription,
        { clock, ledger, lifeCycle, onMessage: (message) => parts.onMessage(offset, message) },
      )
    })
  }

  get count(): number {
    return this.#subscribers.length
  }

  get readyCount(): number {
    return this.#subscribers.filter(({ isSubscribed }) => isSubscribed).length
  }

  get lastFailure(): string | undefined {
    const failed = this.#subscribers.find(
      ({ isSubscribed, lifeCycle }) => !isSubscribed && lifeCycle.lastCode > 0,
    )
    return failed === undefined ? undefined : errorCodeAt(failed.lifeCycle.lastCode).code
  }

  dial(): void {
    // A dial that fails rejects; the events say what happened.
    for (const { redis } of this.#subscribers) redis.connect().catch(() => {})
  }

  inspect(at: number): ConnectionCounts {
    const isGuarded = this.#spec.client.preset === 'measure'
    if (isGuarded) for (const subscriber of this.#subscribers) subscriber.look(at)
    this.#ledger.gauge('subscribers_ready', this.readyCount)
    return {
      active: this.#subscribers.filter(({ redis }) => redis.status === 'ready').length,
      used: 0,
      down: this.#subscribers.filter(({ lifeCycle }) => lifeCycle.isDown).length,
      pending: this.#subscribers.reduce((sum, { redis }) => sum + offlineQueueLength(redis), 0),
    }
  }

  cut(share: number, random: Random): number {
    const ready = this.#subscribers.filter(({ redis }) => redis.status === 'ready')
    const picked = pickShare(ready, share, random)
    for (const { redis, lifeCycle } of picked) {
      lifeCycle.failed(KILLED)
      socketOf(redis)?.destroy()
    }
    return picked.length
  }

  stop(at: number): Outage[] {
    return this.#subscribers.flatMap((subscriber) => {
      subscriber.stop()
      return subscriber.lifeCycle.stop(at) ?? []
    })
  }

  close(): void {
    for (const subscriber of this.#subscribers) subscriber.close()
  }
}

function targetOf({ target, addresses }: SubscriberConnectionsSpec, connection: number): TargetPlan {
  const address = addresses[connection % addresses.length]
  return address === undefined ? target : { ...target, ...address, socket: null }
}
