export const ADJUSTMENT_KINDS = ['pause', 'resume', 'rate', 'next_phase'] as const

/** What somebody changed in the load of a run while it went on. It holds until the next one. */
export interface Adjustment {
  readonly kind: (typeof ADJUSTMENT_KINDS)[number]
  /** From when on, milliseconds since the epoch. */
  readonly at_ms: number
  /** Arrivals (in a closed loop: units in flight) as a multiple of what the plan asks for; 0 is a pause. */
  readonly factor: number
  /** Time of the plan that was left out so far, by going on to next phases. */
  readonly skipped_ms: number
}
