/** What a consumer group has before it, over all streams; `null` when the server does not say. */
export interface StreamBacklog {
  /** Entries that were added and not given to any consumer yet. */
  readonly lag: number | null
  /** Entries that were given to a consumer and not acknowledged yet. */
  readonly pending: number | null
}

/** The backlog at the end of a run, and the highest that was seen, once a second. */
export interface StreamBacklogRecord extends StreamBacklog {
  /** Entries in the streams; `null` when the server does not say. */
  readonly length: number | null
  readonly lag_max: number | null
  readonly pending_max: number | null
}
