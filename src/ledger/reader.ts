import { COMMAND_BOUNDS_SECONDS } from '../model/bounds.ts'
import { ERROR_CODES } from '../model/error-codes.ts'
import {
  MEASURE,
  PHASE_COUNTERS,
  THREAD_COUNTERS,
  THREAD_GAUGES,
  THREAD_HISTOGRAMS,
  WARMUP,
} from '../model/ledger.ts'
import type { BoundedHistogram } from '../model/snapshot.ts'
import { readNode } from './node-blocks.ts'
import { type HistogramPlace, readHistogram, readOutcomes } from './read-blocks.ts'
import { HISTOGRAM_SIZE } from './histogram-block.ts'
import { BOUNDED_SIZE, type LedgerLayout, SERIES } from './layout.ts'
import type { LedgerNode, LedgerPhase, LedgerSeries, LedgerSnapshot } from './ledger-snapshot.ts'

/**
 * Reads the ledgers of all load threads into one snapshot. May be called at any time, also after a thread died.
 * `nodeNames`: the addresses of the servers that each thread counts apart, by their index.
 */
export function readLedgers(
  buffers: readonly SharedArrayBuffer[],
  layout: LedgerLayout,
  atMillis: number,
  nodeNames: readonly (readonly string[])[] = [],
): LedgerSnapshot {
  const ledgers = buffers.map((buffer) => new Float64Array(buffer))
  const sum = (offset: number): number => sumAt(ledgers, offset)
  const named = <Name extends string>(names: readonly Name[], offset: number): Record<Name, number> =>
    Object.fromEntries(names.map((name, index) => [name, sum(offset + index)])) as Record<Name, number>
  const histogramsAt = layout.histograms
  return {
    atMillis,
    warmup: readPhase(ledgers, layout, WARMUP, named),
    measure: readPhase(ledgers, layout, MEASURE, named),
    counters: named(THREAD_COUNTERS, layout.counters),
    gauges: named(THREAD_GAUGES, layout.gauges),
    histograms: Object.fromEntries(
      THREAD_HISTOGRAMS.map((name, index) => [
        name,
        readHistogram(at(ledgers, histogramsAt + index * HISTOGRAM_SIZE)),
      ]),
    ) as LedgerSnapshot['histograms'],
    attemptErrors: readByCode(ledgers, layout.attemptErrors),
    drops: readByCode(ledgers, layout.drops),
    nodes: readNodes(ledgers, layout, nodeNames),
  }
}

function sumAt(ledgers: readonly Float64Array[], offset: number): number {
  return ledgers.reduce((total, data) => total + data[offset]!, 0)
}

function at(ledgers: readonly Float64Array[], offset: number): HistogramPlace[] {
  return ledgers.map((data) => ({ data, offset }))
}

function readNodes(
  ledgers: readonly Float64Array[],
  layout: LedgerLayout,
  nodeNames: readonly (readonly string[])[],
): LedgerNode[] {
  const addresses = [...new Set(nodeNames.flat())].toSorted()
  return addresses.map((address) =>
    readNode(
      address,
      ledgers.flatMap((data, thread) => {
        const node = nodeNames[thread]?.indexOf(address) ?? -1
        return node < 0 || node >= layout.nodes ? [] : [{ data, base: layout.nodeOffset(node) }]
      }),
    ),
  )
}

type ReadNamed = <Name extends string>(names: readonly Name[], offset: number) => Record<Name, number>

/** Settled commands are read before issued ones, so that a snapshot never shows more answers than questions. */
function readPhase(
  ledgers: readonly Float64Array[],
  layout: LedgerLayout,
  phase: number,
  named: ReadNamed,
): LedgerPhase {
  const series = layout.series.map((info, index) => ({
    info,
    ...readSeries(ledgers, layout.seriesOffset(phase, index)),
  }))
  return {
    series,
    startLag: readHistogram(at(ledgers, layout.startLagOffset(phase))),
    counters: named(PHASE_COUNTERS, layout.phaseCounterOffset(phase)),
  }
}

function readSeries(ledgers: readonly Float64Array[], base: number): Omit<LedgerSeries, 'info'> {
  return {
    outcomes: readOutcomes((offset) => sumAt(ledgers, base + SERIES.outcomes + offset)),
    nil: sumAt(ledgers, base + SERIES.nil),
    redirected: sumAt(ledgers, base + SERIES.redirected),
    serviceSuccess: readHistogram(at(ledgers, base + SERIES.serviceSuccess)),
    serviceError: readHistogram(at(ledgers, base + SERIES.serviceError)),
    responseSuccess: readHistogram(at(ledgers, base + SERIES.responseSuccess)),
    responseError: readHistogram(at(ledgers, base + SERIES.responseError)),
    errorsByCode: readErrorsByCode(ledgers, base + SERIES.errorsByCode),
  }
}

function readByCode(ledgers: readonly Float64Array[], offset: number): Map<number, number> {
  const found = new Map<number, number>()
  for (let code = 0; code < ERROR_CODES.length; code++) {
    const count = sumAt(ledgers, offset + code)
    if (count > 0) found.set(code, count)
  }
  return found
}

function readErrorsByCode(ledgers: readonly Float64Array[], offset: number): Map<number, BoundedHistogram> {
  const found = new Map<number, BoundedHistogram>()
  for (let code = 1; code < ERROR_CODES.length; code++) {
    const block = new Float64Array(BOUNDED_SIZE)
    for (const data of ledgers)
      for (let index = 0; index < BOUNDED_SIZE; index++)
        block[index]! += data[offset + code * BOUNDED_SIZE + index]!
    const bounded = boundedHistogram(block)
    if (bounded.count > 0) found.set(code, bounded)
  }
  return found
}

/** `block`: sum in microseconds, then counts per bound, not cumulative. */
export function boundedHistogram(block: ArrayLike<number>): BoundedHistogram {
  let running = 0
  const cumulative = COMMAND_BOUNDS_SECONDS.map((_, index) => (running += block[1 + index]!))
  return { cumulative, count: running + block[BOUNDED_SIZE - 1]!, sumMicros: block[0]! }
}
