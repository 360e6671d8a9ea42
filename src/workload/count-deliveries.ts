import type { ReplyReader } from '../model/call.ts'
import type { LedgerWriter } from '../model/ledger.ts'
import { parseMessage } from './messages.ts'
import { SequenceWindows } from './sequence-windows.ts'

/** Pairs of a subscriber and a publisher whose order is watched: 10 MB. */
const MOST_PAIRS = 262_144

export interface DeliveryFacts {
  /** Subscribers of this thread, and those of the whole run. */
  readonly listeners: number
  readonly subscribers: number
  /** Connections of the whole run that may publish. */
  readonly publishers: number
  /** The nodes of a Cluster pass messages on to each other, and a reply names the receivers at one of them. */
  readonly isPassedOn: boolean
}

/**
 * Counts what subscribers receive, and what the server promised: a reply to PUBLISH says to how many it was handed.
 * With more pairs of subscriber and publisher than memory is set aside for, repetitions and order are only watched for
 * the first subscribers; everything else is counted for all.
 */
export class DeliveryCounter {
  readonly #ledger: LedgerWriter
  readonly #facts: DeliveryFacts
  readonly #windows: SequenceWindows
  readonly #watched: number
  /** Messages that were made earlier belong to the warm-up: they are counted and not timed. */
  measuredFromMicros = Number.POSITIVE_INFINITY

  constructor(ledger: LedgerWriter, facts: DeliveryFacts) {
    this.#ledger = ledger
    this.#facts = facts
    this.#watched = Math.min(facts.listeners, Math.floor(MOST_PAIRS / Math.max(1, facts.publishers)))
    this.#windows = new SequenceWindows(this.#watched * facts.publishers)
  }

  /** Reads the replies of PUBLISH or SPUBLISH. */
  readonly promises: ReplyReader = {
    read: (reply) => {
      const receivers = this.#facts.isPassedOn ? this.#facts.subscribers : Number(reply)
      const ours = Math.min(receivers, this.#facts.subscribers)
      this.#ledger.count('pubsub_published', 1)
      this.#ledger.count('pubsub_promised', ours)
      if (receivers > ours) this.#ledger.count('pubsub_foreign_receivers', receivers - ours)
    },
  }

  /** A message has arrived at the n-th subscriber of this thread. */
  receive(listener: number, bytes: Buffer, atMicros: number): void {
    const ledger = this.#ledger
    const { publishers } = this.#facts
    const message = parseMessage(bytes)
    if (message === undefined || message.publisher >= publishers) {
      ledger.count('pubsub_damaged', 1)
      return
    }
    const seen =
      listener < this.#watched
        ? this.#windows.see(listener * publishers + message.publisher, message.sequence)
        : 'next'
    if (seen === 'repeated') {
      ledger.count('pubsub_duplicates', 1)
      return
    }
    ledger.count('pubsub_received', 1)
    if (seen === 'late') ledger.count('pubsub_out_of_order', 1)
    if (message.stampMicros >= this.measuredFromMicros)
      ledger.recordThread('pubsub_delivery', Math.max(0, atMicros - message.stampMicros))
  }
}
