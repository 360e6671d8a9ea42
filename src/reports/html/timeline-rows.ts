import type { Outage } from '../../model/connection-event.ts'
import type { DisturbanceResult } from '../../model/disturbance.ts'

/** A bar of a timeline, milliseconds since the disturbance began. */
export interface Bar {
  readonly from: number
  readonly to: number
  /** It did not come to its end. */
  readonly isOpen?: true
}

/** A phase of a disturbance: where it is on the timeline, and how long it took. */
export interface TimelineRow {
  readonly name: string
  readonly is: 'fault' | 'noticed' | 'errors' | 'away' | 'steady'
  readonly bars: readonly Bar[]
  /** What the bars are about, milliseconds; `null`: it did not happen. */
  readonly millis: number | null
  readonly note: string
}

export interface Timeline {
  /** What is shown, milliseconds since the disturbance began; both are multiples of {@link step}. */
  readonly from: number
  readonly to: number
  readonly step: number
  readonly rows: readonly TimelineRow[]
  /** Losses of single connections, those that were lost first at the top. */
  readonly outages: readonly Bar[]
}

const LANES = 60

/** The phases of a disturbance, and how much time around them is worth showing. */
export function timelineOf(one: DisturbanceResult, outages: readonly Outage[]): Timeline {
  const length = one.ended_at_ms - one.began_at_ms
  const lanes = lanesOf(one, outages)
  const rows = [
    faultRow(one),
    noticedRow(one),
    errorRow(one, length),
    awayRow(one, lanes),
    steadyRow(one, length),
  ]
  const bars = [...rows.flatMap((row) => row.bars), ...lanes]
  const first = Math.min(0, ...bars.map(({ from }) => from))
  const last = Math.max(1, ...bars.map(({ to }) => to))
  const step = niceStep((last - first) * 1.04)
  return {
    from: Math.floor(first / step) * step,
    to: Math.ceil((last * 1.02) / step) * step,
    step,
    rows,
    outages: lanes,
  }
}

function faultRow({ faults, began_at_ms, fault_count: count, cause }: DisturbanceResult): TimelineRow {
  return {
    name: 'Began',
    is: 'fault',
    bars: faults.map(({ at_ms }) => ({ from: at_ms - began_at_ms, to: at_ms - began_at_ms })),
    millis: 0,
    note: cause === null ? 'by itself' : count > 1 ? `${cause}, ${count} faults in all` : cause,
  }
}

function noticedRow(one: DisturbanceResult): TimelineRow {
  const { detection_ms: detection, first_error_after_ms: error, first_loss_after_ms: loss } = one
  const sign = Math.min(error ?? Number.POSITIVE_INFINITY, loss ?? Number.POSITIVE_INFINITY)
  const end = Number.isFinite(sign) ? sign : (detection ?? 0)
  const by =
    (loss ?? Number.POSITIVE_INFINITY) <= (error ?? Number.POSITIVE_INFINITY)
      ? 'a lost connection'
      : 'an error'
  return {
    name: 'Noticed',
    is: 'noticed',
    bars: detection === null ? [] : [{ from: end - detection, to: end }],
    millis: detection,
    note:
      detection === null
        ? 'no error, no loss'
        : `by ${by}, since the ${one.detection_from === 'fault' ? 'fault' : 'last good reply'}`,
  }
}

function errorRow(one: DisturbanceResult, length: number): TimelineRow {
  const { first_error_after_ms: from, first_success_after_ms: to, cost } = one
  const wrong = cost.failed + cost.indeterminate
  return {
    name: 'First error to first success',
    is: 'errors',
    bars:
      from === null
        ? []
        : [to === null ? { from, to: length, isOpen: true } : { from, to: Math.max(from, to) }],
    millis: from === null || to === null ? null : Math.max(0, to - from),
    note:
      from === null ? 'no error' : `${wrong} failed or unknown${to === null ? ', no success after it' : ''}`,
  }
}

/** Where the connection that was away for the longest was; from the first loss on, when that one was not kept. */
function awayRow(
  { connections, reconnection, first_loss_after_ms: first }: DisturbanceResult,
  lanes: readonly Bar[],
): TimelineRow {
  const { lost, reconnected, still_down } = connections
  const longest = reconnection.count === 0 ? 0 : reconnection.max_ms
  const away = lanes.find(({ from, to, isOpen }) => isOpen !== true && to - from >= longest * 0.999)
  return {
    name: 'Longest reconnection',
    is: 'away',
    bars: first === null ? [] : [away ?? { from: first, to: first + longest }],
    millis: reconnection.count === 0 ? null : longest,
    note:
      lost === 0
        ? 'no connection lost'
        : `${reconnected} of ${lost} back${still_down > 0 ? `, ${still_down} still down` : ''}`,
  }
}

function steadyRow(
  { steady_after_ms: steady, unconfirmed_after_ms: likely }: DisturbanceResult,
  length: number,
): TimelineRow {
  const to = steady ?? likely ?? length
  return {
    name: 'Until steady',
    is: 'steady',
    bars: [{ from: 0, to, ...(steady === null ? { isOpen: true as const } : {}) }],
    millis: steady ?? likely,
    note:
      steady !== null
        ? ''
        : likely === null
          ? 'not before the end'
          : 'it seems; the run ended too soon to be sure',
  }
}

function lanesOf(
  { began_at_ms: began, ended_at_ms: ended }: DisturbanceResult,
  outages: readonly Outage[],
): Bar[] {
  return outages
    .filter(({ lost_at_ms }) => lost_at_ms >= began - 1 && lost_at_ms <= ended)
    .toSorted((a, b) => a.lost_at_ms - b.lost_at_ms || a.duration_ms - b.duration_ms)
    .slice(0, LANES)
    .map(({ lost_at_ms, duration_ms, finished }) => ({
      from: lost_at_ms - began,
      to: lost_at_ms - began + duration_ms,
      ...(finished ? {} : { isOpen: true as const }),
    }))
}

/** So that three to eight of them cover it: 1, 2 or 5 times a power of ten, milliseconds. */
function niceStep(millis: number): number {
  const power = 10 ** Math.floor(Math.log10(millis / 3))
  return power * ([1, 2, 5].findLast((factor) => factor * power <= millis / 3) ?? 1)
}
