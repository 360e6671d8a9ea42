import type { ServerNow } from '../model/server-now.ts'
import type { ControlClient } from '../redis/control-client.ts'
import type { InfoFields } from '../redis/info.ts'

const ANSWER_LIMIT_MILLIS = 900

/** Asks the servers that get the load how they are: one INFO each, never two at a time, on connections without load. */
export class ServerWatch {
  readonly #controls: readonly Pick<ControlClient, 'info'>[]
  readonly #now: () => number
  #latest: ServerNow | null = null
  #reads: { readonly hits: number; readonly misses: number } | undefined
  #isAsking = false

  constructor(controls: readonly Pick<ControlClient, 'info'>[], now: () => number) {
    this.#controls = controls
    this.#now = now
  }

  /** `null` until they have answered for the first time. */
  get latest(): ServerNow | null {
    return this.#latest
  }

  /** To be called once a second. Servers that do not answer leave what they said before. */
  look(): void {
    if (this.#isAsking) return
    this.#isAsking = true
    void this.#ask().finally(() => {
      this.#isAsking = false
    })
  }

  async #ask(): Promise<void> {
    const asked = this.#controls.map((control) => control.info(ANSWER_LIMIT_MILLIS).catch(() => undefined))
    const answers = await Promise.all(asked)
    const fields = answers.filter((answer): answer is InfoFields => answer !== undefined)
    if (fields.length === 0 || fields.length < this.#controls.length) return
    const sum = (name: string): number | null => {
      const values = fields.map((one) => Number(one.get(name) ?? Number.NaN))
      return values.some(Number.isNaN) ? null : values.reduce((total, value) => total + value, 0)
    }
    this.#latest = {
      atMillis: this.#now(),
      memoryBytes: sum('used_memory'),
      clients: sum('connected_clients'),
      opsPerSecond: sum('instantaneous_ops_per_sec'),
      hitRatio: this.#hitRatio(sum('keyspace_hits') ?? 0, sum('keyspace_misses') ?? 0),
    }
  }

  /** Of the reads since the last answer; of all there were, when none came since. */
  #hitRatio(hits: number, misses: number): number | null {
    const before = this.#reads
    this.#reads = { hits, misses }
    const isOneLife = before !== undefined && hits >= before.hits && misses >= before.misses
    const [newHits, newMisses] = isOneLife ? [hits - before.hits, misses - before.misses] : [hits, misses]
    return newHits + newMisses === 0 ? null : newHits / (newHits + newMisses)
  }
}
