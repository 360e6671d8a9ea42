import type { Stage, StageContext } from '../stage.ts'
import { TimedQueue } from '../timed-queue.ts'

/** Kilobytes (of 1000 bytes) a second. */
export interface BandwidthAttributes {
  rate: number
}

/** Pieces of what takes longer than this arrive on the way. */
const PIECE_MILLIS = 100

/** Lets through `rate` bytes a millisecond, and nothing at all at 0. */
export function createBandwidth(context: StageContext, attributes: BandwidthAttributes): Stage {
  return new TimedQueue(context, {
    dueAt({ content, arrivedAt }, previousDueAt) {
      const beginsAt = Math.max(arrivedAt, previousDueAt)
      if (typeof content === 'string') return beginsAt
      return attributes.rate <= 0 ? Infinity : beginsAt + content.length / attributes.rate
    },
    split(chunk) {
      const size = Math.max(1, Math.floor(attributes.rate * PIECE_MILLIS))
      if (attributes.rate <= 0 || chunk.length <= size) return [chunk]
      const count = Math.ceil(chunk.length / size)
      return Array.from({ length: count }, (_, index) => chunk.subarray(index * size, (index + 1) * size))
    },
  })
}
