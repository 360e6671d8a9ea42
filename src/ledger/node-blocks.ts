import { ERROR_CODES } from '../model/error-codes.ts'
import { NODE_COUNTERS, type NodeCounter } from '../model/ledger.ts'
import { OK, OUTCOMES, type Outcome } from '../model/outcome.ts'
import type { DecimalHistogram } from './decimal-histogram.ts'
import { addToBlock, HISTOGRAM_SIZE } from './histogram-block.ts'
import type { LedgerNode } from './ledger-snapshot.ts'
import { readHistogram, readOutcomes } from './read-blocks.ts'

const counterIndex = Object.fromEntries(NODE_COUNTERS.map((name, index) => [name, index])) as Record<
  NodeCounter,
  number
>

/** Offsets inside the block of one server of a deployment. */
const NODE = {
  serviceSuccess: 0,
  serviceError: HISTOGRAM_SIZE,
  outcomes: 2 * HISTOGRAM_SIZE,
  counters: 2 * HISTOGRAM_SIZE + OUTCOMES.length * ERROR_CODES.length,
  active: 2 * HISTOGRAM_SIZE + OUTCOMES.length * ERROR_CODES.length + NODE_COUNTERS.length,
} as const
export const NODE_SIZE = NODE.active + 1
export const NODE_HISTOGRAMS = [NODE.serviceSuccess, NODE.serviceError] as const

export function recordNode(
  data: Float64Array,
  base: number,
  outcome: Outcome,
  code: number,
  micros: number,
): void {
  data[base + NODE.outcomes + outcome * ERROR_CODES.length + code]! += 1
  addToBlock(data, base + (outcome === OK ? NODE.serviceSuccess : NODE.serviceError), micros)
}

export function countNode(data: Float64Array, base: number, counter: NodeCounter): void {
  data[base + NODE.counters + counterIndex[counter]]! += 1
}

export function gaugeNode(data: Float64Array, base: number, active: number): void {
  data[base + NODE.active] = active
}

/** The same server may have another place in each ledger. */
export function readNode(
  address: string,
  places: readonly { readonly data: Float64Array; readonly base: number }[],
): LedgerNode {
  const sum = (offset: number): number =>
    places.reduce((total, { data, base }) => total + data[base + offset]!, 0)
  const histogram = (offset: number): DecimalHistogram =>
    readHistogram(places.map(({ data, base }) => ({ data, offset: base + offset })))
  return {
    address,
    outcomes: readOutcomes((offset) => sum(NODE.outcomes + offset)),
    serviceSuccess: histogram(NODE.serviceSuccess),
    serviceError: histogram(NODE.serviceError),
    counters: Object.fromEntries(
      NODE_COUNTERS.map((name, index) => [name, sum(NODE.counters + index)]),
    ) as LedgerNode['counters'],
    active: sum(NODE.active),
  }
}
