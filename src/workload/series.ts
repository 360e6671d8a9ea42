import type { BatchKind } from '../model/call.ts'
import { ACKED_WRITE } from '../model/acked-writes.ts'
import type { SeriesInfo, Shape } from '../model/ledger.ts'
import type { AckedWritesPlan, BatchPlan, OperationPlan, StreamsPlan } from '../model/plan.ts'
import { commandBook, nameOf } from './command-book.ts'

type Workload = {
  readonly operations: readonly OperationPlan[]
  readonly batch: BatchPlan
  readonly streams?: Pick<StreamsPlan, 'consumers'>
  readonly acked_writes?: Pick<AckedWritesPlan, 'share'>
}

/** Where the commands of one operation are counted: indexes of ledger series. */
export interface OperationSeries {
  readonly commands: readonly number[]
  /** -1 when the operation is a single command. */
  readonly batch: number
  /** -1 when there is none. */
  readonly watch: number
  readonly onNil: number
}

export interface SeriesPlan {
  readonly series: readonly SeriesInfo[]
  readonly operations: readonly OperationSeries[]
  /** Of the batches that all operations share; -1 when there are none. */
  readonly sharedBatch: number
  /** Of the commands of stream consumers; -1 when there are none. */
  readonly consumers: ConsumerSeries
  /** Of the audit writes; -1 when there are none. */
  readonly ackedWrite: number
}

export interface ConsumerSeries {
  readonly read: number
  readonly acknowledge: number
}

const BATCH_OPERATION = { pipeline: 'PIPELINE', transaction: 'MULTI' } as const

/**
 * Plans the ledger: one series for each operation in each shape, and one for each kind of batch. A batch of one command
 * only is named after it, as the semantic conventions ask (`PIPELINE GET`); one of several commands has the name of its
 * operation.
 */
export function planSeries({ operations, batch, streams, acked_writes: acked }: Workload): SeriesPlan {
  const series: SeriesInfo[] = []
  const place = (info: SeriesInfo): number => {
    const found = series.findIndex(
      ({ operation, shape, command }) =>
        operation === info.operation && shape === info.shape && command === info.command,
    )
    return found >= 0 ? found : series.push(info) - 1
  }
  const planned = operations.map((operation): OperationSeries => {
    const shared = operation.connections === 0 && batch.kind !== 'none' ? batch : operation.batch
    const shape: Shape = shared.kind === 'none' ? 'single' : shared.kind
    const isAlone = operation.commands.length === 1
    return {
      commands: operation.commands.map((command) =>
        place(commandInfo(isAlone ? operation.name : nameOf(command), command, shape)),
      ),
      watch: operation.watch.length === 0 ? -1 : place({ operation: 'WATCH', shape: 'single' }),
      batch: -1,
      onNil:
        operation.on_nil === null
          ? -1
          : place(commandInfo(nameOf(operation.on_nil), operation.on_nil, 'single')),
    }
  })
  const withBatches = planned.map((places, index): OperationSeries => {
    const { batch: own, commands, name } = operations[index]!
    if (own.kind === 'none') return places
    const label = commands.length === 1 ? `${BATCH_OPERATION[own.kind]} ${name}` : name
    return { ...places, batch: place(batchInfo(label, own.kind)) }
  })
  return {
    series,
    operations: withBatches,
    sharedBatch: sharedBatch({ operations, batch }, place),
    consumers:
      (streams?.consumers ?? 0) === 0
        ? { read: -1, acknowledge: -1 }
        : {
            read: place({ operation: 'XREADGROUP', shape: 'single', waits: true }),
            acknowledge: place({ operation: 'XACK', shape: 'single' }),
          },
    // The last one: whoever does not know of audit writes counts the others alike.
    ackedWrite:
      (acked?.share ?? 0) === 0 ? -1 : place({ operation: ACKED_WRITE, shape: 'single', command: 'rpush' }),
  }
}

function sharedBatch({ operations, batch }: Workload, place: (info: SeriesInfo) => number): number {
  if (batch.kind === 'none') return -1
  const names = [
    ...new Set(operations.filter(({ connections }) => connections === 0).map(({ name }) => name)),
  ]
  const label = BATCH_OPERATION[batch.kind]
  return place(batchInfo(names.length === 1 ? `${label} ${names[0]}` : label, batch.kind))
}

function commandInfo(operation: string, command: string, shape: Shape): SeriesInfo {
  const name = nameOf(command).toLowerCase().replace(' ', '|')
  return {
    operation,
    shape,
    ...(name === operation.toLowerCase() ? {} : { command: name }),
    ...(commandBook.isBlocking(commandBook.templateOf(command)) ? { waits: true } : {}),
  }
}

function batchInfo(operation: string, kind: BatchKind): SeriesInfo {
  return kind === 'transaction'
    ? { operation, shape: 'batch', command: 'exec' }
    : { operation, shape: 'batch' }
}
