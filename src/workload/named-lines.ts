import type { OperationPlan } from '../model/plan.ts'
import { createIndexedRandom } from '../model/random.ts'
import type { WorkloadSpec } from './build-workload.ts'
import { createDraw } from './draw.ts'
import { type Line, prepareOperation, type Step } from './prepare-operation.ts'
import { planSeries } from './series.ts'

/** Every command of a workload and the keys it names. */
export function namedLines(spec: WorkloadSpec): Line[] {
  return linesByOperation(spec).flatMap(({ lines }) => lines)
}

/** The commands of each operation, in the order of the plan. */
export function linesByOperation(
  spec: WorkloadSpec,
): { readonly operation: OperationPlan; readonly lines: readonly Line[] }[] {
  const { operations } = planSeries(spec)
  const draw = createDraw(createIndexedRandom(0))
  const parts = {
    spec: { ...spec, values: { ...spec.values, size: '1' } },
    hooks: { now: () => 0, nextMessage: () => '', readerOf: () => null },
    tables: () => ({ bulkAt: () => '' }),
    draw,
    followDraw: draw,
  }
  return spec.operations.map((operation, index) => {
    const { first } = prepareOperation(
      operation,
      { places: operations[index]!, index, isShared: true },
      parts,
    )
    return { operation, lines: linesOf(first) }
  })
}

function linesOf({ lines, after }: Step): Line[] {
  return after === null ? [...lines] : [...lines, ...linesOf(after)]
}
