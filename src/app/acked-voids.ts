import { causeOf } from '../redis/control-client.ts'
import { parseCommandStats } from '../redis/info.ts'
import type { AckedServers } from './acked-servers.ts'

/** Commands that empty or exchange databases. */
const EMPTYING = ['flushall', 'flushdb', 'swapdb']

/** What one life of a server had counted when it was first looked at. */
interface Baseline {
  readonly evicted: number
  readonly emptied: number
}

const NOTHING: Baseline = { evicted: 0, emptied: 0 }

/**
 * Looks for what takes keys away on purpose: then nobody can say that a write which is gone was lost. Our lists have no time
 * to live, so keys that expire are none of them.
 */
export class AckedVoids {
  readonly #servers: AckedServers
  /** By the run id of the server. */
  readonly #baselines = new Map<string, Baseline>()
  #reason: string | null = null

  constructor(servers: AckedServers) {
    this.#servers = servers
  }

  get reason(): string | null {
    return this.#reason
  }

  /** Before the load: what had been counted by then is not ours. */
  async begin(limitMillis: number): Promise<void> {
    try {
      const nodes = await this.#servers.nodes(limitMillis)
      await Promise.all(
        nodes.map(({ address, role }) =>
          this.#look(address, limitMillis, true).catch((error: unknown) => {
            // A replica may be down, and is looked at when it becomes a master.
            if (role === 'master') throw error
          }),
        ),
      )
    } catch (error) {
      this.#reason = `the server does not say whether it evicts keys: ${causeOf(error)}`
    }
  }

  /** With every reading. All are looked at; rejects when one of them does not answer. */
  async look(addresses: readonly string[], limitMillis: number): Promise<void> {
    if (this.#reason !== null) return
    const looks = addresses.map((address) => this.#look(address, limitMillis, false))
    for (const look of await Promise.allSettled(looks)) if (look.status === 'rejected') throw look.reason
  }

  async #look(address: string, limitMillis: number, isFirst: boolean): Promise<void> {
    const info = await this.#servers.info(address, 'all', limitMillis)
    const policy = info.get('maxmemory_policy')
    const stats = parseCommandStats(info)
    const now: Baseline = {
      evicted: Number(info.get('evicted_keys') ?? 0),
      emptied: EMPTYING.reduce((sum, name) => sum + (stats.get(name)?.calls ?? 0), 0),
    }
    const runId = info.get('run_id') ?? ''
    if (isFirst) this.#baselines.set(runId, now)
    const before = this.#baselines.get(runId) ?? NOTHING
    if (policy === undefined) this.#void('the server does not say whether it evicts keys')
    else if (policy.startsWith('allkeys-') && info.get('maxmemory') !== '0')
      this.#void(`the server may evict any key (maxmemory-policy ${policy})`)
    else if (now.evicted > before.evicted)
      this.#void(`the server evicted ${now.evicted - before.evicted} keys`)
    else if (now.emptied > before.emptied)
      this.#void('the database was emptied (FLUSHALL, FLUSHDB or SWAPDB)')
  }

  #void(reason: string): void {
    this.#reason ??= reason
  }
}
