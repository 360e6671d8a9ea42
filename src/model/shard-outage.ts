/**
 * A time in which no command for a range of slots succeeded: from the first failure to the next success. Failures that say
 * nothing about the shard (WRONGTYPE, OOM, …) do not count. Times in milliseconds.
 */
export interface ShardOutage {
  /** First and last slot, as the Cluster was divided when the run began. */
  readonly from_slot: number
  readonly to_slot: number
  /** When the first failure was settled, milliseconds since the epoch. */
  readonly failed_at_ms: number
  /** To the next success; of an unfinished one, to the end of the run ("at least"). */
  readonly duration_ms: number
  readonly finished: boolean
  /** Commands that failed, or whose answer was lost, in between. */
  readonly failures: number
  /** Fine error code of the first failure. */
  readonly cause: string
}
