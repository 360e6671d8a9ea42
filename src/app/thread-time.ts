import type { TimeAnchor } from '../model/thread-message.ts'

/** The anchor of a run, taken in the main thread. */
export function takeTimeAnchor(): TimeAnchor {
  return { epochMillis: Date.now(), monotonicMillis: monotonicMillis() }
}

/** `process.hrtime` in milliseconds: the one clock that all threads of a process share. */
export function monotonicMillis(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** Conversions between `performance.now()` of this thread, the shared monotonic clock and the wall clock. */
export interface ThreadTime {
  toEpochMillis(at: number): number
  fromMonotonic(monotonic: number): number
}

export function threadTime(anchor: TimeAnchor): ThreadTime {
  const offset = performance.now() - monotonicMillis()
  return {
    toEpochMillis: (at) => anchor.epochMillis + (at - offset - anchor.monotonicMillis),
    fromMonotonic: (monotonic) => monotonic + offset,
  }
}
