import { errorCodeIndex, findErrorCode } from '../model/error-codes.ts'
import {
  NODE_COUNTERS,
  PHASE_COUNTERS,
  THREAD_COUNTERS,
  THREAD_GAUGES,
  THREAD_HISTOGRAMS,
} from '../model/ledger.ts'
import { OUTCOMES } from '../model/outcome.ts'
import type { BoundedHistogram, OutcomeCount } from '../model/snapshot.ts'
import { BUCKET_COUNT } from './buckets.ts'
import { DecimalHistogram, EMPTY_HISTOGRAM } from './decimal-histogram.ts'
import type {
  EncodedHistogram,
  EncodedInterval,
  EncodedNode,
  EncodedPhase,
  EncodedSeries,
} from './encoded-interval.ts'
import type { LedgerNode, LedgerPhase, LedgerSeries, LedgerSnapshot } from './ledger-snapshot.ts'

/** Adds one decoded line to what the lines before it amount to. */
export function addInterval(total: LedgerSnapshot | undefined, encoded: EncodedInterval): LedgerSnapshot {
  return {
    atMillis: encoded.at_ms,
    warmup: addPhase(total?.warmup, encoded.warmup),
    measure: addPhase(total?.measure, encoded.measure),
    counters: addRecords(THREAD_COUNTERS, total?.counters, encoded.counters),
    gauges: addRecords(THREAD_GAUGES, undefined, encoded.gauges),
    histograms: addHistograms(total?.histograms, encoded),
    attemptErrors: addByCode(total?.attemptErrors, encoded.attempt_errors),
    drops: addByCode(total?.drops, encoded.drops),
    nodes: addNodes(total?.nodes ?? [], encoded.nodes ?? []),
  }
}

function addNodes(total: readonly LedgerNode[], encoded: readonly EncodedNode[]): LedgerNode[] {
  const sums = new Map(total.map((node) => [node.address, node]))
  for (const node of encoded) {
    const before = sums.get(node.address)
    sums.set(node.address, {
      address: node.address,
      outcomes: addOutcomes(before?.outcomes ?? [], node.outcomes),
      serviceSuccess: addHistogram(before?.serviceSuccess, node.service_success),
      serviceError: addHistogram(before?.serviceError, node.service_error),
      counters: addRecords(NODE_COUNTERS, before?.counters, node.counters),
      active: node.active,
    })
  }
  return [...sums.values()].toSorted((a, b) => (a.address < b.address ? -1 : 1))
}

function addOutcomes(
  total: readonly OutcomeCount[],
  encoded: EncodedSeries['outcomes'],
): readonly OutcomeCount[] {
  const counts = new Map(total.map((entry) => [`${entry.outcome} ${entry.code}`, entry]))
  for (const [outcome, name, count] of encoded) {
    const code = codeIndex(name)
    const key = `${outcome} ${code}`
    counts.set(key, { outcome, code, count: count + (counts.get(key)?.count ?? 0) })
  }
  return [...counts.values()].toSorted(byOutcomeAndCode)
}

function addHistograms(
  total: LedgerSnapshot['histograms'] | undefined,
  encoded: EncodedInterval,
): LedgerSnapshot['histograms'] {
  return Object.fromEntries(
    THREAD_HISTOGRAMS.map((name) => [name, addHistogram(total?.[name], encoded.histograms[name])]),
  ) as LedgerSnapshot['histograms']
}

function addPhase(total: LedgerPhase | undefined, encoded: EncodedPhase): LedgerPhase {
  return {
    counters: addRecords(PHASE_COUNTERS, total?.counters, encoded.counters),
    startLag: addHistogram(total?.startLag, encoded.start_lag),
    series: encoded.series.map((series, index) => addSeries(total?.series[index], series)),
  }
}

function addSeries(total: LedgerSeries | undefined, encoded: EncodedSeries): LedgerSeries {
  return {
    info: infoOf(encoded),
    outcomes: addOutcomes(total?.outcomes ?? [], encoded.outcomes),
    nil: (total?.nil ?? 0) + encoded.nil,
    redirected: (total?.redirected ?? 0) + (encoded.redirected ?? 0),
    serviceSuccess: addHistogram(total?.serviceSuccess, encoded.service_success),
    serviceError: addHistogram(total?.serviceError, encoded.service_error),
    responseSuccess: addHistogram(total?.responseSuccess, encoded.response_success),
    responseError: addHistogram(total?.responseError, encoded.response_error),
    errorsByCode: addBounded(total?.errorsByCode, encoded.errors_by_code),
  }
}

function infoOf({ operation, shape, command, waits }: EncodedSeries): LedgerSeries['info'] {
  return {
    operation,
    shape,
    ...(command === undefined ? {} : { command }),
    ...(waits === undefined ? {} : { waits }),
  }
}

function addBounded(
  total: ReadonlyMap<number, BoundedHistogram> | undefined,
  encoded: EncodedSeries['errors_by_code'],
): Map<number, BoundedHistogram> {
  const result = new Map(total)
  for (const [name, { cumulative, count, sum }] of Object.entries(encoded ?? {})) {
    const before = result.get(codeIndex(name))
    result.set(codeIndex(name), {
      cumulative: cumulative.map((value, index) => value + (before?.cumulative[index] ?? 0)),
      count: count + (before?.count ?? 0),
      sumMicros: sum,
    })
  }
  return sortedByCode(result)
}

function addHistogram(
  total: DecimalHistogram | undefined,
  encoded: EncodedHistogram | undefined,
): DecimalHistogram {
  if (encoded === undefined) return total ?? EMPTY_HISTOGRAM
  const counts = new Float64Array(BUCKET_COUNT)
  for (const { index, count } of total?.buckets() ?? []) counts[index] = count
  for (let at = 0; at + 1 < encoded.b.length; at += 2) counts[encoded.b[at]!]! += encoded.b[at + 1]!
  return new DecimalHistogram(counts, {
    sumMicros: encoded.sum,
    minMicros: encoded.min,
    maxMicros: encoded.max,
  })
}

/** By the names that are known now: a journal of another version may lack some, and have others. */
function addRecords<Name extends string>(
  names: readonly Name[],
  total: Readonly<Record<Name, number>> | undefined,
  encoded: Readonly<Partial<Record<Name, number>>>,
): Record<Name, number> {
  const sums = names.map((name) => [name, (total?.[name] ?? 0) + (encoded[name] ?? 0)])
  return Object.fromEntries(sums) as Record<Name, number>
}

function addByCode(
  total: ReadonlyMap<number, number> | undefined,
  encoded: Readonly<Record<string, number>>,
): Map<number, number> {
  const result = new Map(total)
  for (const [name, count] of Object.entries(encoded))
    result.set(codeIndex(name), (result.get(codeIndex(name)) ?? 0) + count)
  return sortedByCode(result)
}

/** A journal of a newer version may know codes that we do not. */
function codeIndex(name: string): number {
  return findErrorCode(name) ?? errorCodeIndex('other')
}

/** The order in which a ledger is read, so that a rebuilt result equals the first one line by line. */
function byOutcomeAndCode(a: OutcomeCount, b: OutcomeCount): number {
  return OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome) || a.code - b.code
}

function sortedByCode<Value>(byCode: ReadonlyMap<number, Value>): Map<number, Value> {
  return new Map([...byCode].toSorted(([a], [b]) => a - b))
}
