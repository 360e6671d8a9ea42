/** The instants of a run in milliseconds of the thread clock. `endAt` is infinite without a duration, and moves on a stop. */
export interface Timeline {
  readonly startAt: number
  readonly measureAt: number
  endAt: number
}
