/** What one load thread takes of a plan. */
export interface ThreadShare {
  readonly thread: number
  readonly threads: number
  /** Index of its first connection in the whole run. */
  readonly firstConnection: number
  readonly connections: number
  readonly concurrency: number
  /** Its parts of the concurrency of each stage; 0 in an open loop. */
  readonly stageConcurrency: readonly number[]
  /** Measured commands after which its load ends; `null`: no limit. */
  readonly count: number | null
  readonly maxInFlight: number
  /** Kept commands for each reason. */
  readonly keepPerSecond: number
  readonly seed: number
  /** Operations with connections of their own. */
  readonly own: readonly OwnConnections[]
  /** Who listens to what is published, and who reads streams as a consumer group. */
  readonly subscribers: ConnectionRange
  readonly consumers: ConnectionRange
}

/** Connections of one kind that a thread takes; numbered over the whole run. */
export interface ConnectionRange {
  readonly firstConnection: number
  readonly connections: number
}

/** Connections of one operation. */
export interface OwnConnections extends ConnectionRange {
  /** Index of the operation in the plan. */
  readonly operation: number
}
