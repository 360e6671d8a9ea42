import type { ThreadHistogram } from '../model/ledger.ts'
import type {
  BoundedHistogram,
  NodeSnapshot,
  OutcomeCount,
  PhaseSnapshot,
  SeriesSnapshot,
  Snapshot,
} from '../model/snapshot.ts'
import { type DecimalHistogram, EMPTY_HISTOGRAM } from './decimal-histogram.ts'

/** A {@link SeriesSnapshot} whose histograms can be added and subtracted. */
export interface LedgerSeries extends SeriesSnapshot {
  readonly serviceSuccess: DecimalHistogram
  readonly serviceError: DecimalHistogram
  readonly responseSuccess: DecimalHistogram
  readonly responseError: DecimalHistogram
}

export interface LedgerPhase extends PhaseSnapshot {
  readonly startLag: DecimalHistogram
  readonly series: readonly LedgerSeries[]
}

export interface LedgerNode extends NodeSnapshot {
  readonly serviceSuccess: DecimalHistogram
  readonly serviceError: DecimalHistogram
}

/** A {@link Snapshot} that the ledger can do arithmetic with. */
export interface LedgerSnapshot extends Snapshot {
  readonly warmup: LedgerPhase
  readonly measure: LedgerPhase
  readonly histograms: Readonly<Record<ThreadHistogram, DecimalHistogram>>
  readonly nodes: readonly LedgerNode[]
}

/** A snapshot as if nothing had been recorded in the measured phase yet. */
export function withoutMeasure(snapshot: LedgerSnapshot): LedgerSnapshot {
  const { counters, series } = snapshot.measure
  const zeros = Object.fromEntries(Object.keys(counters).map((name) => [name, 0])) as LedgerPhase['counters']
  const blank = series.map(({ info }): LedgerSeries => ({ info, ...BLANK_SERIES }))
  return { ...snapshot, measure: { counters: zeros, startLag: EMPTY_HISTOGRAM, series: blank } }
}

const BLANK_SERIES: Omit<LedgerSeries, 'info'> = {
  outcomes: [],
  nil: 0,
  redirected: 0,
  serviceSuccess: EMPTY_HISTOGRAM,
  serviceError: EMPTY_HISTOGRAM,
  responseSuccess: EMPTY_HISTOGRAM,
  responseError: EMPTY_HISTOGRAM,
  errorsByCode: new Map(),
}

/** The interval between two snapshots of the same run: counters and buckets subtracted, gauges as they are now. */
export function intervalBetween(earlier: LedgerSnapshot, later: LedgerSnapshot): LedgerSnapshot {
  return {
    atMillis: later.atMillis,
    warmup: phaseSince(earlier.warmup, later.warmup),
    measure: phaseSince(earlier.measure, later.measure),
    counters: recordSince(earlier.counters, later.counters),
    gauges: later.gauges,
    histograms: Object.fromEntries(
      Object.entries(later.histograms).map(([name, histogram]) => [
        name,
        histogram.since(earlier.histograms[name as ThreadHistogram]),
      ]),
    ) as LedgerSnapshot['histograms'],
    attemptErrors: mapSince(earlier.attemptErrors, later.attemptErrors),
    drops: mapSince(earlier.drops, later.drops),
    nodes: later.nodes.map((node) => {
      const before = earlier.nodes.find(({ address }) => address === node.address)
      return before === undefined ? node : nodeSince(before, node)
    }),
  }
}

function nodeSince(earlier: LedgerNode, later: LedgerNode): LedgerNode {
  return {
    address: later.address,
    outcomes: outcomesSince(earlier.outcomes, later.outcomes),
    serviceSuccess: later.serviceSuccess.since(earlier.serviceSuccess),
    serviceError: later.serviceError.since(earlier.serviceError),
    counters: recordSince(earlier.counters, later.counters),
    active: later.active,
  }
}

function outcomesSince(earlier: readonly OutcomeCount[], later: readonly OutcomeCount[]): OutcomeCount[] {
  const before = new Map(earlier.map((entry) => [`${entry.outcome} ${entry.code}`, entry.count]))
  return later
    .map((entry) => ({
      ...entry,
      count: entry.count - (before.get(`${entry.outcome} ${entry.code}`) ?? 0),
    }))
    .filter((entry) => entry.count > 0)
}

/** What was recorded in a phase between two snapshots of the same run. */
export function phaseSince(earlier: LedgerPhase, later: LedgerPhase): LedgerPhase {
  return {
    counters: recordSince(earlier.counters, later.counters),
    startLag: later.startLag.since(earlier.startLag),
    series: later.series.map((series, index) => {
      const before = earlier.series[index]
      return before === undefined ? series : seriesSince(before, series)
    }),
  }
}

function seriesSince(earlier: LedgerSeries, later: LedgerSeries): LedgerSeries {
  return {
    info: later.info,
    outcomes: outcomesSince(earlier.outcomes, later.outcomes),
    nil: later.nil - earlier.nil,
    redirected: later.redirected - earlier.redirected,
    serviceSuccess: later.serviceSuccess.since(earlier.serviceSuccess),
    serviceError: later.serviceError.since(earlier.serviceError),
    responseSuccess: later.responseSuccess.since(earlier.responseSuccess),
    responseError: later.responseError.since(earlier.responseError),
    errorsByCode: boundedSince(earlier.errorsByCode, later.errorsByCode),
  }
}

function recordSince<Name extends string>(
  earlier: Readonly<Record<Name, number>>,
  later: Readonly<Record<Name, number>>,
): Record<Name, number> {
  const names = Object.keys(later) as Name[]
  return Object.fromEntries(names.map((name) => [name, later[name] - earlier[name]])) as Record<Name, number>
}

function mapSince(
  earlier: ReadonlyMap<number, number>,
  later: ReadonlyMap<number, number>,
): Map<number, number> {
  const difference = new Map<number, number>()
  for (const [code, count] of later) {
    const delta = count - (earlier.get(code) ?? 0)
    if (delta > 0) difference.set(code, delta)
  }
  return difference
}

function boundedSince(
  earlier: ReadonlyMap<number, BoundedHistogram>,
  later: ReadonlyMap<number, BoundedHistogram>,
): Map<number, BoundedHistogram> {
  const difference = new Map<number, BoundedHistogram>()
  for (const [code, now] of later) {
    const before = earlier.get(code)
    if (before === undefined) difference.set(code, now)
    else if (now.count > before.count)
      difference.set(code, {
        cumulative: now.cumulative.map((count, index) => count - before.cumulative[index]!),
        count: now.count - before.count,
        sumMicros: now.sumMicros - before.sumMicros,
      })
  }
  return difference
}
