import type { Random } from '../../model/random.ts'
import type { Stage, StageContext } from '../stage.ts'
import { TimedQueue } from '../timed-queue.ts'

export interface SlicerAttributes {
  /** Bytes. */
  average_size: number
  /** Bytes more or less; below the average size. */
  size_variation: number
  /** Microseconds between two slices. */
  delay: number
}

/** Cuts everything into small pieces, each in a packet of its own. */
export function createSlicer(context: StageContext, attributes: SlicerAttributes): Stage {
  return new TimedQueue(context, {
    dueAt: ({ arrivedAt }, previousDueAt) => Math.max(arrivedAt, previousDueAt + attributes.delay / 1000),
    split: (chunk) => slice(chunk, attributes, context.random),
  })
}

function slice(chunk: Buffer, { average_size, size_variation }: SlicerAttributes, random: Random): Buffer[] {
  const slices: Buffer[] = []
  const average = Math.max(1, average_size)
  const variation = Math.min(Math.max(0, size_variation), average - 1)
  for (let from = 0; from < chunk.length;) {
    const size = average - variation + random.below(2 * variation + 1)
    slices.push(chunk.subarray(from, from + size))
    from += size
  }
  return slices
}
