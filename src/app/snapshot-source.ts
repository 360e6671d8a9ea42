import { allocateLedger, type LedgerLayout } from '../ledger/layout.ts'
import type { LedgerSnapshot } from '../ledger/ledger-snapshot.ts'
import { readLedgers } from '../ledger/reader.ts'
import type { TimeAnchor } from '../model/thread-message.ts'
import { monotonicMillis } from './thread-time.ts'

/** Reads the ledgers of the load threads whenever asked; after the end it stays with the last numbers. */
export class SnapshotSource {
  readonly #ledgers: readonly SharedArrayBuffer[]
  readonly #layout: LedgerLayout
  readonly #anchor: TimeAnchor
  readonly #nodeNames: string[][]
  #final: LedgerSnapshot | undefined

  constructor(ledgers: readonly SharedArrayBuffer[], layout: LedgerLayout, anchor: TimeAnchor) {
    this.#ledgers = ledgers
    this.#layout = layout
    this.#anchor = anchor
    this.#nodeNames = ledgers.map(() => [])
  }

  /** A load thread has come to know a server: what it counts under this index belongs to it. */
  nameNode(thread: number, index: number, address: string): void {
    this.#nodeNames[thread]![index] = address
  }

  /** The server of an index, as far as it is known. */
  nodeName(thread: number, index: number): string | null {
    return this.#nodeNames[thread]?.[index] ?? null
  }

  /** Milliseconds since the epoch, by the monotonic clock. */
  now(): number {
    return this.#anchor.epochMillis + (monotonicMillis() - this.#anchor.monotonicMillis)
  }

  /** An instant as the load threads know it. */
  toMonotonic(epochMillis: number): number {
    return this.#anchor.monotonicMillis + (epochMillis - this.#anchor.epochMillis)
  }

  take(): LedgerSnapshot {
    return this.#final ?? readLedgers(this.#ledgers, this.#layout, this.now(), this.#nodeNames)
  }

  /** What the ledgers said before anything had happened. */
  blank(): LedgerSnapshot {
    return readLedgers([allocateLedger(this.#layout)], this.#layout, this.#anchor.epochMillis)
  }

  /** The numbers are final: from now on everybody sees the same. */
  freeze(): LedgerSnapshot {
    this.#final = this.take()
    return this.#final
  }
}
