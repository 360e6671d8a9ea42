import type { StaleReads } from '../model/acked-writes.ts'
import { sequenceOf } from '../workload/acked/audit-lists.ts'
import { ACKNOWLEDGED } from '../workload/acked/write-fates.ts'
import type { Segment } from './acked-segments.ts'
import type { AckedServers } from './acked-servers.ts'

const LIMIT_MILLIS = 1000
/** With READONLY set, a connection would hide from a reading that it asks a replica. */
const CHANNEL = 'replica'
/** Lists that each replica is asked for in one look. */
const LISTS_PER_LOOK = 4

interface ReplicaWatchParts {
  readonly servers: AckedServers
  /** Segments that are being written and of which nothing is known to be lost. */
  readonly segments: () => readonly Segment[]
  /** Milliseconds since the beginning of the run, as fates count them. */
  readonly now: () => number
}

/**
 * Asks every replica, about once a second, for the last element of a few lists. A replica that does not show a write which
 * had been acknowledged before it was asked would have given whoever reads from it a stale answer.
 */
export class ReplicaWatch {
  readonly #parts: ReplicaWatchParts
  #isLooking = false
  #turn = 0
  #reads = 0
  #stale = 0
  #ageSumMillis = 0
  #ageMaxMillis = 0

  constructor(parts: ReplicaWatchParts) {
    this.#parts = parts
  }

  /** Starts a look, unless the last one still goes on. */
  look(): void {
    if (this.#isLooking) return
    this.#isLooking = true
    this.#lookOnce()
      // Who does not answer is no stale read.
      .catch(() => {})
      .finally(() => {
        this.#isLooking = false
      })
  }

  /** `null` when no replica was ever read. */
  totals(): StaleReads | null {
    if (this.#reads === 0) return null
    return {
      reads: this.#reads,
      stale: this.#stale,
      age_mean_ms: this.#stale === 0 ? 0 : this.#ageSumMillis / this.#stale,
      age_max_ms: this.#ageMaxMillis,
    }
  }

  /** Who is whose replica is asked each time: after a failover, what a promoted replica lacks is lost, not stale. */
  async #lookOnce(): Promise<void> {
    const { servers, segments } = this.#parts
    const nodes = await servers.nodes(LIMIT_MILLIS)
    const replicas = nodes.filter(({ role, isDown }) => role === 'replica' && !isDown)
    if (replicas.length === 0) return
    const masters = await servers.masters(LIMIT_MILLIS)
    const open = segments()
    await Promise.all(
      replicas.map(async ({ address, master }) => {
        const own = open.filter(({ key }) => masters.of(key) === master)
        if (own.length === 0) return
        // Of a Cluster; a replica of a single master answers without.
        await servers.call(address, 'READONLY', [], LIMIT_MILLIS, CHANNEL).catch(() => {})
        for (let index = 0; index < Math.min(LISTS_PER_LOOK, own.length); index++)
          await this.#read(address, own[(this.#turn + index) % own.length]!)
      }),
    )
    this.#turn += LISTS_PER_LOOK
  }

  async #read(address: string, { key, ordinal, fates, index }: Segment): Promise<void> {
    const { servers, now } = this.#parts
    const before = fates.fatesOf(index)
    const askedAt = now()
    const [last] = (await servers.call(address, 'LRANGE', [key, -1, -1], LIMIT_MILLIS, CHANNEL)) as string[]
    const shown = last === undefined ? -1 : Number(last) - sequenceOf(ordinal, 0)
    const missing = before.findIndex((fate, place) => place > shown && fate >= ACKNOWLEDGED)
    this.#reads++
    if (missing < 0) return
    const ageMillis = Math.max(0, askedAt - (before[missing]! - ACKNOWLEDGED))
    this.#stale++
    this.#ageSumMillis += ageMillis
    this.#ageMaxMillis = Math.max(this.#ageMaxMillis, ageMillis)
  }
}
