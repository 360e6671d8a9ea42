/** Whether one command may be run, and if not, what the server said. */
export interface Permission {
  readonly command: string
  readonly allowed: boolean
  /** Fine error code of the refusal. */
  readonly error: string | null
}

/** What `redis-test check` found out. */
export interface CheckReport {
  readonly target: string
  readonly established_ms: number
  readonly ready_ms: number
  readonly server: Readonly<Record<string, string>>
  readonly user: string | null
  readonly permissions: readonly Permission[]
  readonly round_trip_ms: {
    readonly p50: number
    readonly p99: number
    readonly max: number
    readonly samples: number
  }
  /** Server clock minus ours, milliseconds, known to within half a round trip; `null` when the server does not tell. */
  readonly clock_offset_ms: number | null
  readonly memory: {
    readonly used_bytes: number
    readonly limit_bytes: number
    readonly policy: string
  } | null
  readonly clients: { readonly connected: number; readonly limit: number } | null
  readonly keys: number | null
}
