import type { Stage, StageContext } from '../stage.ts'
import { TimedQueue } from '../timed-queue.ts'

/** Milliseconds. */
export interface SlowCloseAttributes {
  delay: number
}

/** Delays the end of the stream, and nothing else. */
export function createSlowClose(context: StageContext, attributes: SlowCloseAttributes): Stage {
  return new TimedQueue(context, {
    dueAt: ({ content, arrivedAt }) =>
      typeof content === 'string' ? arrivedAt + attributes.delay : arrivedAt,
  })
}
