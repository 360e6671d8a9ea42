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
import { OUTCOMES } from '../model/outcome.ts'
import type { BoundedHistogram, OutcomeCount } from '../model/snapshot.ts'
import { bucketIndex } from './buckets.ts'
import { DecimalHistogram, EMPTY_HISTOGRAM } from './decimal-histogram.ts'
import {
  BOUNDED_SIZE,
  FIRST_BUCKET,
  HISTOGRAM_SIZE,
  type LedgerLayout,
  MAX,
  MIN,
  SERIES,
  SUM,
} from './layout.ts'
import type { LedgerPhase, LedgerSeries, LedgerSnapshot } from './ledger-snapshot.ts'

/** Reads the ledgers of all load threads into one snapshot. May be called at any time, also after a thread died. */
export function readLedgers(
  buffers: readonly SharedArrayBuffer[],
  layout: LedgerLayout,
  atMillis: number,
): LedgerSnapshot {
  const ledgers = buffers.map((buffer) => new Float64Array(buffer))
  const sum = (offset: number): number => ledgers.reduce((total, data) => total + data[offset]!, 0)
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
        readHistogram(ledgers, histogramsAt + index * HISTOGRAM_SIZE),
      ]),
    ) as LedgerSnapshot['histograms'],
    attemptErrors: readByCode(ledgers, layout.attemptErrors),
    drops: readByCode(ledgers, layout.drops),
  }
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
    startLag: readHistogram(ledgers, layout.startLagOffset(phase)),
    counters: named(PHASE_COUNTERS, layout.phaseCounterOffset(phase)),
  }
}

function readSeries(ledgers: readonly Float64Array[], base: number): Omit<LedgerSeries, 'info'> {
  return {
    outcomes: readOutcomes(ledgers, base + SERIES.outcomes),
    nil: ledgers.reduce((total, data) => total + data[base + SERIES.nil]!, 0),
    serviceSuccess: readHistogram(ledgers, base + SERIES.serviceSuccess),
    serviceError: readHistogram(ledgers, base + SERIES.serviceError),
    responseSuccess: readHistogram(ledgers, base + SERIES.responseSuccess),
    responseError: readHistogram(ledgers, base + SERIES.responseError),
    errorsByCode: readErrorsByCode(ledgers, base + SERIES.errorsByCode),
  }
}

function readHistogram(ledgers: readonly Float64Array[], offset: number): DecimalHistogram {
  let merged = EMPTY_HISTOGRAM
  for (const data of ledgers) {
    const minMicros = data[offset + MIN]!
    const maxMicros = data[offset + MAX]!
    if (minMicros === Number.POSITIVE_INFINITY) continue
    const first = bucketIndex(minMicros)
    const buckets = offset + FIRST_BUCKET
    const counts = data.slice(buckets + first, buckets + bucketIndex(maxMicros) + 1)
    merged = merged.plus(
      new DecimalHistogram(counts, { sumMicros: data[offset + SUM]!, minMicros, maxMicros }, first),
    )
  }
  return merged
}

function readOutcomes(ledgers: readonly Float64Array[], offset: number): OutcomeCount[] {
  const found: OutcomeCount[] = []
  for (const [outcomeIndex, outcome] of OUTCOMES.entries())
    for (let code = 0; code < ERROR_CODES.length; code++) {
      const at = offset + outcomeIndex * ERROR_CODES.length + code
      const count = ledgers.reduce((total, data) => total + data[at]!, 0)
      if (count > 0) found.push({ outcome, code, count })
    }
  return found
}

function readByCode(ledgers: readonly Float64Array[], offset: number): Map<number, number> {
  const found = new Map<number, number>()
  for (let code = 0; code < ERROR_CODES.length; code++) {
    const count = ledgers.reduce((total, data) => total + data[offset + code]!, 0)
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
