import type { OperationPlan } from '../model/plan.ts'
import { createIndexedRandom } from '../model/random.ts'
import type { WorkloadSpec } from './build-workload.ts'
import { isReadOnlyCommand } from './command-book.ts'
import { createDraw } from './draw.ts'
import type { KeyRange } from './keys.ts'
import { type Line, prepareOperation, type Step } from './prepare-operation.ts'
import { planSeries } from './series.ts'

/** The keys that a workload may have written. */
export interface WrittenKeys {
  readonly ranges: readonly KeyRange[]
  readonly single: readonly string[]
  /** Some are named in a way that cannot be listed. */
  readonly hasOthers: boolean
}

/** Whether a replica would run everything in it. */
export function isReadOnly({ operations }: { readonly operations: readonly OperationPlan[] }): boolean {
  return operations.every(({ commands, on_nil }) =>
    [...commands, ...(on_nil === null ? [] : [on_nil])].every((command) => isReadOnlyCommand(command)),
  )
}

/** The names of all keys that the commands of a workload can create. */
export function writtenKeys(spec: WorkloadSpec): WrittenKeys {
  const ranges = new Map<string, KeyRange>()
  const single = new Set<string>()
  let hasOthers = false
  const writing = namedLines(spec).filter(({ name }) => !isReadOnlyCommand(name.split('|')[0]!))
  for (const keys of writing.flatMap((line) => line.keys)) {
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

/** Every command of a workload and the keys it names. */
export function namedLines(spec: WorkloadSpec): Line[] {
  const { operations } = planSeries(spec)
  const draw = createDraw(createIndexedRandom(0))
  const parts = {
    spec: { ...spec, values: { ...spec.values, size: '1' } },
    hooks: { now: () => 0, nextMessage: () => '', readerOf: () => null },
    tables: () => ({ bulkAt: () => '' }),
    draw,
    followDraw: draw,
  }
  return spec.operations.flatMap((operation, index) => {
    const { first } = prepareOperation(
      operation,
      { places: operations[index]!, index, isShared: true },
      parts,
    )
    return linesOf(first)
  })
}

function linesOf({ lines, after }: Step): Line[] {
  return after === null ? [...lines] : [...lines, ...linesOf(after)]
}
