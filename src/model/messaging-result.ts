import type { LatencyResult, LatencySummary } from './latency-summary.ts'
import type { RunPlan } from './plan.ts'

/** What became of messages, warm-up included; the delivery times are those of the measured phase. */
export interface PubsubResult {
  readonly mode: RunPlan['pubsub']['mode']
  readonly channels: number
  readonly subscribers: number
  /** PUBLISH or SPUBLISH that were answered; each is for every subscriber. */
  readonly published: number
  /** Sent, and nobody knows whether the server ran them: they widen the bounds below. */
  readonly unknown_publishes: number
  /** Receivers that the server's answers named: published × subscribers = promised + missed. */
  readonly promised: number
  /** Published while a subscriber was not there to listen. */
  readonly missed: number
  readonly missed_at_most: number
  /** First arrivals of a message at a subscriber. */
  readonly received: number
  /** Promised and never arrived: promised = received + damaged + lost. */
  readonly lost: number
  readonly lost_at_most: number
  readonly duplicates: number
  /** Of the received: arrived after a later message of the same connection. */
  readonly out_of_order: number
  /** Arrived, and not a whole message of this run. */
  readonly damaged: number
  /** Receivers named by the server beyond our subscribers. */
  readonly foreign_receivers: number
  /** From the stamp of a message to its arrival. */
  readonly delivery: LatencyResult
  /** From the loss of a subscriber's connection until all its subscriptions were confirmed again. */
  readonly resubscription: LatencySummary
}

/** What became of stream entries, warm-up included; the delivery times are those of the measured phase. */
export interface StreamsResult {
  readonly streams: number
  readonly group: string
  readonly consumers: number
  /** XADD to the streams that were answered. */
  readonly added: number
  readonly unknown_additions: number
  /** Entries that a consumer got for the first time: added = read + lag_at_end in a run without faults. */
  readonly read: number
  readonly acknowledged: number
  /** Got again, because an acknowledgement was lost. */
  readonly redelivered: number
  /** Of the read: no whole message of this run. */
  readonly damaged: number
  /** Entries not given to any consumer, and given and not acknowledged; `null` when the server did not say. */
  readonly lag_at_end: number | null
  readonly pending_at_end: number | null
  /** The highest of one look a second. */
  readonly lag_max: number | null
  readonly pending_max: number | null
  /** Added, and neither read nor in the backlog: trimmed away unread, or lost by the server. */
  readonly lost: number | null
  /** From the stamp of an entry to its arrival at a consumer. */
  readonly delivery: LatencyResult
}
