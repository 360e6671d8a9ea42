import {
  type LatencyEvent,
  SERVER_COLUMN_NAMES,
  type ServerNews,
  type ServerRow,
  type ServerSamplesResult,
  type ServerSeriesResult,
  type ServerState,
  type SlowlogEntry,
} from '../model/server-samples.ts'
import type { ServerGuards } from '../model/server-guards.ts'
import type { ServerSideRecord } from '../model/server-side-record.ts'
import { arrangeRow, chartValue, columnsOf, NO_TOTALS, SERVER_TOTALS, valueIn } from './server-columns.ts'
import { ServerGuardTally } from './server-guard-tally.ts'
import { RowSeries } from './server-rows.ts'

/** Rows of all servers together: some hundred kilobytes of a result. */
const MOST_ROWS = 2048
const FEWEST_ROWS = 32
const SLOWLOG_KEPT = 128
const LATENCY_EVENTS_KEPT = 1000
const ROLES_KEPT = 100

/** What a result needs of the servers, from what was told during the run: live, or from a journal. */
export class ServerSideTally {
  readonly #secondsEach: number
  readonly #servers = new Map<string, OneServer>()
  #names: readonly string[] = SERVER_COLUMN_NAMES
  #slowlog: SlowlogEntry[] = []
  #events: LatencyEvent[] = []
  #state: ServerState | undefined
  readonly #guards: ServerGuardTally

  /** Between two looks, as the plan has it. */
  constructor(intervalMillis: number) {
    this.#secondsEach = intervalMillis / 1000
    this.#guards = new ServerGuardTally(this.#secondsEach)
  }

  add(news: ServerNews): void {
    switch (news.kind) {
      case 'columns':
        this.#names = news.names
        break
      case 'row':
        this.#row(news.server, arrangeRow(news.row, this.#names))
        break
      case 'role':
        this.#serverAt(news.server).role(news)
        break
      case 'slowlog':
        this.#guards.slowlog(news.entries)
        this.#slowlog = longest([...this.#slowlog, ...news.entries], SLOWLOG_KEPT, (one) => one.duration_ms)
        break
      case 'latency':
        this.#events = longest(
          [...this.#events, ...news.events],
          LATENCY_EVENTS_KEPT,
          (one) => one.latency_ms,
        )
        break
      case 'state':
        this.#state = news.state
        break
    }
  }

  /** The part of news that can become part of the result: a slow log may be a flood. */
  worthKeeping(news: ServerNews): ServerNews | undefined {
    if (news.kind !== 'slowlog' || this.#slowlog.length < SLOWLOG_KEPT) return news
    const floorMillis = this.#slowlog.at(-1)!.duration_ms
    const entries = news.entries.filter(({ duration_ms }) => duration_ms > floorMillis)
    return entries.length === 0 ? undefined : { ...news, entries }
  }

  /** `null` while nothing was told. */
  get guards(): ServerGuards | null {
    return this.#state === undefined ? null : this.#guards.toGuards(this.#state)
  }

  /** `undefined` when nothing was told. */
  toRecord(): ServerSideRecord | undefined {
    const state = this.#state
    if (state === undefined) return undefined
    const { mode, interval_ms, servers_left_out, cost, notes, slowlog_seen } = state
    const rowsEach = this.#rowsEach()
    const samples: ServerSamplesResult = {
      mode,
      interval_ms,
      servers: [...this.#servers].map(([server, one]) => one.describe(server, state, rowsEach)),
      servers_left_out,
      cost,
      notes,
      slowlog_seen,
    }
    return {
      samples,
      guards: this.#guards.toGuards(state),
      commands: state.commands,
      slowlog: this.#slowlog,
      latencyEvents: this.#events.toSorted((a, b) => a.at_ms - b.at_ms),
    }
  }

  #row(server: string, row: ServerRow): void {
    this.#serverAt(server).add(row, this.#rowsEach())
    this.#guards.row(server, row)
  }

  #rowsEach(): number {
    return Math.max(FEWEST_ROWS, Math.floor(MOST_ROWS / Math.max(1, this.#servers.size)))
  }

  #serverAt(address: string): OneServer {
    const known = this.#servers.get(address) ?? new OneServer(this.#secondsEach)
    this.#servers.set(address, known)
    return known
  }
}

/** The longest of them, longest first. */
function longest<Item>(items: readonly Item[], most: number, lengthOf: (item: Item) => number): Item[] {
  return items.toSorted((a, b) => lengthOf(b) - lengthOf(a)).slice(0, most)
}

class OneServer {
  readonly #secondsEach: number
  readonly #series: RowSeries
  readonly #roles: ServerSeriesResult['roles'][number][] = []
  readonly #totals = { ...NO_TOTALS }
  #firstBytes: number | null = null
  #lastBytes: number | null = null
  #peakBytes: number | null = null
  #maxBytes: number | null = null
  #clientsPeak: number | null = null
  #opsMax: number | null = null
  #coresMax: number | null = null

  constructor(secondsEach: number) {
    this.#secondsEach = secondsEach
    this.#series = new RowSeries(secondsEach)
  }

  add(row: ServerRow, rowsEach: number): void {
    this.#series.add(row, rowsEach)
    for (const name of SERVER_TOTALS) {
      const value = valueIn(row, name)
      if (value !== null) this.#totals[name] = (this.#totals[name] ?? 0) + value
    }
    const memory = valueIn(row, 'memory_used_bytes')
    this.#firstBytes ??= memory
    this.#lastBytes = memory ?? this.#lastBytes
    this.#peakBytes = higher(this.#peakBytes, memory)
    this.#maxBytes = valueIn(row, 'memory_max_bytes') ?? this.#maxBytes
    this.#clientsPeak = higher(this.#clientsPeak, valueIn(row, 'connected_clients'))
    // Rates of less than half an interval are chance.
    if (row.seconds < this.#secondsEach / 2) return
    this.#opsMax = higher(this.#opsMax, chartValue(row, 'ops_per_second'))
    this.#coresMax = higher(this.#coresMax, chartValue(row, 'cpu_cores'))
  }

  role({ at_ms, role }: ServerSeriesResult['roles'][number]): void {
    if (this.#roles.length < ROLES_KEPT && this.#roles.at(-1)?.role !== role)
      this.#roles.push({ at_ms, role })
  }

  describe(server: string, { looks }: ServerState, rowsEach: number): ServerSeriesResult {
    this.#series.shorten(rowsEach)
    const rows = this.#series.toArray()
    const looked = looks.find((one) => one.server === server)
    return {
      server,
      roles: this.#roles,
      looks: looked?.looks ?? 0,
      unanswered: looked?.unanswered ?? 0,
      at_ms: rows.map(({ at_ms }) => at_ms),
      seconds: rows.map(({ seconds }) => seconds),
      columns: columnsOf(rows),
      totals: rounded(this.#totals),
      memory: {
        first_bytes: this.#firstBytes,
        last_bytes: this.#lastBytes,
        peak_bytes: this.#peakBytes,
        max_bytes: this.#maxBytes,
      },
      clients_peak: this.#clientsPeak,
      ops_per_second_max: this.#opsMax,
      cpu_cores_max: this.#coresMax,
    }
  }
}

function rounded(totals: typeof NO_TOTALS): typeof NO_TOTALS {
  const { cpu_seconds } = totals
  return { ...totals, cpu_seconds: cpu_seconds === null ? null : Number(cpu_seconds.toFixed(6)) }
}

function higher(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other)
}
