import type { BoundedHistogram, OutcomeCount } from '../model/snapshot.ts'
import type { LedgerPhase, LedgerSeries } from './ledger-snapshot.ts'

/** Two stretches of time of the same run as one. */
export function addPhases(first: LedgerPhase, second: LedgerPhase): LedgerPhase {
  const names = Object.keys(second.counters) as (keyof LedgerPhase['counters'])[]
  const sums = names.map((name) => [name, first.counters[name] + second.counters[name]])
  return {
    counters: Object.fromEntries(sums) as LedgerPhase['counters'],
    startLag: first.startLag.plus(second.startLag),
    series: second.series.map((series, index) => {
      const before = first.series[index]
      return before === undefined ? series : addSeries(before, series)
    }),
  }
}

function addSeries(first: LedgerSeries, second: LedgerSeries): LedgerSeries {
  return {
    info: second.info,
    outcomes: addOutcomes(first.outcomes, second.outcomes),
    nil: first.nil + second.nil,
    redirected: first.redirected + second.redirected,
    serviceSuccess: first.serviceSuccess.plus(second.serviceSuccess),
    serviceError: first.serviceError.plus(second.serviceError),
    responseSuccess: first.responseSuccess.plus(second.responseSuccess),
    responseError: first.responseError.plus(second.responseError),
    errorsByCode: addBounded(first.errorsByCode, second.errorsByCode),
  }
}

function addOutcomes(first: readonly OutcomeCount[], second: readonly OutcomeCount[]): OutcomeCount[] {
  const sums = new Map<string, OutcomeCount>()
  for (const entry of [...first, ...second]) {
    const key = `${entry.outcome} ${entry.code}`
    sums.set(key, { ...entry, count: entry.count + (sums.get(key)?.count ?? 0) })
  }
  return [...sums.values()]
}

function addBounded(
  first: LedgerSeries['errorsByCode'],
  second: LedgerSeries['errorsByCode'],
): ReadonlyMap<number, BoundedHistogram> {
  const sums = new Map(first)
  for (const [code, { cumulative, count, sumMicros }] of second) {
    const before = first.get(code)
    sums.set(code, {
      cumulative: cumulative.map((value, index) => value + (before?.cumulative[index] ?? 0)),
      count: count + (before?.count ?? 0),
      sumMicros: sumMicros + (before?.sumMicros ?? 0),
    })
  }
  return sums
}
