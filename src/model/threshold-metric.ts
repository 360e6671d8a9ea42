import { VERDICTS, type Verdict } from './verification.ts'
import type { Histogram } from './histogram.ts'
import type { SeriesSnapshot } from './snapshot.ts'
import type { ThreadHistogram } from './ledger.ts'
import { seriesFor, settledCounts, type SettledCounts } from './threshold-numbers.ts'
import type {
  AckedNumbers,
  EndNumbers,
  MessageNumbers,
  RunNumbers,
  ThresholdNumbers,
} from './threshold-numbers.ts'

/**
 * `time`: ms, us or s, asked for by a statistic. `duration`: ms, us or s, a single one. `share`: a percentage, or a number
 * from 0 to 1. `count` and `rate` (a second): a bare number.
 */
export type ThresholdKind = 'time' | 'duration' | 'share' | 'count' | 'rate'

interface MetricBase {
  readonly kind: ThresholdKind
  /** Whether `(GET)` may follow; or an instant of the measured time; or, before the name, `fault(client-kill)`. */
  readonly operation: 'none' | 'optional' | 'required' | 'instant' | 'fault'
  /** `phase`: of the whole run, or of one phase. `run`: of the whole run only. */
  readonly scope: 'phase' | 'run'
  /** When a threshold on it may end a run: `counts` only grow, so that a limit once passed stays passed. */
  readonly course: 'moves' | 'counts' | 'known_at_end'
  /** Needs due instants, which a closed loop has not. */
  readonly needsOpenLoop?: true
  /** Is known only where the servers are looked at (`full`: with their slow logs). */
  readonly needsServers?: true | 'full'
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
  readonly kind: 'duration' | 'share' | 'count' | 'rate'
  /** Microseconds for a duration; infinite: it never came to that. `undefined`: no data. */
  readonly number: (numbers: ThresholdNumbers, operation: string | null) => number | undefined
}

export type ThresholdMetric = TimeMetric | NumberMetric

const NOTHING_SETTLED = { ok: false, note: 'no data: no such command was settled' }
const UNKNOWN_AT_END = { ok: false, note: 'no data: the run did not come to its end' }
export const NO_MESSAGE = { ok: false, note: 'no data: nobody listened, or the server did not say' }
const NO_ACKED_WRITE = {
  ok: false,
  note: 'no data: no audit writes (--audit-writes), or they could not be read back, or the audit is void',
}
export const NEVER_STARTED = { ok: false, note: 'no data: nothing was sent' }

type Times = (numbers: ThresholdNumbers, operation: string | null) => Histogram

/** Waiting for something to happen says nothing of how fast the others are. */
function timedSeries(numbers: ThresholdNumbers, operation: string | null): readonly SeriesSnapshot[] {
  return seriesFor(numbers, operation).filter(({ info }) => operation !== null || info.waits !== true)
}

/** Successes and errors alike: a timeout must not make a quantile better. */
export const responseTimes: Times = (numbers, operation) =>
  numbers.merge(
    timedSeries(numbers, operation).flatMap(({ responseSuccess, responseError }) => [
      responseSuccess,
      responseError,
    ]),
  )

export const serviceTimes: Times = (numbers, operation) =>
  numbers.merge(
    timedSeries(numbers, operation).flatMap(({ serviceSuccess, serviceError }) => [
      serviceSuccess,
      serviceError,
    ]),
  )

/** What has connections of its own has no due instants, in an open loop either. */
export const usualTimes: Times = (numbers, operation) => {
  if (!numbers.isOpenLoop) return serviceTimes(numbers, operation)
  const response = responseTimes(numbers, operation)
  return operation !== null && response.count === 0 ? serviceTimes(numbers, operation) : response
}

export function latency(histogram: Times, help: string): TimeMetric {
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

export function commands(
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

export function connectionTime(
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

export function connectionCount(help: string, number: (run: RunNumbers) => number): NumberMetric {
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

/** Without a single read that was verified nothing is known of them. */
export function verdictCount(help: string, verdict: Verdict): NumberMetric {
  const isVerified = ({ counters }: RunNumbers): boolean =>
    VERDICTS.some((one) => counters[`verify_${one}`] > 0)
  return {
    ...connectionCount(help, ({ counters }) => counters[`verify_${verdict}`]),
    withoutData: { ok: false, note: 'no data: no read was verified (--verify)' },
    number: ({ run }) => (run !== null && isVerified(run) ? run.counters[`verify_${verdict}`] : undefined),
  }
}

export function atTheEnd(help: string, number: (end: EndNumbers) => number | null): NumberMetric {
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

/** Not known without audit writes, nor of what could not be read back. */
export function ackedWrites(help: string, name: keyof AckedNumbers): NumberMetric {
  return { ...atTheEnd(help, ({ acked }) => acked[name]), withoutData: NO_ACKED_WRITE }
}

export function messages(help: string, name: keyof MessageNumbers): NumberMetric {
  return { ...atTheEnd(help, ({ messages: all }) => all[name]), withoutData: NO_MESSAGE }
}

export function share(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole
}

export const noReconnection = { ok: true, note: 'no data: no connection was lost' }
