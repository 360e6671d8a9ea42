import { boundMicros, COMMAND_BOUNDS_SECONDS } from '../model/bounds.ts'
import { ERROR_CODES } from '../model/error-codes.ts'
import {
  PHASE_COUNTERS,
  PHASES,
  THREAD_COUNTERS,
  THREAD_GAUGES,
  THREAD_HISTOGRAMS,
  type LedgerWriter,
  type NodeCounter,
  type PhaseCounter,
  type ThreadCounter,
  type ThreadGauge,
  type ThreadHistogram,
} from '../model/ledger.ts'
import { OK, type Outcome } from '../model/outcome.ts'
import { addToBlock as add, HISTOGRAM_SIZE } from './histogram-block.ts'
import { BOUNDED_SIZE, type LedgerLayout, SERIES } from './layout.ts'
import { countNode, gaugeNode, recordNode } from './node-blocks.ts'

const COMMAND_BOUNDS_MICROS = COMMAND_BOUNDS_SECONDS.map(boundMicros)

function indexByName<Name extends string>(names: readonly Name[]): Readonly<Record<Name, number>> {
  return Object.fromEntries(names.map((name, index) => [name, index])) as Record<Name, number>
}

const phaseCounterIndex = indexByName(PHASE_COUNTERS)
const counterIndex = indexByName(THREAD_COUNTERS)
const gaugeIndex = indexByName(THREAD_GAUGES)
const histogramIndex = indexByName(THREAD_HISTOGRAMS)

/**
 * Writes the ledger of one load thread. Plain stores into shared memory: the thread is the only writer, and a reader
 * in another thread sees each 64-bit number whole. Costs nanoseconds and allocates nothing.
 */
export class SharedLedgerWriter implements LedgerWriter {
  readonly #data: Float64Array
  readonly #layout: LedgerLayout
  /** Block offsets by phase · seriesCount + series. */
  readonly #seriesOffsets: Int32Array
  readonly #seriesCount: number

  constructor(buffer: SharedArrayBuffer, layout: LedgerLayout) {
    this.#data = new Float64Array(buffer)
    this.#layout = layout
    this.#seriesCount = layout.series.length
    this.#seriesOffsets = Int32Array.from({ length: PHASES.length * this.#seriesCount }, (_, index) =>
      layout.seriesOffset(Math.floor(index / this.#seriesCount), index % this.#seriesCount),
    )
  }

  record(
    phase: number,
    series: number,
    outcome: Outcome,
    code: number,
    serviceMicros: number,
    responseMicros: number,
  ): void {
    const data = this.#data
    const base = this.#seriesOffsets[phase * this.#seriesCount + series]!
    data[base + SERIES.outcomes + outcome * ERROR_CODES.length + code]! += 1
    if (outcome === OK) {
      add(data, base + SERIES.serviceSuccess, serviceMicros)
      if (responseMicros >= 0) add(data, base + SERIES.responseSuccess, responseMicros)
      return
    }
    add(data, base + SERIES.serviceError, serviceMicros)
    if (responseMicros >= 0) add(data, base + SERIES.responseError, responseMicros)
    this.#addByCode(base + SERIES.errorsByCode + code * BOUNDED_SIZE, serviceMicros)
  }

  countNil(phase: number, series: number): void {
    this.#data[this.#seriesOffsets[phase * this.#seriesCount + series]! + SERIES.nil]! += 1
  }

  countPhase(phase: number, counter: PhaseCounter, by: number): void {
    this.#data[this.#layout.phaseCounterOffset(phase) + phaseCounterIndex[counter]]! += by
  }

  recordStartLag(phase: number, micros: number): void {
    add(this.#data, this.#layout.startLagOffset(phase), micros)
  }

  count(counter: ThreadCounter, by: number): void {
    this.#data[this.#layout.counters + counterIndex[counter]]! += by
  }

  gauge(gauge: ThreadGauge, value: number): void {
    this.#data[this.#layout.gauges + gaugeIndex[gauge]] = value
  }

  recordThread(histogram: ThreadHistogram, micros: number): void {
    add(this.#data, this.#layout.histograms + histogramIndex[histogram] * HISTOGRAM_SIZE, micros)
  }

  countAttemptError(code: number): void {
    this.#data[this.#layout.attemptErrors + code]! += 1
  }

  countDrop(code: number): void {
    this.#data[this.#layout.drops + code]! += 1
  }

  countRedirected(phase: number, series: number): void {
    this.#data[this.#seriesOffsets[phase * this.#seriesCount + series]! + SERIES.redirected]! += 1
  }

  recordNode(node: number, outcome: Outcome, code: number, serviceMicros: number): void {
    if (this.#hasNode(node))
      recordNode(this.#data, this.#layout.nodeOffset(node), outcome, code, serviceMicros)
  }

  countNode(node: number, counter: NodeCounter): void {
    if (this.#hasNode(node)) countNode(this.#data, this.#layout.nodeOffset(node), counter)
  }

  gaugeNode(node: number, active: number): void {
    if (this.#hasNode(node)) gaugeNode(this.#data, this.#layout.nodeOffset(node), active)
  }

  #hasNode(node: number): boolean {
    return node >= 0 && node < this.#layout.nodes
  }

  #addByCode(offset: number, micros: number): void {
    this.#data[offset]! += micros
    let bound = 0
    while (bound < COMMAND_BOUNDS_MICROS.length && micros > COMMAND_BOUNDS_MICROS[bound]!) bound++
    this.#data[offset + 1 + bound]! += 1
  }
}
