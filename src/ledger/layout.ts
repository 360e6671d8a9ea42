import { COMMAND_BOUNDS_SECONDS } from '../model/bounds.ts'
import { ERROR_CODES } from '../model/error-codes.ts'
import {
  PHASE_COUNTERS,
  PHASES,
  THREAD_COUNTERS,
  THREAD_GAUGES,
  THREAD_HISTOGRAMS,
  type SeriesInfo,
} from '../model/ledger.ts'
import { OUTCOMES } from '../model/outcome.ts'
import { HISTOGRAM_SIZE, MIN } from './histogram-block.ts'
import { NODE_HISTOGRAMS, NODE_SIZE } from './node-blocks.ts'

/** A block for each error code: sum, then one count for each published bound and one for everything above. */
export const BOUNDED_SIZE = 1 + COMMAND_BOUNDS_SECONDS.length + 1

const OUTCOME_BLOCK = OUTCOMES.length * ERROR_CODES.length

/** Offsets inside a series block. */
export const SERIES = {
  serviceSuccess: 0,
  serviceError: HISTOGRAM_SIZE,
  responseSuccess: 2 * HISTOGRAM_SIZE,
  responseError: 3 * HISTOGRAM_SIZE,
  outcomes: 4 * HISTOGRAM_SIZE,
  errorsByCode: 4 * HISTOGRAM_SIZE + OUTCOME_BLOCK,
  nil: 4 * HISTOGRAM_SIZE + OUTCOME_BLOCK + ERROR_CODES.length * BOUNDED_SIZE,
  redirected: 4 * HISTOGRAM_SIZE + OUTCOME_BLOCK + ERROR_CODES.length * BOUNDED_SIZE + 1,
} as const
export const SERIES_SIZE = SERIES.redirected + 1

/** Where everything is in the Float64Array of one load thread. All threads of a run have the same layout. */
export interface LedgerLayout {
  readonly series: readonly SeriesInfo[]
  readonly length: number
  seriesOffset(phase: number, series: number): number
  phaseCounterOffset(phase: number): number
  startLagOffset(phase: number): number
  readonly counters: number
  readonly gauges: number
  readonly histograms: number
  readonly attemptErrors: number
  readonly drops: number
  /** How many servers can be told apart. */
  readonly nodes: number
  nodeOffset(node: number): number
}

/**
 * Lays out a ledger for the given series: thread-wide numbers first, then one block for each phase, then one for each of
 * so many servers.
 */
export function layOutLedger(series: readonly SeriesInfo[], nodes = 0): LedgerLayout {
  const counters = 0
  const gauges = counters + THREAD_COUNTERS.length
  const histograms = gauges + THREAD_GAUGES.length
  const attemptErrors = histograms + THREAD_HISTOGRAMS.length * HISTOGRAM_SIZE
  const drops = attemptErrors + ERROR_CODES.length
  const firstPhase = drops + ERROR_CODES.length
  const phaseSize = PHASE_COUNTERS.length + HISTOGRAM_SIZE + series.length * SERIES_SIZE
  const phaseOffset = (phase: number): number => firstPhase + phase * phaseSize
  const firstNode = phaseOffset(PHASES.length)
  return {
    series,
    length: firstNode + nodes * NODE_SIZE,
    phaseCounterOffset: phaseOffset,
    startLagOffset: (phase) => phaseOffset(phase) + PHASE_COUNTERS.length,
    seriesOffset: (phase, index) =>
      phaseOffset(phase) + PHASE_COUNTERS.length + HISTOGRAM_SIZE + index * SERIES_SIZE,
    counters,
    gauges,
    histograms,
    attemptErrors,
    drops,
    nodes,
    nodeOffset: (node) => firstNode + node * NODE_SIZE,
  }
}

/** The shared memory of one load thread: zero, with every histogram's minimum at infinity. */
export function allocateLedger(layout: LedgerLayout): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(layout.length * Float64Array.BYTES_PER_ELEMENT)
  const data = new Float64Array(buffer)
  for (const offset of histogramOffsets(layout)) data[offset + MIN] = Number.POSITIVE_INFINITY
  return buffer
}

function* histogramOffsets(layout: LedgerLayout): Generator<number> {
  for (let index = 0; index < THREAD_HISTOGRAMS.length; index++)
    yield layout.histograms + index * HISTOGRAM_SIZE
  for (let phase = 0; phase < PHASES.length; phase++) {
    yield layout.startLagOffset(phase)
    for (let series = 0; series < layout.series.length; series++)
      for (let kind = 0; kind < 4; kind++) yield layout.seriesOffset(phase, series) + kind * HISTOGRAM_SIZE
  }
  for (let node = 0; node < layout.nodes; node++)
    for (const histogram of NODE_HISTOGRAMS) yield layout.nodeOffset(node) + histogram
}
