/** What the servers that get the load say of themselves at a moment, all of them together; `null`: they do not say. */
export interface ShownServers {
  /** When they said so, milliseconds since the epoch. */
  readonly atMillis: number
  readonly memoryBytes: number | null
  readonly clients: number | null
  readonly opsPerSecond: number | null
  /** Of the reads of the last second, from 0 to 1. */
  readonly hitRatio: number | null
}
