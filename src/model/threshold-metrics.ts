import type { Histogram } from './histogram.ts'
import type { ThreadHistogram } from './ledger.ts'
import { droppedOf, seriesFor, settledCounts, type SettledCounts } from './threshold-numbers.ts'
import type { EndNumbers, RunNumbers, ThresholdNumbers } from './threshold-numbers.ts'

/** `time`: ms, us or s. `share`: a percentage, or a number from 0 to 1. `count` and `rate` (a second): a bare number. */
export type ThresholdKind = 'time' | 'share' | 'count' | 'rate'

interface MetricBase {
  readonly kind: ThresholdKind
  /** Whether `(GET)` may follow. */
  readonly operation: 'none' | 'optional' | 'required'
  /** `phase`: of the whole run, or of one phase. `run`: of the whole run only. */
  readonly scope: 'phase' | 'run'
  /** When a threshold on it may end a run: `counts` only grow, so that a limit once passed stays passed. */
  readonly course: 'moves' | 'counts' | 'known_at_end'
  /** Needs due instants, which a closed loop has not. */
  readonly needsOpenLoop?: true
  readonly help: string
  /** What a threshold comes to when there is nothing to compare. */
  readonly withoutData: { readonly ok: boolean; readonly note: string }
}

/** A time that is asked for by quantile, mean, minimum or maximum. */
export interface TimeMetric extends MetricBase {
  readonly kind: 'time'
  readonly histogram: (numbers: ThresholdNumbers, operation: string | null) => Histogram | undefined
}

export interface NumberMetric extends MetricBase {
  readonly kind: 'share' | 'count' | 'rate'
  /** `undefined`: no data. */
  readonly number: (numbers: ThresholdNumbers, operation: string | null) => number | undefined
}

export type ThresholdMetric = TimeMetric | NumberMetric

const NOTHING_SETTLED = { ok: false, note: 'no data: no such command was settled' }
const UNKNOWN_AT_END = { ok: false, note: 'no data: the run did not come to its end' }
const NEVER_STARTED = { ok: false, note: 'no data: nothing was sent' }

type Times = (numbers: ThresholdNumbers, operation: string | null) => Histogram

/** Successes and errors alike: a timeout must not make a quantile better. */
const responseTimes: Times = (numbers, operation) =>
  numbers.merge(
    seriesFor(numbers, operation).flatMap(({ responseSuccess, responseError }) => [
      responseSuccess,
      responseError,
    ]),
  )

const serviceTimes: Times = (numbers, operation) =>
  numbers.merge(
    seriesFor(numbers, operation).flatMap(({ serviceSuccess, serviceError }) => [
      serviceSuccess,
      serviceError,
    ]),
  )

/** What has connections of its own has no due instants, in an open loop either. */
const usualTimes: Times = (numbers, operation) => {
  if (!numbers.isOpenLoop) return serviceTimes(numbers, operation)
  const response = responseTimes(numbers, operation)
  return operation !== null && response.count === 0 ? serviceTimes(numbers, operation) : response
}

function latency(histogram: Times, help: string): TimeMetric {
  return {
    kind: 'time',
    operation: 'optional',
    scope: 'phase',
    course: 'moves',
    help,
    withoutData: NOTHING_SETTLED,
    histogram,
  }
}

function commands(
  kind: 'share' | 'count',
  help: string,
  number: (counts: SettledCounts) => number | undefined,
): NumberMetric {
  return {
    kind,
    operation: 'optional',
    scope: 'phase',
    course: kind === 'count' ? 'counts' : 'moves',
    help,
    withoutData: NOTHING_SETTLED,
    number: (numbers, operation) => number(settledCounts(numbers, operation)),
  }
}

function connectionTime(
  name: ThreadHistogram,
  help: string,
  withoutData: MetricBase['withoutData'],
): TimeMetric {
  return {
    kind: 'time',
    operation: 'none',
    scope: 'run',
    course: 'moves',
    help,
    withoutData,
    histogram: ({ run }) => run?.histograms[name],
  }
}

function connectionCount(help: string, number: (run: RunNumbers) => number): NumberMetric {
  return {
    kind: 'count',
    operation: 'none',
    scope: 'run',
    course: 'counts',
    help,
    withoutData: UNKNOWN_AT_END,
    number: ({ run }) => (run === null ? undefined : number(run)),
  }
}

function atTheEnd(help: string, number: (end: EndNumbers) => number | null): NumberMetric {
  return {
    kind: 'count',
    operation: 'none',
    scope: 'run',
    course: 'known_at_end',
    help,
    withoutData: UNKNOWN_AT_END,
    number: ({ run }) => {
      const end = run?.end ?? undefined
      return end === undefined ? undefined : (number(end) ?? undefined)
    },
  }
}

function share(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole
}

const noReconnection = { ok: true, note: 'no data: no connection was lost' }

/** Everything a threshold can be about. Add a metric here: parser, checks, results and documentation follow it. */
export const THRESHOLD_METRICS = {
  latency: latency(
    usualTimes,
    'Time of all settled commands, written without a name (`p99`): response time in an open loop, service time in a closed one',
  ),
  response: {
    ...latency(responseTimes, 'Response time: from the instant a command was due to its answer'),
    needsOpenLoop: true,
  },
  service: latency(serviceTimes, 'Service time: from sending a command to its answer'),
  error_rate: commands(
    'share',
    'Failed and indeterminate commands, as a share of the settled ones',
    ({ failed, indeterminate, settled }) => share(failed + indeterminate, settled),
  ),
  success_rate: commands('share', 'Successful commands, as a share of the settled ones', ({ ok, settled }) =>
    share(ok, settled),
  ),
  ok: commands('count', 'Commands that the server answered without an error', ({ ok }) => ok),
  failed: commands('count', 'Commands that failed for certain', ({ failed }) => failed),
  indeterminate: commands(
    'count',
    'Commands that were sent and whose answer never came',
    ({ indeterminate }) => indeterminate,
  ),
  hit_rate: {
    ...commands('share', 'Answers that were not nil, as a share of the successful ones', ({ ok, nil }) =>
      share(ok - nil, ok),
    ),
    operation: 'required',
    withoutData: { ok: false, note: 'no data: no such command succeeded' },
  },
  nil_rate: {
    ...commands('share', 'Answers that were nil, as a share of the successful ones', ({ ok, nil }) =>
      share(nil, ok),
    ),
    operation: 'required',
    withoutData: { ok: false, note: 'no data: no such command succeeded' },
  },
  ops_per_second: {
    kind: 'rate',
    operation: 'optional',
    scope: 'phase',
    course: 'known_at_end',
    help: 'Settled commands a second of the measured time',
    withoutData: NEVER_STARTED,
    number: (numbers, operation) => {
      const { settled } = settledCounts(numbers, operation)
      const inTime = operation === null ? numbers.settledInTime : undefined
      return share(inTime ?? settled, numbers.seconds)
    },
  },
  dropped: {
    kind: 'count',
    operation: 'none',
    scope: 'phase',
    course: 'counts',
    help: 'Arrivals that were never sent: too many in flight, or the generator was late',
    withoutData: NEVER_STARTED,
    number: droppedOf,
  },
  drop_rate: {
    kind: 'share',
    operation: 'none',
    scope: 'phase',
    course: 'moves',
    help: 'Dropped arrivals, as a share of the scheduled ones',
    withoutData: NEVER_STARTED,
    number: (numbers) => share(droppedOf(numbers), numbers.measure.counters.scheduled),
  },
  start_lag: {
    kind: 'time',
    operation: 'none',
    scope: 'phase',
    course: 'moves',
    needsOpenLoop: true,
    help: 'How late the generator itself sent what was due',
    withoutData: NEVER_STARTED,
    histogram: ({ measure }) => measure.startLag,
  },
  in_flight_at_end: atTheEnd(
    'Commands that were neither answered nor given up when the run ended',
    ({ inFlight }) => inFlight,
  ),
  connection: connectionTime('first_connect_success', 'First connects: dial to ready', NEVER_STARTED),
  reconnection: {
    ...connectionTime('reconnection', 'Reconnections: loss to ready again', noReconnection),
    histogram: ({ run, merge }) => {
      if (run === null) return undefined
      const { reconnection } = run.histograms
      return run.end === null ? reconnection : merge([reconnection, run.end.unfinishedOutages])
    },
  },
  detection: connectionTime(
    'detection',
    'How long commands had waited on a dead connection before its loss was seen',
    noReconnection,
  ),
  backoff: connectionTime('backoff', 'Delays before reconnection attempts, of each outage', noReconnection),
  outages: connectionCount('Ready connections that were lost', ({ counters }) => counters.outages),
  connection_failures: connectionCount(
    'Attempts to connect that failed',
    ({ histograms }) => histograms.attempt_error.count,
  ),
  'audit.ok': atTheEnd('1 when every equation of the audit holds, 0 when one does not', ({ auditOk }) =>
    auditOk ? 1 : 0,
  ),
  'audit.lost': atTheEnd('Commands that are unaccounted for', ({ auditLost }) => auditLost),
} as const satisfies Readonly<Record<string, ThresholdMetric>>

export type ThresholdMetricName = keyof typeof THRESHOLD_METRICS

export function isThresholdMetric(name: string): name is ThresholdMetricName {
  return Object.hasOwn(THRESHOLD_METRICS, name)
}

export function thresholdMetric(name: ThresholdMetricName): ThresholdMetric {
  return THRESHOLD_METRICS[name]
}
