import type { ServerLook, ServerNumber } from '../model/server-look.ts'
import {
  SERVER_COLUMN_NAMES,
  SERVER_COLUMNS,
  type ServerColumn,
  type ServerRow,
  type ServerValue,
} from '../model/server-samples.ts'
import { joinPairs } from './join-pairs.ts'

/** Counters of a server: what is kept is how much they grew. */
const GROWING: Partial<Record<ServerColumn, readonly ServerNumber[]>> = {
  commands: ['commands'],
  cpu_seconds: ['cpu_sys_seconds', 'cpu_user_seconds'],
  cpu_main_thread_seconds: ['cpu_main_thread_sys_seconds', 'cpu_main_thread_user_seconds'],
  net_input_bytes: ['net_input_bytes'],
  net_output_bytes: ['net_output_bytes'],
  keyspace_hits: ['keyspace_hits'],
  keyspace_misses: ['keyspace_misses'],
  expired_keys: ['expired_keys'],
  evicted_keys: ['evicted_keys'],
  connections_received: ['connections_received'],
  rejected_connections: ['rejected_connections'],
}

/** A counter tells seconds, and the two looks were not taken at the same point of one. */
const UPTIME_SECONDS = 2

/**
 * Whether the process that answers now began after the look before, so that it counts from zero since then. Another one
 * that has been there for longer may answer at the same address: behind a name, or a proxy, that leads to a new master.
 */
export function beganSince(before: ServerLook, after: ServerLook): boolean {
  const { uptime_seconds: uptime } = after.numbers
  return uptime === null || uptime <= (after.at_ms - before.at_ms) / 1000 + UPTIME_SECONDS
}

/**
 * What a server did between two looks. Without a look before there are no differences. A server that was started anew, or
 * whose statistics were reset, counts from zero; of another server at the same address nobody knows what it did.
 *
 * @param lagBytes how far the replication of this server is behind; `null` where nobody knows
 */
export function rowBetween(
  before: ServerLook | undefined,
  after: ServerLook,
  lagBytes: number | null,
): ServerRow {
  const seconds = before === undefined ? 0 : Math.max(0, after.at_ms - before.at_ms) / 1000
  return {
    at_ms: Math.round(after.at_ms),
    seconds: Math.round(seconds * 1000) / 1000,
    values: SERVER_COLUMN_NAMES.map((name) => valueOf(name, before, after, lagBytes)),
  }
}

function valueOf(
  name: ServerColumn,
  before: ServerLook | undefined,
  after: ServerLook,
  lagBytes: number | null,
): ServerValue {
  const counters = GROWING[name]
  if (counters !== undefined) return before === undefined ? null : rounded(growth(counters, before, after), 6)
  switch (name) {
    case 'keys':
      return after.databases.reduce((sum, { keys }) => sum + keys, 0)
    case 'master_link_up':
      return after.isMasterLinkUp === null ? null : Number(after.isMasterLinkUp)
    case 'replication_lag_bytes':
      return lagBytes
    case 'fork_ms':
      return forkMillis(before, after)
    default:
      return rounded(after.numbers[name as ServerNumber], 3)
  }
}

function growth(counters: readonly ServerNumber[], before: ServerLook, after: ServerLook): number | null {
  const [old, now] = [sumOf(counters, before), sumOf(counters, after)]
  if (now === null) return null
  if (before.serverRunId !== after.serverRunId) return beganSince(before, after) ? now : null
  return old !== null && now >= old ? now - old : now
}

function sumOf(counters: readonly ServerNumber[], { numbers }: ServerLook): number | null {
  const values = counters.map((name) => numbers[name])
  return values.includes(null) ? null : values.reduce<number>((sum, value) => sum + (value ?? 0), 0)
}

/** The server tells how long its latest fork took, whenever that was. */
function forkMillis(before: ServerLook | undefined, after: ServerLook): number | null {
  const { latest_fork_seconds: seconds, forks } = after.numbers
  if (seconds === null) return null
  const isAnother = before?.serverRunId !== after.serverRunId
  if (before === undefined || (isAnother && !beganSince(before, after))) return 0
  const isNew =
    forks === null ? seconds !== before.numbers.latest_fork_seconds : forks !== before.numbers.forks
  return isNew ? (rounded(1000 * seconds, 3) ?? 0) : 0
}

function rounded(value: number | null, digits: number): number | null {
  return value === null ? null : Number(value.toFixed(digits))
}

/** Two neighbours as one. */
function join(first: ServerRow, second: ServerRow): ServerRow {
  return {
    at_ms: second.at_ms,
    seconds: Math.round((first.seconds + second.seconds) * 1000) / 1000,
    values: SERVER_COLUMN_NAMES.map((name, index) =>
      joinValues(SERVER_COLUMNS[name], first.values[index] ?? null, second.values[index] ?? null),
    ),
  }
}

function joinValues(
  joining: (typeof SERVER_COLUMNS)[ServerColumn],
  one: ServerValue,
  other: ServerValue,
): ServerValue {
  if (one === null || other === null || joining === 'last') return other ?? one
  if (joining === 'sum') return rounded(one + other, 6)
  return joining === 'max' ? Math.max(one, other) : Math.min(one, other)
}

/** Rows of one server, bounded: when there are too many, neighbours are joined, so that days fit. */
export class RowSeries {
  #rows: ServerRow[] = []
  #secondsEach: number

  constructor(secondsEach: number) {
    this.#secondsEach = secondsEach
  }

  /** `limit` may become smaller when more servers are seen. */
  add(row: ServerRow, limit: number): void {
    const last = this.#rows.at(-1)
    const isPart = last !== undefined && last.seconds + row.seconds <= 1.25 * this.#secondsEach
    if (isPart) this.#rows[this.#rows.length - 1] = join(last, row)
    else this.#rows.push(row)
    this.shorten(limit)
  }

  shorten(limit: number): void {
    while (this.#rows.length > Math.max(1, limit)) this.#halve()
  }

  toArray(): readonly ServerRow[] {
    return this.#rows
  }

  #halve(): void {
    this.#secondsEach *= 2
    this.#rows = joinPairs(this.#rows, join)
  }
}
