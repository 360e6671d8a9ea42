import { type Beginning, BEGINNINGS, type Notification } from '../model/maintenance.ts'

const ENDED_BY: Readonly<Partial<Record<Notification, Beginning>>> = {
  MIGRATED: 'MIGRATING',
  FAILED_OVER: 'FAILING_OVER',
  SMIGRATED: 'SMIGRATING',
}
/** No maintenance is believed to be longer than that. */
const LONGEST_MILLIS = 86_400_000
/** Numbers of notifications that are remembered, to know a repetition. */
const REMEMBERED = 64

/** A beginning that nothing has answered yet: neither an end nor the loss of the connection. */
export interface OpenBeginning {
  readonly notification: Beginning
  readonly sequence: number
  readonly at: number
  /** A loss of the connection after that has another reason. */
  readonly until: number
}

/**
 * What a server has announced on one connection. Times in milliseconds of the thread clock. MOVING says when the
 * connection will be gone: it lasts until then, and when the connection is lost because of it, until it is back. The
 * others say when something will begin, and last until its end is announced. Nothing lasts longer than a bound beyond
 * the time that was named: servers forget.
 */
export class AnnouncedMaintenance {
  readonly #boundMillis: number
  readonly #endsAt = new Map<Beginning, number>()
  readonly #open = new Map<Beginning, OpenBeginning>()
  readonly #seen = new Set<string>()
  /** When it ends as far as is known, or ended; `-Infinity` when there was none. */
  until = Number.NEGATIVE_INFINITY

  constructor(boundMillis: number) {
    this.#boundMillis = boundMillis
  }

  isAnnounced(at: number): boolean {
    return this.until > at
  }

  isOpen(notification: Beginning, at: number): boolean {
    return (this.#endsAt.get(notification) ?? Number.NEGATIVE_INFINITY) > at
  }

  /** `false` when this connection was told the same before. */
  hear(notification: Notification, sequence: number, timeMillis: number | null, at: number): boolean {
    const key = `${notification} ${sequence}`
    if (this.#seen.has(key)) return false
    this.#seen.add(key)
    // A set gives its entries in the order in which they came.
    if (this.#seen.size > REMEMBERED) this.#seen.delete(this.#seen.values().next().value!)
    const beginning = BEGINNINGS.find((known) => known === notification)
    if (beginning !== undefined) this.#begin(beginning, sequence, timeMillis ?? 0, at)
    const ended = ENDED_BY[notification]
    if (ended !== undefined) this.#end(ended, sequence, at)
    return true
  }

  /** The connection is another one now: nothing has been announced on it. */
  renew(at: number): void {
    for (const beginning of BEGINNINGS) this.#close(beginning, at)
    this.#open.clear()
    this.#seen.clear()
    this.#update()
  }

  /** The connection is lost. Each beginning is returned once. */
  lost(at: number): readonly OpenBeginning[] {
    const open = [...this.#open.values()].filter(({ until }) => until > at)
    this.#open.clear()
    if (open.some(({ notification }) => notification === 'MOVING')) {
      this.#endsAt.set('MOVING', at + this.#boundMillis)
      this.#update()
    }
    return open
  }

  #begin(notification: Beginning, sequence: number, timeMillis: number, at: number): void {
    const namedAt = at + Math.min(timeMillis, LONGEST_MILLIS)
    const until = namedAt + this.#boundMillis
    const before = this.#endsAt.get(notification) ?? Number.NEGATIVE_INFINITY
    this.#endsAt.set(notification, Math.max(before, notification === 'MOVING' ? namedAt : until))
    const known = this.#open.get(notification)
    if (known === undefined || sequence > known.sequence)
      this.#open.set(notification, { notification, sequence, at, until })
    this.#update()
  }

  /** An end that is older than the last beginning says nothing about that. */
  #end(notification: Beginning, sequence: number, at: number): void {
    const known = this.#open.get(notification)
    if (known !== undefined && sequence < known.sequence) return
    this.#open.delete(notification)
    this.#close(notification, at)
    this.#update()
  }

  #close(notification: Beginning, at: number): void {
    if (this.isOpen(notification, at)) this.#endsAt.set(notification, at)
  }

  #update(): void {
    this.until = Math.max(...this.#endsAt.values(), Number.NEGATIVE_INFINITY)
  }
}
