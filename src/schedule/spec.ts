import type { RateCurve } from './rate-curve.ts'

/** What a schedule needs to know. It is that of the whole run, over all threads. */
export interface ScheduleSpec {
  /** Commands per second. */
  readonly curve: RateCurve
  /** Commands of one arrival, on average. */
  readonly commandsPerUnit: number
  readonly seed: number
}
