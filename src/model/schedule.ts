/** When units of work are due. Pure: no timers, so a table can test it. */
export interface ArrivalSchedule {
  /** Milliseconds after the start at which the next unit is due. Never decreases. */
  next(): number
}
