/** What the audit needs to know of the server at one moment. */
export interface ServerStats {
  /** Changes when the server restarts. */
  readonly serverRunId: string
  /** Executed and refused, by lower-case command name. */
  readonly commands: ReadonlyMap<string, number>
  readonly totalConnectionsReceived: number
  /** Clients that are neither ours nor replicas nor masters. */
  readonly strangers: readonly string[]
}
