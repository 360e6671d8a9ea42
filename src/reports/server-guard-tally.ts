import type { ServerGuards } from '../model/server-guards.ts'
import type { ServerColumn, ServerRow, ServerState, SlowlogEntry } from '../model/server-samples.ts'
import { valueIn } from './server-columns.ts'

/** Time and what was spent in it. */
interface Spent {
  cpuSeconds: number
  seconds: number
}

/** What thresholds are judged on, from one look after the other. */
export class ServerGuardTally {
  readonly #shortestSeconds: number
  readonly #highest = new Map<ServerColumn, number>()
  readonly #sums = new Map<ServerColumn, number>()
  readonly #spent = new Map<string, Spent>()
  #memoryShare: number | null = null
  #cpuMax: number | null = null
  #slowlogLongestMillis = 0

  /** Rates of less than half an interval are chance: they do not count as the highest. */
  constructor(secondsEach: number) {
    this.#shortestSeconds = secondsEach / 2
  }

  row(server: string, row: ServerRow): void {
    for (const name of HIGHEST) this.#raise(name, valueIn(row, name))
    for (const name of SUMS) {
      const value = valueIn(row, name)
      if (value !== null) this.#sums.set(name, (this.#sums.get(name) ?? 0) + value)
    }
    const [used, limit] = [valueIn(row, 'memory_used_bytes'), valueIn(row, 'memory_max_bytes')]
    if (used !== null && limit !== null && limit > 0)
      this.#memoryShare = Math.max(this.#memoryShare ?? 0, used / limit)
    this.#cpu(server, row)
  }

  slowlog(entries: readonly SlowlogEntry[]): void {
    for (const { duration_ms } of entries)
      this.#slowlogLongestMillis = Math.max(this.#slowlogLongestMillis, duration_ms)
  }

  toGuards({ mode, looks, slowlog_seen, refused = [] }: ServerState): ServerGuards {
    const highest = (name: ServerColumn): number | null => this.#highest.get(name) ?? null
    const sum = (name: ServerColumn): number | null => this.#sums.get(name) ?? null
    const shares = [...this.#spent.values()].map(({ cpuSeconds, seconds }) => cpuSeconds / seconds)
    const isLogged = mode === 'full' && looks.length > 0 && !refused.includes('SLOWLOG')
    return {
      used_memory_share: this.#memoryShare,
      used_memory_bytes: highest('memory_used_bytes'),
      cpu_share: shares.length === 0 ? null : Math.max(...shares),
      cpu_share_max: this.#cpuMax,
      connected_clients: highest('connected_clients'),
      blocked_clients: highest('blocked_clients'),
      hit_ratio: shareOf(sum('keyspace_hits'), sum('keyspace_misses')),
      evicted_keys: sum('evicted_keys'),
      rejected_connections: sum('rejected_connections'),
      replication_lag_bytes: highest('replication_lag_bytes'),
      longest_fork_ms: highest('fork_ms'),
      slowlog_entries: isLogged ? slowlog_seen : null,
      slowlog_longest_ms: isLogged ? this.#slowlogLongestMillis : null,
      unanswered: looks.length === 0 ? null : looks.reduce((all, { unanswered }) => all + unanswered, 0),
    }
  }

  #raise(name: ServerColumn, value: number | null): void {
    if (value !== null) this.#highest.set(name, Math.max(this.#highest.get(name) ?? value, value))
  }

  #cpu(server: string, row: ServerRow): void {
    const cpuSeconds = valueIn(row, 'cpu_main_thread_seconds') ?? valueIn(row, 'cpu_seconds')
    const { seconds } = row
    if (cpuSeconds === null || seconds <= 0) return
    const spent = this.#spent.get(server) ?? { cpuSeconds: 0, seconds: 0 }
    this.#spent.set(server, spent)
    spent.cpuSeconds += cpuSeconds
    spent.seconds += seconds
    if (seconds >= this.#shortestSeconds) this.#cpuMax = Math.max(this.#cpuMax ?? 0, cpuSeconds / seconds)
  }
}

const HIGHEST = [
  ...(['memory_used_bytes', 'connected_clients', 'blocked_clients'] as const),
  ...(['replication_lag_bytes', 'fork_ms'] as const),
]
const SUMS = ['keyspace_hits', 'keyspace_misses', 'evicted_keys', 'rejected_connections'] as const

/** Not rounded: it is compared. */
function shareOf(hits: number | null, misses: number | null): number | null {
  return hits === null || misses === null || hits + misses === 0 ? null : hits / (hits + misses)
}
