import { errorCodeAt } from '../model/error-codes.ts'
import type { ThreadHistogram } from '../model/ledger.ts'
import type { BoundedHistogram, OutcomeCount } from '../model/snapshot.ts'
import type { DecimalHistogram } from './decimal-histogram.ts'
import type {
  EncodedHistogram,
  EncodedInterval,
  EncodedNode,
  EncodedPhase,
  EncodedSeries,
} from './encoded-interval.ts'
import type { LedgerNode, LedgerPhase, LedgerSeries, LedgerSnapshot } from './ledger-snapshot.ts'

/** `interval` is the difference that led to `total`. */
export function encodeInterval(interval: LedgerSnapshot, total: LedgerSnapshot): EncodedInterval {
  const histograms: Record<string, EncodedHistogram> = {}
  for (const [name, histogram] of Object.entries(interval.histograms)) {
    const encoded = encodeHistogram(histogram, total.histograms[name as ThreadHistogram])
    if (encoded !== undefined) histograms[name] = encoded
  }
  return {
    at_ms: total.atMillis,
    warmup: encodePhase(interval.warmup, total.warmup),
    measure: encodePhase(interval.measure, total.measure),
    counters: interval.counters,
    gauges: total.gauges,
    histograms,
    attempt_errors: namedByCode(interval.attemptErrors),
    drops: namedByCode(interval.drops),
    ...(interval.nodes.length === 0
      ? {}
      : { nodes: interval.nodes.map((node, index) => encodeNode(node, total.nodes[index]!)) }),
  }
}

function encodeNode(node: LedgerNode, total: LedgerNode): EncodedNode {
  const success = encodeHistogram(node.serviceSuccess, total.serviceSuccess)
  const error = encodeHistogram(node.serviceError, total.serviceError)
  return {
    address: node.address,
    outcomes: encodeOutcomes(node.outcomes),
    ...(success === undefined ? {} : { service_success: success }),
    ...(error === undefined ? {} : { service_error: error }),
    counters: node.counters,
    active: node.active,
  }
}

function encodeOutcomes(outcomes: readonly OutcomeCount[]): EncodedSeries['outcomes'] {
  return outcomes.map(({ outcome, code, count }) => [outcome, codeName(code), count] as const)
}

function encodePhase(interval: LedgerPhase, total: LedgerPhase): EncodedPhase {
  const startLag = encodeHistogram(interval.startLag, total.startLag)
  return {
    counters: interval.counters,
    ...(startLag === undefined ? {} : { start_lag: startLag }),
    series: interval.series.map((series, index) => encodeSeries(series, total.series[index]!)),
  }
}

function encodeSeries(series: LedgerSeries, total: LedgerSeries): EncodedSeries {
  const histograms = {
    service_success: encodeHistogram(series.serviceSuccess, total.serviceSuccess),
    service_error: encodeHistogram(series.serviceError, total.serviceError),
    response_success: encodeHistogram(series.responseSuccess, total.responseSuccess),
    response_error: encodeHistogram(series.responseError, total.responseError),
  }
  const present = Object.entries(histograms).filter(([, histogram]) => histogram !== undefined)
  return {
    ...series.info,
    outcomes: encodeOutcomes(series.outcomes),
    nil: series.nil,
    ...(series.redirected === 0 ? {} : { redirected: series.redirected }),
    ...Object.fromEntries(present),
    ...(series.errorsByCode.size === 0
      ? {}
      : { errors_by_code: encodeBounded(series.errorsByCode, total.errorsByCode) }),
  }
}

function encodeBounded(
  interval: ReadonlyMap<number, BoundedHistogram>,
  total: ReadonlyMap<number, BoundedHistogram>,
): NonNullable<EncodedSeries['errors_by_code']> {
  return Object.fromEntries(
    [...interval].map(([code, { cumulative, count }]) => [
      codeName(code),
      { cumulative, count, sum: total.get(code)!.sumMicros },
    ]),
  )
}

function encodeHistogram(interval: DecimalHistogram, total: DecimalHistogram): EncodedHistogram | undefined {
  if (interval.count === 0) return undefined
  const buckets: number[] = []
  for (const { index, count } of interval.buckets()) buckets.push(index, count)
  return { b: buckets, sum: total.sumMicros, min: total.minMicros, max: total.maxMicros }
}

function namedByCode(counts: ReadonlyMap<number, number>): Record<string, number> {
  return Object.fromEntries([...counts].map(([code, count]) => [codeName(code), count]))
}

function codeName(index: number): string {
  return errorCodeAt(index).code
}
