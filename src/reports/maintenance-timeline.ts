import type { Announcement, MaintenanceLoss, MaintenanceNotice } from '../model/maintenance.ts'
import type { MaintenanceRecord } from '../model/run-record.ts'

const ANNOUNCEMENTS_KEPT = 1000

type Open = { -readonly [Name in keyof Announcement]: Announcement[Name] }

/** Puts together what servers told each connection apart, in bounded memory. */
export class MaintenanceTimeline {
  readonly #announcements = new Map<string, Open>()
  #leftOut = 0
  #refusal: string | null = null

  /** `true` when no connection was told before. */
  notice({ thread, connection, at_ms, ...what }: MaintenanceNotice): boolean {
    void thread
    void connection
    const key = keyOf(what)
    const known = this.#announcements.get(key)
    if (known !== undefined) {
      known.notifications++
      // Load threads report one after the other.
      known.first_at_ms = Math.min(known.first_at_ms, at_ms)
      known.last_at_ms = Math.max(known.last_at_ms, at_ms)
      return false
    }
    if (this.#announcements.size >= ANNOUNCEMENTS_KEPT) {
      this.#leftOut++
      return false
    }
    this.#announcements.set(key, {
      ...what,
      first_at_ms: at_ms,
      last_at_ms: at_ms,
      notifications: 1,
      lost: 0,
      first_lost_after_ms: null,
      last_lost_after_ms: null,
    })
    return true
  }

  loss(loss: MaintenanceLoss): void {
    const known = this.#announcements.get(keyOf(loss))
    if (known === undefined) return
    const { after_ms } = loss
    known.lost++
    known.first_lost_after_ms = Math.min(known.first_lost_after_ms ?? after_ms, after_ms)
    known.last_lost_after_ms = Math.max(known.last_lost_after_ms ?? after_ms, after_ms)
  }

  /** `true` for the first. */
  refused(message: string): boolean {
    if (this.#refusal !== null) return false
    this.#refusal = message
    return true
  }

  toRecord(): MaintenanceRecord {
    const announcements = [...this.#announcements.values()].map((open) => ({ ...open }))
    return {
      announcements: announcements.toSorted((a, b) => a.first_at_ms - b.first_at_ms),
      leftOut: this.#leftOut,
      refusal: this.#refusal,
    }
  }
}

function keyOf({
  server,
  notification,
  sequence,
}: Pick<Announcement, 'server' | 'notification' | 'sequence'>): string {
  return `${server ?? ''} ${notification} ${sequence}`
}
