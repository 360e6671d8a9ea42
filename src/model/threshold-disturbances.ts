import type { DisturbanceCost, DisturbancesResult } from './disturbance.ts'
import type { NumberMetric } from './threshold-metric.ts'
import type { ThresholdNumbers } from './threshold-numbers.ts'

const MICROS_PER_MILLI = 1000
const UNDISTURBED = { ok: true, note: 'no data: nothing was disturbed' }
const NO_SUCH_FAULT = { ok: false, note: 'no data: there was no such disturbance' }
const UNKNOWN = { ok: false, note: 'no data: the run did not come to its end' }

/** What can be asked of one disturbance, or of all of a kind: the longest times and the sums. */
interface Asked extends DisturbanceCost {
  readonly count: number
  readonly not_recovered: number
  readonly recovery_max_ms: number | null
  readonly detection_max_ms: number | null
  readonly reconnection_max_ms: number | null
  readonly lost: number
  readonly still_down: number
}

/** `client-kill`, or `client-kill, 2` for the second disturbance with such a fault; `none`: without a fault. */
export function readFaultSelector(text: string): {
  readonly kind: string | null
  readonly which: number | null
} {
  const [kind = '', which] = text.split(', ')
  return { kind: kind === BY_ITSELF ? null : kind, which: which === undefined ? null : Number(which) }
}

const UNIT_MILLIS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Milliseconds of `30s`, as thresholds have it. */
export function instantMillis(text: string): number {
  const [, number, unit = 'ms'] = /^([\d.]+)([a-z]+)$/.exec(text) ?? []
  return Number(number) * UNIT_MILLIS[unit]!
}

function ofAll({ kinds, count, cost }: DisturbancesResult): Asked {
  const largest = (value: (kind: Asked) => number | null): number | null =>
    kinds.map(value).reduce((a, b) => (a === null ? b : b === null ? a : Math.max(a, b)), null)
  const most = (value: (kind: Asked) => number): number => Math.max(0, ...kinds.map(value))
  return {
    ...cost,
    count,
    not_recovered: most(({ not_recovered }) => not_recovered),
    recovery_max_ms: largest(({ recovery_max_ms }) => recovery_max_ms),
    detection_max_ms: largest(({ detection_max_ms }) => detection_max_ms),
    reconnection_max_ms: largest(({ reconnection_max_ms }) => reconnection_max_ms),
    lost: most(({ lost }) => lost),
    still_down: most(({ still_down }) => still_down),
  }
}

function ofFault({ kinds, list }: DisturbancesResult, selector: string): Asked | undefined {
  const { kind, which } = readFaultSelector(selector)
  if (which === null) return kinds.find((one) => one.kind === kind)
  const one = list.filter(({ cause, faults }) =>
    kind === null ? cause === null : faults.some((fault) => fault.kind === kind),
  )[which - 1]
  return one === undefined
    ? undefined
    : {
        ...one.cost,
        count: 1,
        not_recovered: one.steady_after_ms === null ? 1 : 0,
        recovery_max_ms: one.steady_after_ms,
        detection_max_ms: one.detection_ms,
        reconnection_max_ms: one.reconnection.count === 0 ? null : one.reconnection.max_ms,
        lost: one.connections.lost,
        still_down: one.connections.still_down,
      }
}

/** Without a fault nothing has to happen; of a fault somebody wanted to see what it does. */
const BY_ITSELF = 'none'
const NOTHING_BY_ITSELF: Asked = {
  count: 0,
  not_recovered: 0,
  recovery_max_ms: null,
  detection_max_ms: null,
  reconnection_max_ms: null,
  lost: 0,
  still_down: 0,
  failed: 0,
  indeterminate: 0,
  dropped: 0,
  delayed: 0,
}

type Ask = (asked: Asked) => number | null

/** A time is infinite when it did not come to its end. */
const recovery: Ask = ({ count, not_recovered, recovery_max_ms }) =>
  count === 0 ? null : not_recovered > 0 ? Number.POSITIVE_INFINITY : micros(recovery_max_ms)
const reconnection: Ask = ({ still_down, reconnection_max_ms }) =>
  still_down > 0 ? Number.POSITIVE_INFINITY : micros(reconnection_max_ms)
const detection: Ask = ({ detection_max_ms }) => micros(detection_max_ms)

function micros(millis: number | null): number | null {
  return millis === null ? null : millis * MICROS_PER_MILLI
}

function disturbancesOf({ run }: ThresholdNumbers): DisturbancesResult | undefined {
  return run?.end?.disturbances
}

function anywhere(kind: NumberMetric['kind'], help: string, ask: Ask): NumberMetric {
  return {
    kind,
    operation: 'none',
    scope: 'run',
    course: 'known_at_end',
    help,
    withoutData: kind === 'duration' ? UNDISTURBED : UNKNOWN,
    number(numbers) {
      const all = disturbancesOf(numbers)
      return all === undefined ? undefined : (ask(ofAll(all)) ?? undefined)
    },
  }
}

function inFault(kind: NumberMetric['kind'], help: string, ask: Ask): NumberMetric {
  return {
    kind,
    operation: 'fault',
    scope: 'run',
    course: 'known_at_end',
    help: `${help}, of the disturbances with such a fault`,
    withoutData: NO_SUCH_FAULT,
    number(numbers, selector) {
      const all = disturbancesOf(numbers)
      if (all === undefined || selector === null) return undefined
      const asked = ofFault(all, selector) ?? (selector === BY_ITSELF ? NOTHING_BY_ITSELF : undefined)
      return asked === undefined ? undefined : (ask(asked) ?? (kind === 'duration' ? 0 : undefined))
    },
  }
}

/** Metrics of what went wrong and how it ended. See docs/disturbances.md. */
export const DISTURBANCE_METRICS = {
  recovered_within: anywhere(
    'duration',
    'The longest time from the beginning of a disturbance until the load was back to what it was',
    recovery,
  ),
  detected_within: anywhere(
    'duration',
    'The longest time from a fault (or the last good reply) to the first error or close',
    detection,
  ),
  reconnected_within: anywhere(
    'duration',
    'The longest time from the loss of a connection in a disturbance to ready again',
    reconnection,
  ),
  disturbances: anywhere('count', 'Disturbances, with a fault or without', ({ count }) => count),
  delayed: anywhere(
    'count',
    'Successful commands in disturbances that were answered later than what was usual before',
    ({ delayed }) => delayed,
  ),
  'errors.outside': {
    ...anywhere('count', '', () => 0),
    help: 'Failed and indeterminate commands outside of all disturbances',
    number(numbers: ThresholdNumbers) {
      const all = disturbancesOf(numbers)
      return all === undefined ? undefined : all.outside.failed + all.outside.indeterminate
    },
  },
  'errors.after': {
    ...anywhere('count', '', () => 0),
    operation: 'instant',
    help: 'Failed and indeterminate commands that were settled later than this in the measured time',
    number(numbers: ThresholdNumbers, instant: string | null) {
      const after = instantMillis(instant ?? '')
      const count = disturbancesOf(numbers)?.errors_after.find(({ after_ms }) => after_ms === after)?.count
      // Of a run that ended before nobody knows.
      return count === 0 && numbers.seconds * 1000 < after ? undefined : count
    },
  },
  'fault.recovered_within': inFault('duration', 'The longest time to recover', recovery),
  'fault.detected_within': inFault('duration', 'The longest time to the first error or close', detection),
  'fault.reconnected_within': inFault('duration', 'The longest time from loss to ready again', reconnection),
  'fault.disturbances': inFault('count', 'How many there were', ({ count }) => count),
  'fault.failed': inFault('count', 'Commands that failed for certain', ({ failed }) => failed),
  'fault.indeterminate': inFault(
    'count',
    'Commands whose answer never came',
    ({ indeterminate }) => indeterminate,
  ),
  'fault.dropped': inFault('count', 'Arrivals that were never sent', ({ dropped }) => dropped),
  'fault.delayed': inFault('count', 'Commands that were answered late', ({ delayed }) => delayed),
  'fault.outages': inFault('count', 'Connections that were lost', ({ lost }) => lost),
  'fault.unfinished': inFault(
    'count',
    'Connections that were still down at the end',
    ({ still_down }) => still_down,
  ),
} as const satisfies Readonly<Record<string, NumberMetric>>
