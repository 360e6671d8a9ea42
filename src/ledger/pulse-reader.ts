import type { Pulse, PulseErrors } from '../model/disturbance.ts'
import { ERROR_CODES } from '../model/error-codes.ts'
import { toMillis } from '../model/latency-summary.ts'
import { MEASURE, PHASE_COUNTERS, THREAD_GAUGES } from '../model/ledger.ts'
import { FAILED, INDETERMINATE, OK, OUTCOMES } from '../model/outcome.ts'
import { BUCKET_COUNT, bucketIndex, lowerBound, OVERFLOW_BUCKET, upperBound } from './buckets.ts'
import { FIRST_BUCKET, MAX, MIN } from './histogram-block.ts'
import { type LedgerLayout, SERIES } from './layout.ts'

/** Pulses in a second. */
const WINDOW = 10

export type PulseCounts = Omit<Pulse, 'first_failure_ms' | 'first_success_ms' | 'draining'>

/** The totals of the measured phase at one instant, and the times of its successes in buckets. */
interface Totals {
  scheduled: number
  dropped: number
  down: number
  /** By outcome · codes + code. */
  readonly outcomes: Float64Array
  readonly buckets: Float64Array
  /** Bucket range in use. */
  first: number
  last: number
}

/**
 * Reads ten times a second from the ledgers what is needed to tell a disturbance: counts of single commands, and the
 * times of those that succeeded over the last second. Much cheaper than a snapshot, and its memory is bounded.
 */
export class PulseReader {
  readonly #ledgers: readonly Float64Array[]
  readonly #layout: LedgerLayout
  readonly #times: 'responseSuccess' | 'serviceSuccess'
  /** The newest last; at most {@link WINDOW} + 1. */
  readonly #past: Totals[] = []

  constructor(buffers: readonly SharedArrayBuffer[], layout: LedgerLayout, isOpenLoop: boolean) {
    this.#ledgers = buffers.map((buffer) => new Float64Array(buffer))
    this.#layout = layout
    this.#times = isOpenLoop ? 'responseSuccess' : 'serviceSuccess'
    this.#past.push(blankTotals())
  }

  /** What happened since the last call. */
  take(atMillis: number, delayedAboveMillis: number): PulseCounts {
    const before = this.#past.at(-1)!
    const now = this.#read(this.#past.length > WINDOW ? this.#past.shift()! : blankTotals())
    this.#past.push(now)
    const secondAgo = this.#past[0]!
    const sum = (outcome: number): number => {
      let total = 0
      const end = (outcome + 1) * ERROR_CODES.length
      for (let at = outcome * ERROR_CODES.length; at < end; at++)
        total += now.outcomes[at]! - before.outcomes[at]!
      return total
    }
    const [p50_ms, p99_ms, p999_ms] = quantilesBetween(secondAgo, now, [0.5, 0.99, 0.999])
    return {
      at_ms: Math.round(atMillis * 100) / 100,
      scheduled: now.scheduled - before.scheduled,
      ok: sum(OK),
      failed: sum(FAILED),
      indeterminate: sum(INDETERMINATE),
      dropped: now.dropped - before.dropped,
      delayed: countAbove(before, now, delayedAboveMillis * 1000),
      down: now.down,
      p50_ms: p50_ms!,
      p99_ms: p99_ms!,
      p999_ms: p999_ms!,
      errors: errorsBetween(before, now),
    }
  }

  #read(totals: Totals): Totals {
    const layout = this.#layout
    totals.outcomes.fill(0)
    totals.buckets.fill(0, totals.first, totals.last + 1)
    totals.first = BUCKET_COUNT - 1
    totals.last = 0
    const sum = (offset: number): number => this.#ledgers.reduce((total, data) => total + data[offset]!, 0)
    const counters = layout.phaseCounterOffset(MEASURE)
    // Settled before scheduled: a pulse never shows more answers than questions.
    for (const [index, { shape, waits }] of layout.series.entries())
      if (shape !== 'batch')
        for (const data of this.#ledgers)
          addSeries(
            totals,
            data,
            layout.seriesOffset(MEASURE, index),
            waits === true ? undefined : this.#times,
          )
    totals.scheduled = sum(counters + PHASE_COUNTERS.indexOf('scheduled'))
    totals.dropped =
      sum(counters + PHASE_COUNTERS.indexOf('dropped_max_in_flight')) +
      sum(counters + PHASE_COUNTERS.indexOf('dropped_generator_late'))
    totals.down = sum(layout.gauges + THREAD_GAUGES.indexOf('connections_down'))
    return totals
  }
}

function blankTotals(): Totals {
  return {
    scheduled: 0,
    dropped: 0,
    down: 0,
    outcomes: new Float64Array(OUTCOMES.length * ERROR_CODES.length),
    buckets: new Float64Array(BUCKET_COUNT),
    first: BUCKET_COUNT - 1,
    last: 0,
  }
}

function addSeries(
  totals: Totals,
  data: Float64Array,
  base: number,
  times: 'responseSuccess' | 'serviceSuccess' | undefined,
): void {
  const { outcomes, buckets } = totals
  for (let at = 0; at < outcomes.length; at++) outcomes[at]! += data[base + SERIES.outcomes + at]!
  if (times === undefined) return
  const histogram = base + SERIES[times]
  const least = data[histogram + MIN]!
  if (least === Number.POSITIVE_INFINITY) return
  const first = bucketIndex(least)
  const last = bucketIndex(data[histogram + MAX]!)
  for (let at = first; at <= last; at++) buckets[at]! += data[histogram + FIRST_BUCKET + at]!
  if (first < totals.first) totals.first = first
  if (last > totals.last) totals.last = last
}

/** Nearest rank, the middle of its bucket, milliseconds; zeros without any value. */
function quantilesBetween(earlier: Totals, later: Totals, quantiles: readonly number[]): number[] {
  let count = 0
  for (let at = later.first; at <= later.last; at++) count += later.buckets[at]! - earlier.buckets[at]!
  if (count <= 0) return quantiles.map(() => 0)
  let at = later.first - 1
  let cumulative = 0
  return quantiles.map((quantile) => {
    const rank = Math.max(1, Math.ceil(quantile * count))
    while (cumulative < rank && at < later.last) {
      at++
      cumulative += later.buckets[at]! - earlier.buckets[at]!
    }
    const lower = lowerBound(at)
    const micros = at === OVERFLOW_BUCKET ? lower : (lower + upperBound(at)) / 2
    return toMillis(micros)
  })
}

function countAbove(earlier: Totals, later: Totals, micros: number): number {
  if (!Number.isFinite(micros)) return 0
  let count = 0
  for (let at = Math.max(later.first, bucketIndex(micros) + 1); at <= later.last; at++)
    count += later.buckets[at]! - earlier.buckets[at]!
  return count
}

function errorsBetween(earlier: Totals, later: Totals): PulseErrors[] {
  const errors: PulseErrors[] = []
  for (let at = FAILED * ERROR_CODES.length; at < later.outcomes.length; at++) {
    const count = later.outcomes[at]! - earlier.outcomes[at]!
    if (count === 0) continue
    const outcome = OUTCOMES[Math.floor(at / ERROR_CODES.length)] as PulseErrors[0]
    errors.push([outcome, ERROR_CODES[at % ERROR_CODES.length]!.code, count])
  }
  return errors
}
