import type { Redis } from 'ioredis'
import type { Clock } from '../model/clock.ts'
import type { LedgerWriter } from '../model/ledger.ts'
import {
  BEGINNINGS,
  type EndpointType,
  type MaintenanceLoss,
  type MaintenanceNotice,
} from '../model/maintenance.ts'
import { AnnouncedMaintenance } from './announced-maintenance.ts'
import { isReplyError } from './classify-error.ts'
import { hearPushes, socketOf } from './ioredis-internals.ts'
import type { LifeCyclePlace } from './life-cycle.ts'
import { endpointTypeOf } from './maintenance-endpoint.ts'
import { parseNotification } from './parse-notification.ts'

/** A server that never announces the end of what it began is waited for this many relaxed timeouts. */
const BOUND_IN_TIMEOUTS = 3
const LONGEST_REFUSAL = 200

/** Hears of everything that was announced, besides the ledger. */
export interface MaintenanceListener {
  notice(notice: MaintenanceNotice): void
  maintenanceLoss(loss: MaintenanceLoss): void
  maintenanceRefused(message: string): void
}

export interface MaintenanceParts {
  readonly relaxedTimeoutMillis: number
  readonly isRelaxing: boolean
  readonly endpointType: EndpointType | 'auto'
  readonly clock: Clock
  readonly ledger: LedgerWriter
  readonly listener: MaintenanceListener
  readonly toEpochMillis: (at: number) => number
}

/** Asks the server of one connection to announce its maintenance, and counts what it says. */
export class MaintenanceWatch {
  readonly announced: AnnouncedMaintenance
  readonly #place: LifeCyclePlace
  readonly #parts: MaintenanceParts
  /** Of the connection: an answer to an earlier one means nothing. */
  #life = 0

  constructor(place: LifeCyclePlace, parts: MaintenanceParts) {
    this.#place = place
    this.#parts = parts
    this.announced = new AnnouncedMaintenance(BOUND_IN_TIMEOUTS * parts.relaxedTimeoutMillis)
  }

  /** To be called once for each client that the connection is made with. */
  hear(redis: Redis): void {
    hearPushes(redis, (frame) => this.#receive(frame))
  }

  /** The connection is ready; what is sent from now on comes after our request. */
  ready(redis: Redis): void {
    const life = ++this.#life
    this.announced.renew(this.#parts.clock.now())
    const { remoteAddress, encrypted } = (socketOf(redis) ?? {}) as {
      remoteAddress?: string
      encrypted?: boolean
    }
    const type =
      this.#parts.endpointType === 'auto'
        ? endpointTypeOf(remoteAddress, encrypted === true)
        : this.#parts.endpointType
    redis.call('CLIENT', 'MAINT_NOTIFICATIONS', 'ON', 'moving-endpoint-type', type).then(
      () => {
        if (life === this.#life) this.#parts.ledger.count('maintenance_accepted', 1)
      },
      (error: Error) => {
        // Not if the connection was lost before the answer came.
        if (life === this.#life && isReplyError(error)) this.#refused(error)
      },
    )
  }

  lost(): void {
    const { clock, listener } = this.#parts
    const now = clock.now()
    for (const { notification, sequence, at } of this.announced.lost(now))
      listener.maintenanceLoss({
        server: this.#place.node?.address ?? null,
        notification,
        sequence,
        after_ms: now - at,
      })
  }

  /** Silence that is put up with now, in milliseconds, beyond what is put up with otherwise. */
  patienceMillis(at: number): number {
    const { isRelaxing, relaxedTimeoutMillis } = this.#parts
    return isRelaxing && this.announced.isAnnounced(at) ? relaxedTimeoutMillis : 0
  }

  #refused({ message }: Error): void {
    this.#parts.ledger.count('maintenance_refused', 1)
    this.#parts.listener.maintenanceRefused(
      message.replace(/[\p{Cc}\p{Cf}]/gu, '?').slice(0, LONGEST_REFUSAL),
    )
  }

  #receive(frame: readonly unknown[]): void {
    const { ledger, listener, clock, toEpochMillis } = this.#parts
    const parsed = parseNotification(frame)
    if (parsed === 'unknown' || parsed === 'malformed') {
      ledger.count(parsed === 'unknown' ? 'pushes_unknown' : 'maintenance_malformed', 1)
      return
    }
    const { notification, sequence, timeMillis, endpoint, subject, isRegular } = parsed
    const at = clock.now()
    if (!this.announced.hear(notification, sequence, timeMillis, at)) {
      ledger.count('maintenance_duplicates', 1)
      return
    }
    ledger.count(`maintenance_${notification}`, 1)
    if (!isRegular) ledger.count('maintenance_irregular', 1)
    listener.notice({
      thread: this.#place.thread,
      connection: this.#place.connection,
      server: this.#place.node?.address ?? null,
      at_ms: toEpochMillis(at),
      notification,
      sequence,
      time_ms: timeMillis,
      endpoint,
      subject,
    })
  }
}

/** The watches of one load thread. */
export class MaintenanceWatches {
  readonly #parts: MaintenanceParts
  readonly #all: MaintenanceWatch[] = []

  constructor(parts: MaintenanceParts) {
    this.#parts = parts
  }

  watch(place: LifeCyclePlace): MaintenanceWatch {
    const watch = new MaintenanceWatch(place, this.#parts)
    this.#all.push(watch)
    return watch
  }

  /** Counts the connections on which something is announced now. To be called several times a second. */
  inspect(at: number): void {
    for (const beginning of BEGINNINGS) {
      const open = this.#all.filter(({ announced }) => announced.isOpen(beginning, at))
      this.#parts.ledger.gauge(`announced_${beginning}`, open.length)
    }
  }
}
