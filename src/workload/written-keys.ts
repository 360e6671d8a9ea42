import type { AckedWritesPlan, OperationPlan, StreamsPlan } from '../model/plan.ts'
import type { WorkloadSpec } from './build-workload.ts'
import { isReadOnlyCommand } from './command-book.ts'
import { type KeyRange, streamKeys } from './keys.ts'
import { namedLines } from './named-lines.ts'
import { typedRanges } from './typed-ranges.ts'

/** The keys that a workload may have written. */
export interface WrittenKeys {
  readonly ranges: readonly KeyRange[]
  readonly single: readonly string[]
  /** Some are named in a way that cannot be listed. */
  readonly hasOthers: boolean
}

/** Whether a replica would run everything in it. */
export function isReadOnly({
  operations,
  streams,
  acked_writes: acked,
}: {
  readonly operations: readonly OperationPlan[]
  readonly streams: Pick<StreamsPlan, 'consumers'>
  readonly acked_writes?: Pick<AckedWritesPlan, 'share'>
}): boolean {
  if ((acked?.share ?? 0) > 0) return false
  // Consumer groups are made and moved on.
  if (streams.consumers > 0) return false
  return operations.every(({ commands, on_nil }) =>
    [...commands, ...(on_nil === null ? [] : [on_nil])].every((command) => isReadOnlyCommand(command)),
  )
}

/** The names of all keys that the commands of a workload, or the filling before it, can create. */
export function writtenKeys(spec: WorkloadSpec): WrittenKeys {
  const ranges = new Map<string, KeyRange>()
  const single = new Set<string>()
  let hasOthers = false
  const writing = namedLines(spec).filter(({ name }) => !isReadOnlyCommand(name.split('|')[0]!))
  const filled = spec.keys.preload > 0 ? typedRanges(spec).map(({ range }) => range) : []
  const consumed = spec.streams.consumers > 0 ? [streamKeys(spec)] : []
  for (const keys of [...filled, ...consumed, ...writing.flatMap((line) => line.keys)]) {
    if (keys === undefined) hasOthers = true
    else if (typeof keys === 'string') single.add(keys)
    else {
      const name = JSON.stringify([keys.before, keys.after])
      const known = ranges.get(name)
      if (known === undefined || known.count < keys.count) ranges.set(name, keys)
    }
  }
  return { ranges: [...ranges.values()], single: [...single], hasOthers }
}
