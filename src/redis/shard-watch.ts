import type { SlotListener } from '../model/call.ts'
import { ERROR_CODES } from '../model/error-codes.ts'
import { OK, type Outcome } from '../model/outcome.ts'

const SLOTS = 16_384
const UNAVAILABLE: readonly boolean[] = ERROR_CODES.map(
  ({ code, errorType }) =>
    ['connection_error', 'timeout', 'cluster_error'].includes(errorType) && code !== 'CROSSSLOT',
)

/** A time in which no command for a range of slots succeeded, as one load thread saw it. */
export interface ShardGap {
  /** First and last slot of the range, as the Cluster was divided when the run began. */
  readonly from_slot: number
  readonly to_slot: number
  /** Thread clock, milliseconds: when the first failure was settled, and the next success. */
  readonly failedAt: number
  readonly recoveredAt: number
  /** Commands that failed, or whose answer was lost, in between. */
  readonly failures: number
  /** Fine code of the first failure, as an index. */
  readonly code: number
}

interface Shard {
  readonly from: number
  readonly to: number
  failedAt: number
  failures: number
  code: number
}

/**
 * Measures what users of a shard feel, whatever the client does behind it: from the first failure of a command for a range
 * of slots to the next success. Failures that say nothing about the shard (WRONGTYPE, OOM, …) do not count.
 */
export class ShardWatch implements SlotListener {
  readonly #shards: Shard[] = []
  readonly #shardOf = new Uint16Array(SLOTS)
  readonly #onGap: (gap: ShardGap) => void

  constructor(onGap: (gap: ShardGap) => void) {
    this.#onGap = onGap
  }

  /** The first map of slots divides them into shards for the whole run. */
  learn(slots: readonly (readonly string[] | undefined)[]): void {
    if (this.#shards.length > 0) return
    for (let slot = 0; slot < SLOTS; slot++) {
      const before = this.#shards.at(-1)
      if (before !== undefined && slots[slot]?.[0] === slots[slot - 1]?.[0])
        this.#shards[this.#shards.length - 1] = { ...before, to: slot }
      else this.#shards.push({ from: slot, to: slot, failedAt: Number.NaN, failures: 0, code: 0 })
      this.#shardOf[slot] = this.#shards.length - 1
    }
  }

  settled(slot: number, outcome: Outcome, code: number, at: number): void {
    const shard = this.#shards[this.#shardOf[slot]!]
    if (shard === undefined) return
    if (outcome === OK) {
      if (shard.failures > 0) this.#end(shard, at)
    } else if (UNAVAILABLE[code] === true && shard.failures++ === 0) {
      shard.failedAt = at
      shard.code = code
    }
  }

  /** Gaps that had no end when the run did. */
  open(at: number): ShardGap[] {
    return this.#shards.filter(({ failures }) => failures > 0).map((shard) => gapOf(shard, at))
  }

  #end(shard: Shard, at: number): void {
    this.#onGap(gapOf(shard, at))
    shard.failures = 0
  }
}

function gapOf({ from, to, failedAt, failures, code }: Shard, recoveredAt: number): ShardGap {
  return { from_slot: from, to_slot: to, failedAt, recoveredAt, failures, code }
}
