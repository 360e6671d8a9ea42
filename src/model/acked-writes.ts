/** The operation as which audit writes are counted. */
export const ACKED_WRITE = 'ACKED_WRITE'

/** What was wrong with a write that is named as an example. */
export const ACKED_PROBLEMS = ['lost', 'duplicated', 'reordered', 'refused_applied', 'unexpected'] as const
export type AckedProblem = (typeof ACKED_PROBLEMS)[number]

/** One write that went wrong. */
export interface AckedExample {
  readonly problem: AckedProblem
  readonly list: string
  /** As it was written, or as it stands in the list; `null` when what stands there is no number. */
  readonly sequence: number | null
  /** Index of the connection that wrote it, in the whole run. */
  readonly connection: number
  /** Milliseconds since the epoch; `null` when it was not acknowledged. */
  readonly acknowledged_at_ms: number | null
}

/** What became of the audit writes, in writes. */
export interface AckedCounts {
  /** Acknowledged = confirmed + lost + unread. */
  readonly acknowledged: number
  readonly confirmed: number
  readonly lost: number
  /** Acknowledged, and not read back since. */
  readonly unread: number
  /** Failed for certain, and how many of those are there nevertheless: a contradiction. */
  readonly refused: number
  readonly refused_applied: number
  /** Without an answer: applied_unacknowledged + not_applied + what could not be read, or is still under way. */
  readonly unknown: number
  readonly applied_unacknowledged: number
  readonly not_applied: number
  /** Times that a write is there beyond the first. */
  readonly duplicated: number
  /** Acknowledged writes that stand behind one that was sent later. */
  readonly reordered: number
  /** Elements that nobody wrote. */
  readonly unexpected: number
}

/** One reading of the lists. */
export interface AckedReading {
  readonly reason: string
  /** When it began, milliseconds since the epoch. */
  readonly at_ms: number
  readonly duration_ms: number
  readonly lists: number
  /** Lists that could not be read, and why the first of them could not. */
  readonly unread_lists: number
  readonly error: string | null
  /** As it stood after it. */
  readonly acknowledged: number
  readonly lost: number
  readonly duplicated: number
}

/** Looks at replicas. */
export interface StaleReads {
  readonly reads: number
  /** Reads that did not show a write which had been acknowledged before they were sent. */
  readonly stale: number
  /** For how long the oldest write that a stale read did not show had been acknowledged. */
  readonly age_mean_ms: number
  readonly age_max_ms: number
}

/** Acknowledged writes that are gone, by when that happened. Times are milliseconds since the epoch, exact to 100 ms. */
export interface AckedLoss {
  /** They were acknowledged, or read for the last time, at or after this. */
  readonly from_ms: number
  /** A reading that had its answer by then did not find them. */
  readonly until_ms: number
  readonly count: number
}

/** All that the audit of acknowledged writes came to. */
export interface AckedWritesRecord extends AckedCounts {
  /** Keys that were written; those that were read back whole and were old enough are gone again. */
  readonly lists: number
  /** When the lost writes had been acknowledged, milliseconds since the epoch; `null` when none is lost. */
  readonly lost_from_ms: number | null
  readonly lost_until_ms: number | null
  /** The lost ones by when they went, the earliest first; at most 1,000 entries. */
  readonly losses: readonly AckedLoss[]
  readonly examples: readonly AckedExample[]
  /** Why losses cannot be told from what the server does on purpose; `null`: they can. */
  readonly voided_because: string | null
  /** The last ones. */
  readonly readings: readonly AckedReading[]
  /** Whether every list was read after the end of the load. */
  readonly complete: boolean
  /** `null` without replicas. */
  readonly stale_reads: StaleReads | null
}

/** What the surfaces show while a run goes on. */
export type AckedTotals = Pick<AckedWritesRecord, keyof AckedCounts | 'stale_reads'>
