/** A command as the servers saw it during the run, warm-up included, of all their clients together. */
export interface ServerCommandResult {
  /** Lower case; subcommands apart: `client|list`. */
  readonly command: string
  readonly calls: number
  readonly usec: number
  /** `null` without calls. */
  readonly usec_per_call: number | null
  /** Refused before they were run: wrong arity, no permission, out of memory, … */
  readonly rejected: number
  /** Failed while they were run. */
  readonly failed: number
  /**
   * Microseconds inside the server, since it started, by `INFO latencystats` (Redis 7): of the server where the 99th is
   * highest; `null` where it does not tell.
   */
  readonly p50_usec: number | null
  readonly p99_usec: number | null
  readonly p999_usec: number | null
}
