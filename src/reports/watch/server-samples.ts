import type { ShownServers } from '../../model/shown-servers.ts'
import type { Sample } from './read-exposition.ts'

/** What a scrape says of one server. `null`: it does not say. */
export interface ServerSample {
  readonly isUp: boolean
  readonly isMaster: boolean
  /** When the server said so, milliseconds since the epoch. */
  readonly atMillis: number | null
  readonly memoryBytes: number | null
  readonly clients: number | null
  readonly commands: number | null
  readonly hits: number | null
  readonly misses: number | null
}

type Samples = ReadonlyMap<string, readonly Sample[]>

/** By address; `undefined` where servers are not looked at. */
export function serversOf(samples: Samples): ReadonlyMap<string, ServerSample> | undefined {
  const up = samples.get('redis_up')
  if (up === undefined) return undefined
  const of = (name: string, server: string): number | null =>
    samples.get(name)?.find(({ labels }) => addressOf(labels) === server)?.value ?? null
  return new Map(
    up.map(({ labels, value }): [string, ServerSample] => {
      const server = addressOf(labels)
      const at = of('redis_test_server_look_timestamp_seconds', server)
      return [
        server,
        {
          isUp: value === 1,
          isMaster: of('redis_master_repl_offset', server) !== null,
          atMillis: at === null ? null : at * 1000,
          memoryBytes: of('redis_memory_used_bytes', server),
          clients: of('redis_connected_clients', server),
          commands: of('redis_commands_processed_total', server),
          hits: of('redis_keyspace_hits_total', server),
          misses: of('redis_keyspace_misses_total', server),
        },
      ]
    }),
  )
}

function addressOf(labels: Sample['labels']): string {
  return `${labels['server_address'] ?? ''}:${labels['server_port'] ?? ''}`
}

interface Look {
  readonly sample: ServerSample
  readonly atMillis: number
  /** Since the look before it. */
  readonly grown: {
    readonly seconds: number
    readonly commands: number | null
    readonly hits: number | null
    readonly misses: number | null
  } | null
}

/** The servers of a run that is seen from outside, look by look: a scrape may see the same look twice, or none between two. */
export class WatchedServers {
  #looks = new Map<string, Look>()
  #areLookedAt = false

  add(servers: ReadonlyMap<string, ServerSample> | undefined, scrapedAtMillis: number): void {
    this.#areLookedAt = servers !== undefined
    const looks = new Map<string, Look>()
    for (const [server, sample] of servers ?? []) {
      const before = this.#looks.get(server)
      const atMillis = sample.isUp
        ? (sample.atMillis ?? scrapedAtMillis)
        : (before?.atMillis ?? scrapedAtMillis)
      looks.set(server, lookAfter(before, sample, atMillis))
    }
    this.#looks = looks
  }

  /** All masters together; where there is none among them, all servers. As the run itself shows them. */
  shown(nowMillis: number): ShownServers | null {
    if (!this.#areLookedAt) return null
    const looks = [...this.#looks.values()]
    const answering = looks.filter(({ sample }) => sample.isUp)
    const masters = answering.filter(({ sample }) => sample.isMaster)
    const counted = masters.length > 0 ? masters : answering
    const [hits, misses] = [
      sumOf(counted, ({ grown }) => grown?.hits ?? null),
      sumOf(counted, ({ grown }) => grown?.misses ?? null),
    ]
    const reads = (hits ?? 0) + (misses ?? 0)
    const ops = sumOf(counted, ({ grown }) =>
      grown === null || grown.commands === null ? null : grown.commands / grown.seconds,
    )
    return {
      atMillis:
        answering.length < looks.length ? Math.max(...looks.map(({ atMillis }) => atMillis)) : nowMillis,
      memoryBytes: sumOf(counted, ({ sample }) => sample.memoryBytes),
      clients: sumOf(counted, ({ sample }) => sample.clients),
      opsPerSecond: ops === null ? null : Math.round(ops),
      hitRatio: reads === 0 ? null : (hits ?? 0) / reads,
    }
  }
}

function lookAfter(before: Look | undefined, sample: ServerSample, atMillis: number): Look {
  if (before === undefined || !sample.isUp) return { sample, atMillis, grown: before?.grown ?? null }
  const seconds = (atMillis - before.atMillis) / 1000
  if (seconds <= 0) return { ...before, sample }
  // One that was started anew counts from zero.
  const growth = (name: 'commands' | 'hits' | 'misses'): number | null => {
    const [old, now] = [before.sample[name], sample[name]]
    if (now === null) return null
    return old !== null && now >= old ? now - old : now
  }
  const grown = { seconds, commands: growth('commands'), hits: growth('hits'), misses: growth('misses') }
  return { sample, atMillis, grown: before.sample.isUp ? grown : null }
}

function sumOf(looks: readonly Look[], of: (look: Look) => number | null): number | null {
  const values = looks.map((look) => of(look)).filter((value) => value !== null)
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0)
}
