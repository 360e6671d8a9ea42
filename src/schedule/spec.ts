/** What a schedule needs to know about its share of the run. */
export interface ScheduleSpec {
  /** Arrivals per second of the whole run, over all threads. */
  readonly unitsPerSecond: number
  /** Which thread this is, from 0. */
  readonly thread: number
  readonly threads: number
  readonly seed: number
}
