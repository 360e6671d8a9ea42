import type { Call, Unit, Workload } from '../model/call.ts'
import type { ValueSize } from '../model/value-sizes.ts'
import type { SeriesInfo, Shape } from '../model/ledger.ts'
import type { BatchPlan, OperationPlan } from '../model/plan.ts'
import { createRandom, deriveSeed } from '../model/random.ts'
import { distributions, type DistributionSpec, type Turn } from './distributions.ts'
import { drawnKeys, keyTable, type KeyTable } from './keys.ts'
import type { KeySpace, OperationSources } from './operation.ts'
import { isOperationName, operations } from './registry.ts'
import { randomValues } from './values.ts'
import { weightedChoice } from './weighted-choice.ts'

/** The part of a plan that says what to send. */
export interface WorkloadSpec {
  readonly operations: readonly OperationPlan[]
  readonly batch: BatchPlan
  readonly keyPrefix: string
  readonly keys: DistributionSpec
  readonly valueSizes: readonly ValueSize[]
}

const BATCH_OPERATION = { pipeline: 'PIPELINE', transaction: 'MULTI' } as const

/**
 * The ledger lines of a workload: one for each operation, then one for the batch if there are batches. A batch of one
 * command only is named after it, as the semantic conventions ask (`PIPELINE GET`).
 */
export function seriesOf(spec: Pick<WorkloadSpec, 'operations' | 'batch'>): SeriesInfo[] {
  const { kind } = spec.batch
  const shape: Shape = kind === 'none' ? 'single' : kind
  const commands = spec.operations.map(({ name }): SeriesInfo => ({ operation: name, shape }))
  if (kind === 'none') return commands
  const names = [...new Set(commands.map(({ operation }) => operation))]
  const operation = names.length === 1 ? `${BATCH_OPERATION[kind]} ${names[0]}` : BATCH_OPERATION[kind]
  return [...commands, { operation, shape: 'batch' }]
}

/** Prefix of the keys of one space: `<prefix>:<space initial>:`. */
export function spacePrefix(keyPrefix: string, space: KeySpace): string {
  return `${keyPrefix}:${space[0]!}:`
}

/** Prefixes of every key space the workload may have written to. */
export function workloadPrefixes(spec: Pick<WorkloadSpec, 'operations' | 'keyPrefix'>): string[] {
  const spaces = spec.operations.flatMap(({ name }) => (isOperationName(name) ? operations[name].writes : []))
  return [...new Set(spaces)].map((space) => spacePrefix(spec.keyPrefix, space))
}

/** Whether a replica would run everything in it. */
export function isReadOnly(spec: Pick<WorkloadSpec, 'operations'>): boolean {
  return spec.operations.every(({ name }) => isOperationName(name) && operations[name].readOnly)
}

/** Builds the seeded stream of commands of one load thread, which takes turns with the others where order matters. */
export function buildWorkload(spec: WorkloadSpec, seed: number, turn: Turn): Workload {
  const tables = keyTables(spec)
  const requests = spec.operations.map(({ name }, index) => {
    if (!isOperationName(name)) throw new Error(`no such operation: ${name}`)
    return {
      name: name.toLowerCase(),
      next: operations[name].prepare(sourcesFor(spec, tables, deriveSeed(seed, index), turn)),
    }
  })
  const weights = spec.operations.map(({ weight }) => weight)
  const choose = weightedChoice(weights, createRandom(deriveSeed(seed, 0)))
  const unit = unitOf(spec)
  return {
    nextUnit: () => unit,
    fill(call: Call) {
      const index = choose()
      const request = requests[index]!
      call.series = index
      call.name = request.name
      call.wire = request.next()
    },
  }
}

function unitOf(spec: WorkloadSpec): Unit {
  const { kind, size } = spec.batch
  return kind === 'none'
    ? { kind: 'single', size: 1, series: -1 }
    : { kind, size, series: spec.operations.length }
}

/** Makes the table of a key space when it is first asked for. */
function keyTables(spec: WorkloadSpec): (space: KeySpace) => KeyTable {
  const tables = new Map<KeySpace, KeyTable>()
  return (space) => {
    const table = tables.get(space) ?? keyTable(spacePrefix(spec.keyPrefix, space), spec.keys.count)
    tables.set(space, table)
    return table
  }
}

/** Each operation draws its keys and values from sequences of its own, so that adding one changes no other. */
function sourcesFor(
  spec: WorkloadSpec,
  tables: (space: KeySpace) => KeyTable,
  seed: number,
  turn: Turn,
): OperationSources {
  const { keys } = spec
  return {
    keys: (space) =>
      drawnKeys(
        tables(space),
        distributions[keys.distribution](keys, createRandom(deriveSeed(seed, 1)), turn),
      ),
    values: () => randomValues(spec.valueSizes, createRandom(deriveSeed(seed, 2))),
  }
}
