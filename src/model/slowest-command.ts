import type { Shape } from './ledger.ts'
import type { OutcomeName } from './outcome.ts'

const SLOWEST_KEPT = 128
const MOST_OF_EACH = 32
const FEWEST_OF_EACH = 4

/** How many of the slowest units of each series are kept, so that a rare one has its place beside the frequent. */
export function slowestOfEach(seriesCount: number): number {
  const share = Math.floor(SLOWEST_KEPT / Math.max(1, seriesCount))
  return Math.min(MOST_OF_EACH, Math.max(FEWEST_OF_EACH, share))
}

/** One of the slowest units (a command, or a batch) of its operation in the measured phase that were answered, by service time. */
export interface SlowestCommand {
  readonly operation: string
  readonly shape: Shape
  /** As `INFO commandstats` and slow logs name it, lower case. */
  readonly command: string
  /** When it was sent, milliseconds since the epoch. */
  readonly at_ms: number
  readonly service_ms: number
  /** From the instant it was due; `null` in a closed loop. */
  readonly response_ms: number | null
  readonly connection: number
  /** The server it was sent to last; `null` where there is only one, and for batches. */
  readonly node: string | null
  /** Commands in it. */
  readonly size: number
  readonly outcome: OutcomeName
  /** Fine error code; `none` for a success. */
  readonly code: string
  /** Of its span; `null` when it was not exported. */
  readonly trace_id: string | null
  readonly span_id: string | null
}

/** The same in a result. */
export interface SlowestCommandResult extends SlowestCommand {
  /** Of the entry in a slow log that belongs to it: what the server itself spent on it. */
  readonly server_ms: number | null
}
