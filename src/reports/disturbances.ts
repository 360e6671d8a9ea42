import type { Outage } from '../model/connection-event.ts'
import {
  type DisturbanceKind,
  type DisturbanceResult,
  DISTURBANCES_KEPT,
  type DisturbancesRecord,
  type DisturbancesResult,
  type FaultInstant,
  type Pulse,
} from '../model/disturbance.ts'
import type { ShardOutage } from '../model/shard-outage.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { countOutcomes } from './count-outcomes.ts'
import { addCosts, NO_COST, Tally } from './disturbance-tally.ts'
import type { DurationTools } from './duration-summary.ts'
import { OpenDisturbance } from './open-disturbance.ts'
import { type SlidingSecond, SlidingSeconds, SteadyState } from './steady-state.ts'

/** Pulses that wait before they count as undisturbed: news of a fault or a loss may arrive after them. */
const WAITING = 10
/** So many pulses without any answer are a disturbance, if so many answers a second were usual. */
const STALLED = 5
const LEAST_RATE = 20
/** Errors by themselves: more than twice the usual share. */
const UNUSUAL = 2
/** Disturbances that are over and to which an outage may still belong. */
const RECENT = 4

interface Seen {
  readonly pulse: Pulse
  readonly second: SlidingSecond | undefined
  /** Its beginning: the end of the one before. */
  readonly sinceMillis: number
}

export interface TrackerParts {
  readonly isOpenLoop: boolean
  /** Milliseconds since the epoch. */
  readonly measureStartMillis: number
  /** Instants from which errors are to be counted, milliseconds of the measured time. */
  readonly errorsAfterMillis: readonly number[]
  readonly tools: DurationTools
}

/**
 * Finds the disturbances of a run from its pulses, faults and outages, in the order in which they arrive. The same
 * input, from a journal, gives the same. Its memory does not depend on the length of the run.
 */
export class DisturbanceTracker {
  readonly #parts: TrackerParts
  readonly #seconds: SlidingSeconds
  readonly #steady = new SteadyState()
  readonly #waiting: Seen[] = []
  readonly #outside = new Tally()
  readonly #kinds = new Map<string | null, DisturbanceKind>()
  readonly #errorsAfter: number[]
  /** Faults that last. */
  readonly #inForce = new Set<number>()
  #open: OpenDisturbance | undefined
  /** Closed, with its number, the newest last. */
  #recent: { readonly disturbance: OpenDisturbance; readonly number: number }[] = []
  #list: DisturbanceResult[] = []
  #cost = NO_COST
  #count = 0
  #lastMillis: number

  constructor(parts: TrackerParts) {
    this.#parts = parts
    this.#seconds = new SlidingSeconds(parts.isOpenLoop)
    this.#errorsAfter = parts.errorsAfterMillis.map(() => 0)
    this.#lastMillis = parts.measureStartMillis
  }

  /** Who is answered later than this is delayed; infinite as long as nothing is known. */
  /** Since when the load is disturbed, milliseconds since the epoch; `null` when it is not. */
  get disturbedSinceMillis(): number | null {
    return this.#open?.beganAtMillis ?? null
  }

  get delayedAboveMillis(): number {
    const before = this.#open === undefined ? this.#steady.before : this.#open.before
    return before?.delayed_above_ms ?? Number.POSITIVE_INFINITY
  }

  pulse(pulse: Pulse): void {
    const second = this.#seconds.push(pulse)
    const seen = { pulse, second, sinceMillis: this.#lastMillis }
    this.#lastMillis = pulse.at_ms
    this.#countErrors(seen)
    if (this.#open !== undefined) {
      this.#open.add(pulse, second)
      if (this.#open.isOver()) this.#close(this.#open)
      return
    }
    this.#waiting.push(seen)
    const sign = pulse.draining ? undefined : this.#firstSign()
    if (sign !== undefined) this.#begin(sign.atMillis, sign.atLatestMillis)
    else if (this.#waiting.length > WAITING) this.#settle(this.#waiting.shift()!)
  }

  /** {@link faultEnded} follows, at once for a fault that does not last. */
  faultBegan(fault: FaultInstant, id: number): void {
    const open = this.#open ?? this.#begin(fault.at_ms)
    open.faultBegan(fault)
    this.#inForce.add(id)
  }

  isInForce(id: number): boolean {
    return this.#inForce.has(id)
  }

  faultEnded(id: number, atMillis: number): void {
    if (this.#inForce.delete(id)) this.#open?.faultEnded(atMillis)
  }

  /** When a connection is ready again, or at the end of the run. Each belongs to exactly one disturbance. */
  outage(outage: Outage): void {
    this.#ownerOf(outage.lost_at_ms).outage(outage)
  }

  /** When commands for the slots succeed again, or at the end of the run. */
  shardOutage(outage: ShardOutage): void {
    this.#ownerOf(outage.failed_at_ms).shardOutage(outage)
  }

  /** The run is over. `unfinished`: `undefined` when it was killed. */
  finish(
    endMillis: number,
    unfinished: readonly Outage[] | undefined,
    unfinishedShards: readonly ShardOutage[] = [],
  ): DisturbancesRecord {
    for (const outage of unfinished ?? []) this.outage(outage)
    for (const outage of unfinishedShards) this.shardOutage(outage)
    for (const seen of this.#waiting.splice(0)) this.#settle(seen)
    for (const { disturbance, number } of this.#recent.splice(0)) this.#file(disturbance, number, endMillis)
    const open = this.#open
    this.#open = undefined
    if (open !== undefined) this.#file(open, ++this.#count, endMillis, unfinished === undefined)
    const list = longest(this.#list)
    return {
      count: this.#count,
      list,
      left_out: this.#count - list.length,
      kinds: [...this.#kinds.values()],
      cost: this.#cost,
      delayedOutside: this.#outside.cost.delayed,
      errors_after: this.#parts.errorsAfterMillis.map((after_ms, index) => ({
        after_ms,
        count: this.#errorsAfter[index]!,
      })),
    }
  }

  #begin(atMillis: number, atLatestMillis = atMillis): OpenDisturbance {
    const earlier = this.#waiting.filter(({ pulse }) => pulse.at_ms <= atMillis)
    for (const seen of earlier) this.#settle(seen)
    const notBeforeMillis = this.#recent.at(-1)?.disturbance.steadyAtMillis ?? Number.NEGATIVE_INFINITY
    const beginning = { atMillis, atLatestMillis, notBeforeMillis }
    const open = new OpenDisturbance(beginning, this.#steady.before, this.#parts)
    for (const { pulse, second } of this.#waiting.splice(0).slice(earlier.length)) open.add(pulse, second)
    this.#open = open
    return open
  }

  /** When what the last pulses show began; `undefined` when they show nothing. */
  #firstSign(): { readonly atMillis: number; readonly atLatestMillis: number } | undefined {
    const { pulse, second, sinceMillis } = this.#waiting.at(-1)!
    const { before } = this.#steady
    const hasErrors = pulse.failed + pulse.indeterminate > 0
    const areUnusual =
      before !== null && second !== undefined && second.errorShare > UNUSUAL * before.error_share_high
    if (pulse.down > 0 || (hasErrors && areUnusual))
      return { atMillis: sinceMillis, atLatestMillis: pulse.at_ms }
    if (before === null || hasErrors) return undefined
    const last = this.#waiting.slice(-STALLED)
    const isStalled =
      last.length === STALLED &&
      before.ops_per_second >= LEAST_RATE &&
      last.every((one) => one.pulse.ok + one.pulse.failed + one.pulse.indeterminate === 0) &&
      (!this.#parts.isOpenLoop || last.every((one) => one.pulse.scheduled > 0))
    if (!isStalled) return undefined
    const [{ sinceMillis: atMillis }] = last as [Seen]
    return { atMillis, atLatestMillis: atMillis }
  }

  #settle({ pulse, second }: Seen): void {
    this.#outside.add(pulse)
    if (second !== undefined && !pulse.draining) this.#steady.add(second)
  }

  #close(open: OpenDisturbance): void {
    const { tail, seconds } = open.close()
    this.#outside.absorb(tail)
    for (const second of seconds) this.#steady.add(second)
    this.#open = undefined
    this.#recent.push({ disturbance: open, number: ++this.#count })
    const oldest = this.#recent.length > RECENT ? this.#recent.shift() : undefined
    if (oldest !== undefined) this.#file(oldest.disturbance, oldest.number, this.#lastMillis)
  }

  #ownerOf(atMillis: number): OpenDisturbance {
    const open = this.#open
    if (open !== undefined && atMillis >= open.beganAtMillis) return open
    const last = this.#recent.findLast(({ disturbance }) => atMillis >= disturbance.beganAtMillis)
    const wasGoingOn = last !== undefined && last.disturbance.steadyAtMillis! >= atMillis
    if (wasGoingOn) return last.disturbance
    return open ?? this.#begin(atMillis)
  }

  #countErrors({ pulse, sinceMillis }: Seen): void {
    const errors = pulse.failed + pulse.indeterminate
    if (errors === 0) return
    const { errorsAfterMillis, measureStartMillis } = this.#parts
    for (const [index, after] of errorsAfterMillis.entries())
      if (sinceMillis >= measureStartMillis + after) this.#errorsAfter[index]! += errors
  }

  /** Nothing will be added to it any more. */
  #file(disturbance: OpenDisturbance, number: number, endMillis: number, isKilled = false): void {
    const startMillis = this.#parts.measureStartMillis
    const result = disturbance.describe(number, { endMillis, isKilled, startMillis })
    this.#cost = addCosts(this.#cost, result.cost)
    for (const kind of disturbance.kinds)
      this.#kinds.set(kind, addToKind(this.#kinds.get(kind), kind, result))
    this.#list.push(result)
    if (this.#list.length >= 2 * DISTURBANCES_KEPT) this.#list = longest(this.#list)
  }
}

/** Together with what is outside of them they are the totals of the run, to the unit. */
export function describeDisturbances(
  { delayedOutside, ...record }: DisturbancesRecord,
  { measure }: Pick<Snapshot, 'measure'>,
): DisturbancesResult {
  const { failed, indeterminate } = countOutcomes(measure)
  const { dropped_max_in_flight: full, dropped_generator_late: late } = measure.counters
  const { cost } = record
  return {
    ...record,
    outside: {
      failed: Math.max(0, failed - cost.failed),
      indeterminate: Math.max(0, indeterminate - cost.indeterminate),
      dropped: Math.max(0, full + late - cost.dropped),
      delayed: delayedOutside,
    },
  }
}

function longest(list: readonly DisturbanceResult[]): DisturbanceResult[] {
  const lengthOf = ({ steady_after_ms }: DisturbanceResult): number =>
    steady_after_ms ?? Number.POSITIVE_INFINITY
  return (
    list.length <= DISTURBANCES_KEPT
      ? [...list]
      : list.toSorted((a, b) => lengthOf(b) - lengthOf(a) || a.number - b.number).slice(0, DISTURBANCES_KEPT)
  ).toSorted((a, b) => a.number - b.number)
}

const NOTHING: Omit<DisturbanceKind, 'kind'> = {
  count: 0,
  not_recovered: 0,
  recovery_max_ms: null,
  detection_max_ms: null,
  reconnection_max_ms: null,
  lost: 0,
  still_down: 0,
  ...NO_COST,
}

function addToKind(
  sum: DisturbanceKind | undefined,
  kind: string | null,
  one: DisturbanceResult,
): DisturbanceKind {
  const larger = (a: number | null, b: number | null): number | null =>
    a === null ? b : b === null ? a : Math.max(a, b)
  const { connections, reconnection } = one
  const before = sum ?? { ...NOTHING, kind }
  return {
    kind,
    count: before.count + 1,
    not_recovered: before.not_recovered + (one.steady_after_ms === null ? 1 : 0),
    recovery_max_ms: larger(before.recovery_max_ms, one.steady_after_ms),
    detection_max_ms: larger(before.detection_max_ms, one.detection_ms),
    reconnection_max_ms: larger(
      before.reconnection_max_ms,
      reconnection.count === 0 ? null : reconnection.max_ms,
    ),
    lost: before.lost + connections.lost,
    still_down: before.still_down + connections.still_down,
    ...addCosts(before, one.cost),
  }
}
