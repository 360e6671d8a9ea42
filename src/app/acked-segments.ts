import type { AuditLists } from '../workload/acked/audit-lists.ts'
import type { UsedSegment, WriteFates } from '../workload/acked/write-fates.ts'
import type { SegmentPlace } from './acked-tally.ts'

/** The audit writes of one load thread. */
export interface ThreadFates {
  readonly fates: WriteFates
  /** Index in the whole run. */
  readonly firstConnection: number
}

/** A segment in use, with its names. */
export interface Segment extends UsedSegment, SegmentPlace {
  /** No other segment in use has it. */
  readonly id: number
  readonly fates: WriteFates
}

/** More than a pool has. */
const IDS_PER_THREAD = 2 ** 32

/** All segments that load threads use at this moment. */
export function usedSegments(threads: readonly ThreadFates[], lists: AuditLists): Segment[] {
  return threads.flatMap(({ fates, firstConnection }, thread) =>
    [...fates.used()].map((segment): Segment => {
      const connection = firstConnection + Math.floor(segment.list / lists.perConnection)
      const key = lists.keyOf(connection, segment.list % lists.perConnection, segment.ordinal)
      return { ...segment, id: thread * IDS_PER_THREAD + segment.index, fates, connection, key }
    }),
  )
}

export function inChunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
