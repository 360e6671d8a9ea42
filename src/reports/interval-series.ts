import type { Histogram } from '../model/histogram.ts'
import type { IntervalResult } from '../model/result.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { countOutcomes } from './count-outcomes.ts'

const LONGEST = 4096

/**
 * The intervals of a run, bounded: when there are too many, neighbours are joined, so that days fit. Counts add up;
 * a quantile of a joined interval is that of its worst second. Every single second is in the journal.
 */
export class IntervalSeries {
  readonly #limit: number
  #intervals: IntervalResult[] = []
  #secondsEach = 1

  constructor(limit = LONGEST) {
    this.#limit = limit
  }

  add(interval: IntervalResult): void {
    const last = this.#intervals.at(-1)
    if (last !== undefined && last.seconds + interval.seconds <= this.#secondsEach + 0.5)
      this.#intervals[this.#intervals.length - 1] = join(last, interval)
    else this.#intervals.push(interval)
    if (this.#intervals.length > this.#limit) this.#halve()
  }

  toArray(): readonly IntervalResult[] {
    return this.#intervals
  }

  #halve(): void {
    this.#secondsEach *= 2
    const joined: IntervalResult[] = []
    for (let index = 0; index < this.#intervals.length; index += 2) {
      const first = this.#intervals[index]!
      const second = this.#intervals[index + 1]
      joined.push(second === undefined ? first : join(first, second))
    }
    this.#intervals = joined
  }
}

function join(first: IntervalResult, second: IntervalResult): IntervalResult {
  const worst = (a: number | null, b: number | null): number | null =>
    a === null || b === null ? null : Math.max(a, b)
  return {
    at_ms: second.at_ms,
    seconds: first.seconds + second.seconds,
    scheduled: first.scheduled + second.scheduled,
    issued: first.issued + second.issued,
    ok: first.ok + second.ok,
    failed: first.failed + second.failed,
    indeterminate: first.indeterminate + second.indeterminate,
    dropped: first.dropped + second.dropped,
    service_p50_ms: Math.max(first.service_p50_ms, second.service_p50_ms),
    service_p99_ms: Math.max(first.service_p99_ms, second.service_p99_ms),
    response_p50_ms: worst(first.response_p50_ms, second.response_p50_ms),
    response_p99_ms: worst(first.response_p99_ms, second.response_p99_ms),
    connections_active: second.connections_active,
    reconnections: first.reconnections + second.reconnections,
    phase: first.phase,
  }
}

export interface IntervalFacts {
  readonly interval: Snapshot
  readonly seconds: number
  readonly isOpenLoop: boolean
  readonly phase: 'warmup' | 'measure'
  /** Name of the stage of the load; `null` in a load without stages. */
  readonly stage: string | null
  readonly merge: (histograms: readonly Histogram[]) => Histogram
}

/** One second in numbers, from the difference of two snapshots. */
export function describeInterval({
  interval,
  seconds,
  isOpenLoop,
  phase,
  stage,
  merge,
}: IntervalFacts): IntervalResult {
  const { counters, series } = interval[phase]
  const commands = series.filter(({ info }) => info.shape !== 'batch' && info.waits !== true)
  const service = merge(
    commands.flatMap(({ serviceSuccess, serviceError }) => [serviceSuccess, serviceError]),
  )
  const response = merge(
    commands.flatMap(({ responseSuccess, responseError }) => [responseSuccess, responseError]),
  )
  const quantile = (histogram: Histogram, q: number): number =>
    Math.round(histogram.quantile(q) * 10) / 10_000
  return {
    at_ms: interval.atMillis,
    seconds: Math.round(seconds * 1000) / 1000,
    scheduled: counters.scheduled,
    issued: counters.issued,
    ...countOutcomes({ series }),
    dropped: counters.dropped_max_in_flight + counters.dropped_generator_late,
    service_p50_ms: quantile(service, 0.5),
    service_p99_ms: quantile(service, 0.99),
    response_p50_ms: isOpenLoop ? quantile(response, 0.5) : null,
    response_p99_ms: isOpenLoop ? quantile(response, 0.99) : null,
    connections_active: interval.gauges.connections_active,
    reconnections: interval.counters.reconnections,
    phase: stage,
  }
}
