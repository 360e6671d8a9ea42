import type { Outage } from '../model/connection-event.ts'
import {
  type DisturbanceResult,
  type FaultInstant,
  type Pulse,
  PULSE_MILLIS,
  type SteadyBefore,
} from '../model/disturbance.ts'
import type { ShardOutage } from '../model/shard-outage.ts'
import { mergeShardOutages } from './describe-nodes.ts'
import { Tally } from './disturbance-tally.ts'
import { DisturbedConnections } from './disturbed-connections.ts'
import type { DurationTools } from './duration-summary.ts'
import { isSteady, type SlidingSecond } from './steady-state.ts'

/** For so long the load has to be as it was before it counts as steady. */
export const HOLD_MILLIS = 2000
const EXAMPLES = 20
/** As each load thread sees them, before those of one shard are put together. */
const SHARD_OUTAGES_KEPT = 1000
/** A pulse with less of what is usual is bad, though a second may hide one. */
const LEAST_OF_PULSE = 0.75
/** A sign may arrive so much after what it is a sign of. */
const LATE_MILLIS = 1000

export interface Beginning {
  readonly atMillis: number
  /** What began with a pulse began at any time until its end. Otherwise `atMillis`. */
  readonly atLatestMillis: number
  /** The end of the disturbance before it. */
  readonly notBeforeMillis: number
}

/** One disturbance while it goes on: counts what it costs and finds out when it is over. Bounded, however long. */
export class OpenDisturbance {
  #beganAtMillis: number
  readonly before: SteadyBefore | null
  readonly #isOpenLoop: boolean
  readonly #cost = new Tally()
  /** Since the load looks steady: undone when it does not hold. */
  readonly #tail = new Tally()
  #tailSeconds: SlidingSecond[] = []
  #steadySinceMillis: number | undefined
  readonly #faults: FaultInstant[] = []
  readonly #kinds = new Set<string>()
  #faultCount = 0
  #faultsInForce = 0
  #cause: string | null = null
  #lastFaultMillis = Number.NEGATIVE_INFINITY
  #firstErrorMillis: number | undefined
  #firstSuccessMillis: number | undefined
  readonly #connections: DisturbedConnections
  readonly #shardOutages: ShardOutage[] = []
  #down = 0
  #isClosed = false
  /** End of the last pulse of the load; while it is drained nothing gets steady. */
  #lastMillis = Number.NEGATIVE_INFINITY
  /** End of the last pulse, before it looked steady, that was bad by itself: within the tolerance of a second. */
  #lastBadMillis = Number.NEGATIVE_INFINITY
  #atLatestMillis: number
  readonly #notBeforeMillis: number

  constructor(
    { atMillis, atLatestMillis, notBeforeMillis }: Beginning,
    before: SteadyBefore | null,
    { isOpenLoop, tools }: { readonly isOpenLoop: boolean; readonly tools: DurationTools },
  ) {
    this.#beganAtMillis = Math.max(atMillis, notBeforeMillis)
    this.#atLatestMillis = Math.max(atLatestMillis, notBeforeMillis)
    this.#notBeforeMillis = notBeforeMillis
    this.before = before
    this.#isOpenLoop = isOpenLoop
    this.#connections = new DisturbedConnections(tools)
  }

  get beganAtMillis(): number {
    return this.#beganAtMillis
  }

  /** Kinds of the faults in it, and `null` when it began without one. */
  get kinds(): (string | null)[] {
    return this.#cause === null ? [null, ...this.#kinds] : [...this.#kinds]
  }

  /** Until {@link faultEnded} it is not over. A fault that is stamped before the first sign is the cause. */
  faultBegan(fault: FaultInstant): void {
    if (this.#cause === null && fault.at_ms <= this.#atLatestMillis) {
      this.#cause = fault.kind
      this.#beganAtMillis = fault.at_ms
    }
    if (this.#faults.length < EXAMPLES) this.#faults.push(fault)
    this.#kinds.add(fault.kind)
    this.#faultCount++
    this.#faultsInForce++
    this.#lastFaultMillis = Math.max(this.#lastFaultMillis, fault.at_ms)
  }

  faultEnded(atMillis: number): void {
    this.#faultsInForce = Math.max(0, this.#faultsInForce - 1)
    this.#lastFaultMillis = Math.max(this.#lastFaultMillis, atMillis)
  }

  /** `second`: the one that ends with the pulse, if there is one. */
  add(pulse: Pulse, second: SlidingSecond | undefined): void {
    this.#noteSigns(pulse)
    this.#down = pulse.down
    if (!pulse.draining) this.#lastMillis = pulse.at_ms
    if (this.#steadySinceMillis === undefined && this.#isBad(pulse)) this.#lastBadMillis = pulse.at_ms
    const isSteadyNow = this.#judge(pulse, second)
    if (isSteadyNow === undefined) {
      ;(this.#steadySinceMillis === undefined ? this.#cost : this.#tail).add(pulse)
    } else if (isSteadyNow) {
      this.#steadySinceMillis ??= second!.beganAtMillis
      this.#tail.add(pulse)
      this.#tailSeconds.push(second!)
      if (this.#tailSeconds.length > 10 * EXAMPLES) this.#tailSeconds.shift()
    } else {
      this.#steadySinceMillis = undefined
      this.#cost.absorb(this.#tail)
      this.#cost.add(pulse)
      this.#tailSeconds = []
    }
  }

  outage(outage: Outage): void {
    this.#noteSign(outage.lost_at_ms)
    this.#connections.add(outage)
  }

  shardOutage(outage: ShardOutage): void {
    if (this.#shardOutages.length < SHARD_OUTAGES_KEPT) this.#shardOutages.push(outage)
  }

  /** Whether the load has been steady for long enough, and no fault is in force. */
  isOver(): boolean {
    const since = this.steadyAtMillis
    if (since === undefined || this.#faultsInForce > 0) return false
    return this.#lastMillis - Math.max(since, this.#lastFaultMillis) >= HOLD_MILLIS
  }

  /** It is over. Gives back what belongs to the quiet after it. */
  close(): { readonly tail: Tally; readonly seconds: readonly SlidingSecond[] } {
    this.#isClosed = true
    const seconds = this.#tailSeconds
    this.#tailSeconds = []
    return { tail: this.#tail, seconds }
  }

  /** What was not closed went on until `endMillis`. `isKilled`: nobody was left to say what is down. */
  describe(
    number: number,
    {
      endMillis,
      isKilled,
      startMillis,
    }: {
      readonly endMillis: number
      readonly isKilled: boolean
      readonly startMillis: number
    },
  ): DisturbanceResult {
    const isOver = this.#isClosed
    if (!isOver) this.#cost.absorb(this.#tail)
    const began = this.#beganAtMillis
    const after = (millis: number | undefined): number | null =>
      millis === undefined ? null : Math.max(0, millis - began)
    const steadyAfter = isOver ? after(this.steadyAtMillis) : null
    return {
      number,
      began_at_ms: began,
      began_after_start_ms: began - startMillis,
      cause: this.#cause,
      faults: this.#faults,
      fault_count: this.#faultCount,
      first_error_after_ms: after(this.#firstErrorMillis),
      first_loss_after_ms: after(this.#connections.first?.atMillis),
      ...this.#detection(),
      errors: this.#cost.errors,
      ...this.#connections.describe(isKilled ? this.#down : undefined),
      shard_outages: mergeShardOutages(this.#shardOutages).slice(0, EXAMPLES),
      first_success_after_ms: after(this.#firstSuccessMillis),
      steady_before: this.before,
      steady_after_ms: steadyAfter,
      unconfirmed_after_ms: isOver ? null : after(this.steadyAtMillis),
      ended_at_ms: steadyAfter === null ? Math.max(began, endMillis) : began + steadyAfter,
      cost: this.#cost.cost,
    }
  }

  #judge(pulse: Pulse, second: SlidingSecond | undefined): boolean | undefined {
    if (pulse.draining || second === undefined || second.answered === null) return undefined
    return isSteady(second, this.before, this.#isOpenLoop)
  }

  /** Not before the last connection is back, whatever the averages say. */
  get steadyAtMillis(): number | undefined {
    return this.#steadySinceMillis === undefined
      ? undefined
      : Math.max(
          this.#beganAtMillis,
          this.#steadySinceMillis,
          this.#connections.lastReconnectedMillis,
          this.#lastBadMillis,
        )
  }

  #noteSigns({ first_failure_ms, first_success_ms, failed, indeterminate, at_ms }: Pulse): void {
    const isFailing = failed + indeterminate > 0
    const failure = first_failure_ms ?? (isFailing && this.#firstErrorMillis === undefined ? at_ms : null)
    if (failure !== null) this.#noteFailure(failure)
    if (first_success_ms === null || this.#firstErrorMillis === undefined) return
    if (this.#firstSuccessMillis === undefined && first_success_ms >= this.#firstErrorMillis)
      this.#firstSuccessMillis = first_success_ms
  }

  /** An exact instant; what had begun in the pulse around it began there, and what had begun later earlier. */
  #noteSign(atMillis: number): void {
    if (this.#cause !== null) return
    const began = this.#beganAtMillis
    if (atMillis < this.#notBeforeMillis) return
    if (atMillis > Math.max(began, this.#atLatestMillis)) return
    this.#beganAtMillis = atMillis
    this.#atLatestMillis = atMillis
  }

  #isBad({ ok, scheduled, down }: Pulse): boolean {
    const usual = this.before?.answered_low ?? (this.#isOpenLoop ? 1 : 0)
    const expected = this.#isOpenLoop ? usual * scheduled : (usual * PULSE_MILLIS) / 1000
    return down > 0 || ok < LEAST_OF_PULSE * expected
  }

  #noteFailure(atMillis: number): void {
    if (atMillis >= this.#beganAtMillis - LATE_MILLIS) this.#noteSign(atMillis)
    // Before a fault it cannot be of its making.
    if (atMillis < this.#beganAtMillis) return
    this.#firstErrorMillis = Math.min(this.#firstErrorMillis ?? Number.POSITIVE_INFINITY, atMillis)
  }

  #detection(): Pick<DisturbanceResult, 'detection_ms' | 'detection_from'> {
    const lost = this.#connections.first
    const sign = Math.min(
      this.#firstErrorMillis ?? Number.POSITIVE_INFINITY,
      lost?.atMillis ?? Number.POSITIVE_INFINITY,
    )
    const detection_from = this.#cause === null ? 'last_reply' : 'fault'
    const since = this.#cause !== null ? this.#beganAtMillis : lost && lost.atMillis - lost.silentMillis
    if (since === undefined || !Number.isFinite(sign)) return { detection_ms: null, detection_from }
    return { detection_ms: Math.max(0, sign - since), detection_from }
  }
}
