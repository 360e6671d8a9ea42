import { Redis } from 'ioredis'
import type { CallListener } from '../model/call.ts'
import type { Clock } from '../model/clock.ts'
import type { Outage } from '../model/connection-event.ts'
import { errorCodeAt, errorCodeIndex } from '../model/error-codes.ts'
import type { LedgerWriter } from '../model/ledger.ts'
import { pickShare } from '../model/pick-share.ts'
import type { Random } from '../model/random.ts'
import { type ClientSpec, loadClientOptions } from './client-options.ts'
import type { ConnectionCounts, LoadGroup } from './connection-group.ts'
import { guardReplies, offlineQueueLength, socketOf } from './ioredis-internals.ts'
import { LifeCycle, type LifeCycleListener } from './life-cycle.ts'
import type { MaintenanceWatches } from './maintenance-watch.ts'
import { MeasuredConnection, type Renewal } from './measured-connection.ts'
import { SilenceWatch } from './silence-watch.ts'
import { timeClient } from './time-client.ts'

const KILLED = errorCodeIndex('killed')

export interface LoadConnectionsSpec extends Omit<ClientSpec, 'connectionName'> {
  readonly thread: number
  /** Index of the first connection of this thread in the whole run. */
  readonly firstConnection: number
  readonly count: number
  /** Every connection is named `<prefix>:<index>`. */
  readonly namePrefix: string
  /** Lua that has to be in the cache of whatever server a connection comes back to. */
  readonly scripts: readonly string[]
  /** Where the connections go, taking turns; empty: to the target. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[]
}

export interface LoadConnectionsParts {
  readonly clock: Clock
  readonly ledger: LedgerWriter
  readonly listener: CallListener
  readonly lifeCycleListener: LifeCycleListener
  readonly toEpochMillis: (at: number) => number
  /** Set where maintenance notifications are asked for. */
  readonly maintenance?: MaintenanceWatches | undefined
}

interface Member {
  readonly connection: MeasuredConnection
  readonly lifeCycle: LifeCycle
  readonly watch: SilenceWatch
}

/** The connections of one load thread, with everything that times and guards them. */
export class LoadConnections implements LoadGroup {
  readonly #members: readonly Member[]
  readonly #spec: LoadConnectionsSpec
  readonly #parts: LoadConnectionsParts
  readonly #renewal: Renewal | undefined
  #isOver = false

  constructor(spec: LoadConnectionsSpec, parts: LoadConnectionsParts) {
    this.#spec = spec
    const { renew_after } = spec.client
    if (renew_after !== null)
      this.#renewal = { after: renew_after, mostAtOnce: Math.max(1, Math.floor(spec.count / 2)), active: 0 }
    this.#parts = parts
    this.#members = Array.from({ length: spec.count }, (_, offset) =>
      this.#create(spec.firstConnection + offset),
    )
  }

  get connections(): readonly MeasuredConnection[] {
    return this.#members.map(({ connection }) => connection)
  }

  get count(): number {
    return this.#members.length
  }

  get readyCount(): number {
    return this.#members.filter(({ connection }) => connection.isReady).length
  }

  /** Starts to dial all of them; ioredis goes on trying. What comes of it arrives at the listeners. */
  dial(): void {
    for (const { connection } of this.#members) connection.redis.connect().catch(ignoreDialResult)
  }

  /** Fine error code of a connection that is not ready, for the message when the start fails. */
  get lastFailure(): string | undefined {
    const failed = this.#members.find(
      ({ lifeCycle, connection }) => !connection.isReady && lifeCycle.lastCode > 0,
    )
    return failed === undefined ? undefined : errorCodeAt(failed.lifeCycle.lastCode).code
  }

  /** Looks for silent connections and counts. To be called several times a second. */
  inspect(at: number): ConnectionCounts {
    let active = 0
    let used = 0
    let down = 0
    let pending = 0
    const isGuarded = this.#spec.client.preset === 'measure'
    for (const { connection, lifeCycle, watch } of this.#members) {
      if (isGuarded) watch.look(at)
      if (connection.isReady) active++
      if (connection.isReady && connection.held > 0) used++
      if (lifeCycle.isDown) down++
      pending += offlineQueueLength(connection.redis)
    }
    return { active, used, down, pending }
  }

  cut(share: number, random: Random): number {
    const ready = this.#members.filter(({ connection }) => connection.isReady)
    const picked = pickShare(ready, share, random)
    for (const { connection, lifeCycle } of picked) {
      lifeCycle.failed(KILLED)
      socketOf(connection.redis)?.destroy()
    }
    return picked.length
  }

  /** Ends the measuring: what is still down is returned as unfinished outages. */
  stop(at: number): Outage[] {
    this.#isOver = true
    return this.#members.flatMap(({ lifeCycle }) => lifeCycle.stop(at) ?? [])
  }

  /** Closes everything without waiting for anybody. */
  close(): void {
    for (const { connection } of this.#members) {
      connection.redis.disconnect()
      socketOf(connection.redis)?.destroy()
    }
  }

  #create(index: number): Member {
    const { addresses, namePrefix } = this.#spec
    const address = addresses[index % addresses.length]
    const target =
      address === undefined ? this.#spec.target : { ...this.#spec.target, ...address, socket: null }
    const spec = { ...this.#spec, target, connectionName: `${namePrefix}:${index}` }
    const state: { connection?: MeasuredConnection } = {}
    const onPurpose = {
      isRenewing: () => state.connection?.isClosing === true,
      isOver: () => this.#isOver,
    }
    const redis = new Redis(loadClientOptions(spec, onPurpose))
    guardReplies(redis)
    const connection = new MeasuredConnection(index, redis, this.#parts, this.#renewal)
    state.connection = connection
    connection.lastReplyAt = this.#parts.clock.now()
    const place = { thread: this.#spec.thread, connection: index }
    connection.maintenance = this.#parts.maintenance?.watch(place)
    connection.maintenance?.hear(redis)
    const lifeCycle = new LifeCycle(place, {
      ledger: this.#parts.ledger,
      listener: this.#parts.lifeCycleListener,
      toEpochMillis: this.#parts.toEpochMillis,
    })
    const watch = watchOver(connection, spec)
    this.#follow(connection, lifeCycle, watch)
    return { connection, lifeCycle, watch }
  }

  #follow(connection: MeasuredConnection, lifeCycle: LifeCycle, watch: SilenceWatch): void {
    const { redis } = connection
    timeClient(redis, lifeCycle, this.#parts.clock, {
      dialling: () => watch.restart(),
      ready: (isReturning) => {
        // From here on only requests of ours are written, in which each character is a byte: cheaper to write than UTF-8.
        socketOf(redis)?.setDefaultEncoding('latin1')
        connection.restarted()
        connection.maintenance?.ready(redis)
        // After a failover or a restart the server does not know them; what is sent next comes after them.
        if (isReturning)
          for (const script of this.#spec.scripts)
            redis.script('LOAD', Buffer.from(script)).catch(ignoreDialResult)
        this.#parts.listener.connected(connection)
      },
      facts: () => ({
        lastReplyAt: connection.lastReplyAt,
        oldestLostAt: connection.oldestLostAt,
        isRenewing: connection.isClosing,
      }),
      closed: () => {
        if (!connection.isRenewing) connection.maintenance?.lost()
        connection.oldestLostAt = Number.POSITIVE_INFINITY
      },
    })
  }
}

/** `connect()` rejects with "Connection is closed." for every failed attempt; the events say what happened. */
function ignoreDialResult(): void {}

function watchOver(connection: MeasuredConnection, spec: ClientSpec): SilenceWatch {
  const { redis } = connection
  return new SilenceWatch(
    {
      bytesRead: () => socketOf(redis)?.bytesRead ?? 0,
      isExpectingData: () => redis.status === 'connect' || (redis.status === 'ready' && connection.held > 0),
      isHandshaking: () => redis.status === 'connect',
      patienceMillis: (at) => connection.maintenance?.patienceMillis(at) ?? 0,
      destroy: (code) => socketOf(redis)?.destroy(Object.assign(new Error(code), { code })),
    },
    { readyMillis: spec.client.socket_timeout_ms, handshakeMillis: spec.client.connect_timeout_ms },
  )
}
