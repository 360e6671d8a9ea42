import { createIndexedRandom } from '../model/random.ts'
import type { WorkloadSpec } from './build-workload.ts'
import { createDraw } from './draw.ts'
import { type Line, prepareOperation, type Step } from './prepare-operation.ts'
import { planSeries } from './series.ts'

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
