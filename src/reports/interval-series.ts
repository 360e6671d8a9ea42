import type { Histogram } from '../model/histogram.ts'
import { addCells, cellsOf } from '../model/latency-cells.ts'
import type { ErrorCount } from '../model/error-count.ts'
import type { IntervalResult } from '../model/interval-result.ts'
import { toMillis } from '../model/latency-summary.ts'
import type { SeriesSnapshot, Snapshot } from '../model/snapshot.ts'
import { countCodes } from './count-codes.ts'
import { countOutcomes } from './count-outcomes.ts'
import { joinPairs } from './join-pairs.ts'

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
    this.#intervals = joinPairs(this.#intervals, join)
  }
}

function join(first: IntervalResult, second: IntervalResult): IntervalResult {
  const seconds = first.seconds + second.seconds
  const mean = (of: (one: IntervalResult) => number): number =>
    seconds === 0 ? 0 : (of(first) * first.seconds + of(second) * second.seconds) / seconds
  const [one, other] = [first.target_ops_per_second, second.target_ops_per_second]
  return {
    ...second,
    ...worstOf(first, second),
    ...sumsOf(first, second),
    seconds,
    target_ops_per_second:
      one === null || other === null ? null : mean((interval) => interval.target_ops_per_second ?? 0),
    latency_cells: addCells(first.latency_cells, second.latency_cells),
    errors: addErrors([...first.errors, ...second.errors]),
    cpu_cores: mean(({ cpu_cores }) => cpu_cores),
    phase: first.phase,
  }
}

const SUMMED = [
  ...(['scheduled', 'issued', 'ok', 'failed', 'indeterminate', 'dropped'] as const),
  ...(['connections_lost', 'reconnections'] as const),
]
const WORST = [
  ...(['service_p50_ms', 'service_p99_ms', 'service_p999_ms', 'service_max_ms'] as const),
  ...(['response_p50_ms', 'response_p99_ms', 'response_p999_ms', 'response_max_ms'] as const),
  ...(['start_lag_p99_ms', 'loop_delay_p99_ms'] as const),
]

function sumsOf(
  first: IntervalResult,
  second: IntervalResult,
): Pick<IntervalResult, (typeof SUMMED)[number]> {
  const sums = SUMMED.map((name) => [name, first[name] + second[name]])
  return Object.fromEntries(sums) as Pick<IntervalResult, (typeof SUMMED)[number]>
}

function worstOf(
  first: IntervalResult,
  second: IntervalResult,
): Pick<IntervalResult, (typeof WORST)[number]> {
  const worst = WORST.map((name) => {
    const [a, b] = [first[name], second[name]]
    return [name, a === null || b === null ? null : Math.max(a, b)]
  })
  return Object.fromEntries(worst) as Pick<IntervalResult, (typeof WORST)[number]>
}

/** Each kind once. */
function addErrors(errors: readonly ErrorCount[]): ErrorCount[] {
  const sums = new Map<string, ErrorCount>()
  for (const error of errors) {
    const name = `${error.outcome} ${error.code}`
    sums.set(name, { ...error, count: error.count + (sums.get(name)?.count ?? 0) })
  }
  return [...sums.values()]
}

export interface IntervalFacts {
  readonly interval: Snapshot
  readonly seconds: number
  /** Mean of what the plan asked for; `null` in a closed loop. */
  readonly targetOpsPerSecond: number | null
  /** CPU that the load threads had used when it began. */
  readonly cpuMicrosBefore: number
  readonly phase: 'warmup' | 'measure'
  /** Name of the stage of the load; `null` in a load without stages. */
  readonly stage: string | null
  readonly merge: (histograms: readonly Histogram[]) => Histogram
}

/** One second in numbers, from the difference of two snapshots. */
export function describeInterval(facts: IntervalFacts): IntervalResult {
  const { interval, seconds, targetOpsPerSecond, cpuMicrosBefore, phase, stage, merge } = facts
  const { counters, series, startLag } = interval[phase]
  const { gauges } = interval
  return {
    at_ms: interval.atMillis,
    seconds: Math.round(seconds * 1000) / 1000,
    scheduled: counters.scheduled,
    issued: counters.issued,
    ...countOutcomes({ series }),
    dropped: counters.dropped_max_in_flight + counters.dropped_generator_late,
    target_ops_per_second: targetOpsPerSecond === null ? null : Math.round(targetOpsPerSecond * 1000) / 1000,
    ...latenciesOf(series, targetOpsPerSecond !== null, merge),
    errors: addErrors(
      series.flatMap(({ info, outcomes }) => (info.shape === 'batch' ? [] : countCodes(outcomes))),
    ),
    in_flight: gauges.in_flight,
    connections_active: gauges.connections_active,
    connections_lost: interval.counters.outages,
    reconnections: interval.counters.reconnections,
    start_lag_p99_ms: millisAt(startLag, 0.99),
    loop_delay_p99_ms: millisAt(interval.histograms.loop_delay, 0.99),
    cpu_cores: seconds <= 0 ? 0 : Math.round((gauges.cpu_micros - cpuMicrosBefore) / seconds / 1000) / 1000,
    phase: stage,
  }
}

function latenciesOf(
  series: readonly SeriesSnapshot[],
  isOpenLoop: boolean,
  merge: IntervalFacts['merge'],
): Pick<
  IntervalResult,
  | (`service_${string}` & keyof IntervalResult)
  | (`response_${string}` & keyof IntervalResult)
  | 'latency_cells'
> {
  const commands = series.filter(({ info }) => info.shape !== 'batch' && info.waits !== true)
  const service = merge(
    commands.flatMap(({ serviceSuccess, serviceError }) => [serviceSuccess, serviceError]),
  )
  const response = merge(
    commands.flatMap(({ responseSuccess, responseError }) => [responseSuccess, responseError]),
  )
  return {
    service_p50_ms: millisAt(service, 0.5),
    service_p99_ms: millisAt(service, 0.99),
    service_p999_ms: millisAt(service, 0.999),
    service_max_ms: millisAt(service, 1),
    response_p50_ms: isOpenLoop ? millisAt(response, 0.5) : null,
    response_p99_ms: isOpenLoop ? millisAt(response, 0.99) : null,
    response_p999_ms: isOpenLoop ? millisAt(response, 0.999) : null,
    response_max_ms: isOpenLoop ? millisAt(response, 1) : null,
    latency_cells: cellsOf(isOpenLoop ? response : service),
  }
}

function millisAt(histogram: Histogram, q: number): number {
  return toMillis(histogram.quantile(q))
}
