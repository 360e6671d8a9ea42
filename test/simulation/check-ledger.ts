import type { LedgerPhase, LedgerSnapshot } from '../../src/ledger/ledger-snapshot.ts'
import { errorCodeAt } from '../../src/model/error-codes.ts'
import type { Histogram } from '../../src/model/histogram.ts'
import { OUTCOMES } from '../../src/model/outcome.ts'
import type { SeriesSnapshot } from '../../src/model/snapshot.ts'
import type { ConnectionWitness } from './connection-witness.ts'
import { Broken } from './trace.ts'
import type { PhaseTally, SeriesTally, Tally, Witness } from './witness.ts'

/** What the ledger says at a moment, against what was seen from outside. */
export function checkLedger(snapshot: LedgerSnapshot, witness: Witness): void {
  checkPhase('warmup', snapshot.warmup, witness.phases[0]!)
  checkPhase('measure', snapshot.measure, witness.phases[1]!)
  const issued = snapshot.warmup.counters.issued + snapshot.measure.counters.issued
  const settled = settledOf(snapshot.warmup) + settledOf(snapshot.measure)
  equal('INV-2', 'issued - settled', issued - settled, witness.inFlight.size)
  equal('INV-3', 'late replies', snapshot.counters.late_replies, witness.lateReplies)
  equal('INV-2', 'internal errors', snapshot.counters.internal_errors, 0)
  checkErrorAnswers(snapshot, witness)
}

/** What the connections went through. */
export function checkConnections(snapshot: LedgerSnapshot, connections: ConnectionWitness): void {
  const { counters, histograms, drops, attemptErrors } = snapshot
  const { outages, finished } = connections
  equal('INV-18', 'dials', counters.dials, connections.dials)
  equal('INV-18', 'outages', counters.outages, outages.length)
  equal('INV-18', 'reconnections', counters.reconnections, finished.length)
  equal('INV-18', 'lost connections', sumOf(drops), outages.length)
  equal('INV-18', 'failed attempts', sumOf(attemptErrors), connections.failedAttempts)
  equal('INV-18', 'failed attempts with a time', histograms.attempt_error.count, connections.failedAttempts)
  equal('INV-18', 'attempts with a time', histograms.attempt_success.count, connections.succeededAttempts)
  equal('INV-18', 'renewals', counters.renewals, connections.renewals + connections.renewing)
  checkHistogram('INV-18', 'reconnection', histograms.reconnection, {
    micros: finished.map(({ durationMillis }) => durationMillis! * 1000),
  })
  checkHistogram('INV-18', 'backoff', histograms.backoff, {
    micros: finished.map(({ backoffMillis }) => backoffMillis * 1000),
  })
  equal('INV-18', 'detections', histograms.detection.count, finished.length)
  const reported = connections.reported.map(describe).toSorted()
  const seen = finished
    .map(({ connection, durationMillis, attempts, backoffMillis }) =>
      describe({ connection, duration_ms: durationMillis!, attempts, backoff_ms: backoffMillis }),
    )
    .toSorted()
  equal('INV-18', 'outages told', reported.join(' '), seen.join(' '))
}

function describe(outage: {
  readonly connection: number
  readonly duration_ms: number
  readonly attempts: number
  readonly backoff_ms: number
}): string {
  return `${outage.connection}:${outage.duration_ms.toFixed(3)}:${outage.attempts}:${outage.backoff_ms}`
}

function checkPhase(name: string, phase: LedgerPhase, tally: PhaseTally): void {
  const { counters } = phase
  equal('INV-1', `${name} scheduled`, counters.scheduled, tally.scheduled)
  equal('INV-1', `${name} issued`, counters.issued, tally.issued)
  equal('INV-1', `${name} dropped, in flight`, counters.dropped_max_in_flight, tally.droppedMaxInFlight)
  equal('INV-1', `${name} dropped, late`, counters.dropped_generator_late, tally.droppedLate)
  equal(
    'INV-1',
    `${name} issued and dropped`,
    counters.issued + counters.dropped_max_in_flight + counters.dropped_generator_late,
    counters.scheduled,
  )
  equal('INV-2', `${name} unpaced`, counters.unpaced_settled, tally.unpacedSettled)
  checkHistogram('INV-4', `${name} start lag`, phase.startLag, tally.startLag)
  for (const [index, series] of phase.series.entries())
    checkSeries(`${name} ${series.info.operation}`, series, tally.series[index]!)
}

function checkSeries(name: string, series: SeriesSnapshot, tally: SeriesTally): void {
  for (const [index, outcome] of OUTCOMES.entries()) {
    const counts = series.outcomes.filter((entry) => entry.outcome === outcome)
    equal('INV-2', `${name} ${outcome}`, sumBy(counts), tally.outcomes[index]!)
    if (outcome === 'ok' && counts.some(({ code }) => code !== 0))
      throw new Broken('INV-2', `${name}: a success has an error code`)
    if (outcome !== 'ok' && counts.some(({ code }) => code === 0))
      throw new Broken('INV-2', `${name}: ${outcome} without an error code`)
  }
  if (series.info.shape !== 'batch') equal('INV-2', `${name} nil`, series.nil, tally.nil)
  checkHistogram('INV-4', `${name} service, ok`, series.serviceSuccess, tally.serviceSuccess)
  checkHistogram('INV-4', `${name} service, not ok`, series.serviceError, tally.serviceError)
  checkHistogram('INV-4', `${name} response, ok`, series.responseSuccess, tally.responseSuccess)
  checkHistogram('INV-4', `${name} response, not ok`, series.responseError, tally.responseError)
  const failures = series.outcomes.filter(({ code }) => code > 0)
  const byCode = new Map<number, number>()
  for (const { code, count } of failures) byCode.set(code, (byCode.get(code) ?? 0) + count)
  for (const [code, count] of byCode)
    equal('INV-4', `${name} times of ${errorCodeAt(code).code}`, series.errorsByCode.get(code)?.count, count)
}

/** Exact but for the sum, whose order of addition differs; the buckets by a few bounds around recorded values. */
function checkHistogram(invariant: string, name: string, histogram: Histogram, { micros }: Tally): void {
  equal(invariant, `${name}: count`, histogram.count, micros.length)
  if (micros.length === 0) return
  let sum = 0
  let least = Number.POSITIVE_INFINITY
  let most = 0
  for (const value of micros) {
    sum += value
    if (value < least) least = value
    if (value > most) most = value
  }
  near(invariant, `${name}: sum`, histogram.sumMicros, sum)
  near(invariant, `${name}: least`, histogram.minMicros, least)
  near(invariant, `${name}: most`, histogram.maxMicros, most)
  const step = Math.max(1, Math.floor(micros.length / 4))
  for (let at = 0; at < micros.length; at += step) {
    const bound = boundAbove(micros[at]!)
    // Below, a bound is no whole number of microseconds, and a product of it may be rounded up.
    if (bound < 100) continue
    const expected = micros.reduce((count, value) => count + (value <= bound ? 1 : 0), 0)
    equal(invariant, `${name}: at or below ${bound}`, histogram.countAtOrBelow(bound), expected)
  }
}

/** The least number of three digits that is not below a value; of what is below 1 µs, 1. */
function boundAbove(micros: number): number {
  if (micros <= 1) return 1
  const unit = 10 ** (Math.floor(Math.log10(micros) + 1e-12) - 2)
  return Number((Math.ceil(micros / unit - 1e-9) * unit).toPrecision(3))
}

/** Error answers that reached a command in time, by their prefix. */
function checkErrorAnswers({ warmup, measure }: LedgerSnapshot, witness: Witness): void {
  for (const [prefix, count] of witness.errorAnswers) {
    let recorded = 0
    for (const { series } of [warmup, measure])
      for (const { info, outcomes } of series)
        if (info.shape !== 'batch')
          for (const { code, count: some } of outcomes)
            if (errorCodeAt(code).code === prefix) recorded += some
    equal('INV-2', `errors of the server: ${prefix}`, recorded, count)
  }
}

export function equal(invariant: string, name: string, actual: unknown, expected: unknown): void {
  if (actual !== expected)
    throw new Broken(invariant, `${name}: ${String(actual)}, but it should be ${String(expected)}`)
}

function near(invariant: string, name: string, actual: number, expected: number): void {
  if (Math.abs(actual - expected) > 1e-6 * Math.max(1, Math.abs(expected)))
    throw new Broken(invariant, `${name}: ${actual}, but it should be ${expected}`)
}

function settledOf({ series }: LedgerPhase): number {
  return series.reduce((sum, { info, outcomes }) => (info.shape === 'batch' ? sum : sum + sumBy(outcomes)), 0)
}

function sumBy(counts: readonly { readonly count: number }[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0)
}

function sumOf(counts: ReadonlyMap<number, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}
