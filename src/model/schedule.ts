/** When units of work are due. Pure: no timers, so a table can test it. */
export interface ArrivalSchedule {
  /** Milliseconds after the start at which the next unit is due. Never decreases; infinite when there is none any more. */
  next(): number
  /** When the unit of the last {@link next} is due, after the time of the load was adjusted. */
  again(): number
}

/**
 * Closed loop: units in flight at a moment, and until when. Milliseconds since the measured time began; below 0 in the
 * warm-up.
 */
export type ConcurrencyAt = (millis: number) => { readonly units: number; readonly untilMillis: number }
