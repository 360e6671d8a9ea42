import type { Stage, StageContext } from '../stage.ts'
import { TimedQueue } from '../timed-queue.ts'

/** Milliseconds. */
export interface LatencyAttributes {
  latency: number
  jitter: number
}

/** Delays everything by `latency` ± `jitter`; nothing overtakes. */
export function createLatency(context: StageContext, attributes: LatencyAttributes): Stage {
  return new TimedQueue(context, {
    dueAt: ({ arrivedAt, draw }) =>
      arrivedAt + Math.max(0, attributes.latency + (draw * 2 - 1) * Math.max(0, attributes.jitter)),
  })
}
