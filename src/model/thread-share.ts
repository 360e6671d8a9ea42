/** What one load thread takes of a plan. */
export interface ThreadShare {
  readonly thread: number
  readonly threads: number
  /** Index of its first connection in the whole run. */
  readonly firstConnection: number
  readonly connections: number
  readonly concurrency: number
  readonly maxInFlight: number
  /** Kept commands for each reason. */
  readonly keepPerSecond: number
  readonly seed: number
}
