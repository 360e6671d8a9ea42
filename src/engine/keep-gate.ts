import type { KeptCommand, KeptReason } from '../model/kept-command.ts'
import { KEPT_REASONS } from '../model/kept-command.ts'
import { type LedgerWriter, MEASURE } from '../model/ledger.ts'
import { INDETERMINATE, OK } from '../model/outcome.ts'
import type { Random } from '../model/random.ts'
import { SlowestUnits } from './slowest-units.ts'

export interface KeepLimits {
  readonly sampleRatio: number
  /** For each reason. */
  readonly maxPerSecond: number
  readonly slowMillis: number
  /** How many of the slowest units of each series are kept, for the measured phase. */
  readonly slowestOfEach: number
}

const REFILLS_PER_SECOND = 10

/** A unit as it is offered. */
export type Candidate = Omit<KeptCommand, 'reason' | 'isSlowest'>

/**
 * Decides which settled commands get a span: a random share, every error and every slow one, each reason up to a rate; and
 * which are among the slowest of their series in the measured phase. A command that is not kept costs two comparisons.
 */
export class KeepGate {
  readonly #limits: KeepLimits
  readonly #random: Random
  readonly #ledger: LedgerWriter
  readonly #tokens: Record<(typeof KEPT_REASONS)[number], number>
  /** By series. */
  readonly #slowest: readonly SlowestUnits[]
  /** By series: a unit that takes as long is worth a look. */
  readonly #thresholdMillis: Float64Array
  #followsSlowest = false
  #kept: KeptCommand[] = []
  #untilSample: number

  /** `seriesCount`: of the plan. */
  constructor(limits: KeepLimits, random: Random, ledger: LedgerWriter, seriesCount: number) {
    this.#limits = limits
    this.#random = random
    this.#ledger = ledger
    this.#tokens = { sampled: 0, error: 0, slow: 0 }
    this.#slowest = Array.from({ length: seriesCount }, () => new SlowestUnits(limits.slowestOfEach))
    this.#thresholdMillis = new Float64Array(seriesCount).fill(limits.slowMillis)
    this.#untilSample = this.#nextGap()
    this.refill()
  }

  /** Whether a unit with this outcome and service time is a candidate. Advances the sampling. */
  isCandidate(series: number, outcome: number, serviceMillis: number): boolean {
    return --this.#untilSample <= 0 || outcome !== OK || serviceMillis >= this.#thresholdMillis[series]!
  }

  /** From now on the slowest units are looked for: the measured phase has begun. Not where commands wait for something. */
  followSlowest(): void {
    if (!Number.isFinite(this.#limits.slowMillis)) return
    this.#followsSlowest = true
    this.#thresholdMillis.fill(0)
  }

  /** Keeps a candidate if its reason has room, or if it is among the slowest. */
  keep(candidate: Candidate): void {
    const isSlowest = this.#isAmongSlowest(candidate)
    const isSampled = this.#untilSample <= 0
    if (isSampled) this.#untilSample = this.#nextGap()
    const reason = this.#reasonFor(candidate, isSampled)
    if (reason === 'slowest') {
      if (isSlowest) this.#kept.push({ reason, isSlowest, ...candidate })
      return
    }
    if (this.#tokens[reason] < 1) {
      this.#ledger.count('kept_dropped', 1)
      if (isSlowest) this.#kept.push({ reason: 'slowest', isSlowest, ...candidate })
      return
    }
    this.#tokens[reason]--
    this.#ledger.count(`kept_${reason}`, 1)
    this.#kept.push({ reason, isSlowest, ...candidate })
  }

  /** To be called ten times a second. Unused room adds up to one second's worth. */
  refill(): void {
    const { maxPerSecond } = this.#limits
    for (const reason of KEPT_REASONS)
      this.#tokens[reason] = Math.min(
        Math.max(1, maxPerSecond),
        this.#tokens[reason] + maxPerSecond / REFILLS_PER_SECOND,
      )
  }

  /** What was kept since the last call. */
  take(): readonly KeptCommand[] {
    const kept = this.#kept
    if (kept.length === 0) return kept
    this.#kept = []
    // Slower ones may have come since.
    return kept.filter(
      ({ reason, series, settledAt, sentAt }) =>
        reason !== 'slowest' || settledAt - sentAt >= this.#slowest[series]!.floorMillis,
    )
  }

  /** Answered ones alone: how long others would have taken, nobody knows. */
  #isAmongSlowest({ series, outcome, phase, settledAt, sentAt }: Candidate): boolean {
    if (!this.#followsSlowest || outcome === INDETERMINATE || phase !== MEASURE) return false
    const slowest = this.#slowest[series]!
    if (!slowest.offer(settledAt - sentAt)) return false
    this.#thresholdMillis[series] = Math.min(this.#limits.slowMillis, slowest.floorMillis)
    return true
  }

  #reasonFor(candidate: Candidate, isSampled: boolean): KeptReason {
    if (candidate.outcome !== OK) return 'error'
    if (candidate.settledAt - candidate.sentAt >= this.#limits.slowMillis) return 'slow'
    return isSampled ? 'sampled' : 'slowest'
  }

  /** Distance to the next sampled command: geometric, so that each has the same chance. */
  #nextGap(): number {
    const { sampleRatio } = this.#limits
    if (sampleRatio <= 0) return Number.POSITIVE_INFINITY
    if (sampleRatio >= 1) return 1
    return Math.ceil(Math.log(1 - this.#random.next()) / Math.log(1 - sampleRatio)) || 1
  }
}
