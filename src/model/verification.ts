/**
 * What is said of a value that was read. `ok`: it may be what the key held; `wrong`: nobody wrote it there; `stale`: a later
 * value had replaced it before the read was sent; `missing`: there was none, and there had to be; `unjudged`: it is whole,
 * or absent, and nobody can know whether it had to be.
 */
export const VERDICTS = ['ok', 'wrong', 'stale', 'missing', 'unjudged'] as const
export type Verdict = (typeof VERDICTS)[number]

/** A read that went wrong. */
export interface Finding {
  readonly verdict: 'wrong' | 'stale' | 'missing'
  readonly key: string
  /** The sequence of the oldest write that the read could still see. */
  readonly at_least: number
  /** What it saw, in words. */
  readonly got: string
  readonly at_ms: number
}

/** A run keeps so many findings; all are counted. */
export const FINDINGS_KEPT = 20

/** What all load threads share to verify reads. */
export interface SharedVerification {
  /** One register for each key; see `workload/verification/registers.ts`. */
  readonly memory: SharedArrayBuffer
  /** The server removes keys by itself when its memory is full. */
  readonly mayEvict: boolean
}
