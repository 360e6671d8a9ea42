import type { KeptCommand, KeptReason } from '../model/kept-command.ts'
import { KEPT_REASONS } from '../model/kept-command.ts'
import type { LedgerWriter } from '../model/ledger.ts'
import { OK } from '../model/outcome.ts'
import type { Random } from '../model/random.ts'

export interface KeepLimits {
  readonly sampleRatio: number
  /** For each reason. */
  readonly maxPerSecond: number
  readonly slowMillis: number
}

const REFILLS_PER_SECOND = 10

/**
 * Decides which settled commands get a span: a random share, every error and every slow one, each reason up to a rate.
 * A command that is not kept costs two comparisons.
 */
export class KeepGate {
  readonly #limits: KeepLimits
  readonly #random: Random
  readonly #ledger: LedgerWriter
  readonly #tokens: Record<KeptReason, number>
  #kept: KeptCommand[] = []
  #untilSample: number

  constructor(limits: KeepLimits, random: Random, ledger: LedgerWriter) {
    this.#limits = limits
    this.#random = random
    this.#ledger = ledger
    this.#tokens = { sampled: 0, error: 0, slow: 0 }
    this.#untilSample = this.#nextGap()
    this.refill()
  }

  /** Whether a unit with this outcome and service time is a candidate. Advances the sampling. */
  isCandidate(outcome: number, serviceMillis: number): boolean {
    return --this.#untilSample <= 0 || outcome !== OK || serviceMillis >= this.#limits.slowMillis
  }

  /** Keeps a candidate if its reason has room. */
  keep(candidate: Omit<KeptCommand, 'reason'>): void {
    const isSampled = this.#untilSample <= 0
    if (isSampled) this.#untilSample = this.#nextGap()
    const reason = this.#reasonFor(candidate, isSampled)
    if (this.#tokens[reason] < 1) {
      this.#ledger.count('kept_dropped', 1)
      return
    }
    this.#tokens[reason]--
    this.#ledger.count(`kept_${reason}`, 1)
    this.#kept.push({ reason, ...candidate })
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
    if (kept.length > 0) this.#kept = []
    return kept
  }

  #reasonFor(candidate: Omit<KeptCommand, 'reason'>, isSampled: boolean): KeptReason {
    if (candidate.outcome !== OK) return 'error'
    if (candidate.settledAt - candidate.sentAt >= this.#limits.slowMillis) return 'slow'
    return isSampled ? 'sampled' : 'slow'
  }

  /** Distance to the next sampled command: geometric, so that each has the same chance. */
  #nextGap(): number {
    const { sampleRatio } = this.#limits
    if (sampleRatio <= 0) return Number.POSITIVE_INFINITY
    if (sampleRatio >= 1) return 1
    return Math.ceil(Math.log(1 - this.#random.next()) / Math.log(1 - sampleRatio)) || 1
  }
}
