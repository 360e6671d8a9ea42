import type { AckedLoss } from '../model/acked-writes.ts'
import type { Found } from '../workload/acked/judge-segment.ts'

/** Entries are merged to this. */
const EXACT_MILLIS = 100
const ENTRIES_KEPT = 1000

/** Milliseconds since the epoch. */
export interface ReadTimes {
  /** Before the list was asked for. */
  readonly askedAtMillis: number
  readonly answeredAtMillis: number
}

/** When acknowledged writes went: after each was known to be there, and before it was missed. */
export class Losses {
  /** Those that are missing in the list, by sequence. */
  #missing: ReadonlyMap<number, Omit<AckedLoss, 'count'>> = new Map()
  /** When what had been acknowledged by then, and is not missing, was there. */
  #seenAtMillis = Number.NEGATIVE_INFINITY
  readonly #entries = new Map<string, { from_ms: number; until_ms: number; count: number }>()

  /** `before`: what was known of the same list before a new reading. */
  constructor(before?: Losses) {
    if (before === undefined) return
    this.#seenAtMillis = before.#seenAtMillis
    this.#missing = before.#missing
  }

  /** Acknowledgements in `found` are counted from `beganAtMillis`. */
  read(found: readonly Found[], beganAtMillis: number, { askedAtMillis, answeredAtMillis }: ReadTimes): void {
    const missing = new Map<number, Omit<AckedLoss, 'count'>>()
    for (const { problem, sequence, acknowledgedAtMillis } of found) {
      if (problem !== 'lost' || acknowledgedAtMillis === null) continue
      const acknowledged = acknowledgedAtMillis + beganAtMillis
      const when = this.#missing.get(sequence) ?? {
        from_ms: Math.max(acknowledged, this.#seenAtMillis),
        until_ms: answeredAtMillis,
      }
      missing.set(sequence, when)
      this.#count(
        Math.floor(when.from_ms / EXACT_MILLIS) * EXACT_MILLIS,
        Math.ceil(when.until_ms / EXACT_MILLIS) * EXACT_MILLIS,
        1,
      )
    }
    this.#missing = missing
    this.#seenAtMillis = askedAtMillis
  }

  /** Takes over what the other has counted. */
  add(other: Losses): void {
    for (const { from_ms, until_ms, count } of other.#entries.values()) this.#count(from_ms, until_ms, count)
  }

  /** The earliest first. */
  list(): AckedLoss[] {
    return [...this.#entries.values()]
      .map((entry) => ({ ...entry }))
      .toSorted((a, b) => a.from_ms - b.from_ms || a.until_ms - b.until_ms)
  }

  #count(from_ms: number, until_ms: number, count: number): void {
    const isFull = this.#entries.size >= ENTRIES_KEPT - 1
    const exact = `${from_ms} ${until_ms}`
    const name = isFull && !this.#entries.has(exact) ? 'others' : exact
    const entry = this.#entries.get(name) ?? { from_ms, until_ms, count: 0 }
    entry.count += count
    entry.from_ms = Math.min(entry.from_ms, from_ms)
    entry.until_ms = Math.max(entry.until_ms, until_ms)
    this.#entries.set(name, entry)
  }
}
