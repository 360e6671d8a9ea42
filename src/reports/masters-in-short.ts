import type { ChartColumn, ServerSamplesResult, ServerSeriesResult } from '../model/server-samples.ts'

/** The masters of each moment as if they were one server. `null`: nobody said. */
export interface MastersInShort {
  /** Masters at a time. */
  readonly count: number
  readonly memory: {
    readonly firstBytes: number | null
    readonly lastBytes: number | null
    readonly peakBytes: number | null
    /** 0 without a limit. */
    readonly maxBytes: number | null
  }
  readonly clientsPeak: number | null
  readonly opsPerSecond: number | null
  readonly cpuCores: number | null
  readonly hits: number | null
  readonly misses: number | null
  readonly evicted: number | null
}

/** Whoever was looked at last longer ago than this was gone at the end. */
const GONE_LOOKS = 2.5
const GONE_MILLIS = 5000

/**
 * What servers did while they were masters: a replica runs what its master runs once more, and the two are never added up,
 * not even where one took over from the other. All servers count where none was ever a master (a load that reads replicas).
 * `undefined` when nobody was looked at.
 */
export function mastersInShort({ servers, interval_ms }: ServerSamplesResult): MastersInShort | undefined {
  const looked = servers.filter(({ at_ms }) => at_ms.length > 0)
  const ever = looked.filter(({ roles }) => roles.some(({ role }) => role === 'master'))
  if (looked.length === 0) return undefined
  if (ever.length === 0) return inShort({ ever: looked, atFirst: looked, atLast: looked })
  const atFirst = ever.filter(({ roles }) => roles[0]?.role === 'master')
  const newest = Math.max(...looked.map(({ at_ms }) => at_ms.at(-1)!))
  const oldest = newest - Math.max(GONE_MILLIS, GONE_LOOKS * interval_ms)
  const isThere = ({ at_ms }: ServerSeriesResult): boolean => at_ms.at(-1)! >= oldest
  const atLast = ever.filter((one) => one.roles.at(-1)?.role === 'master' && isThere(one))
  return inShort({ ever, atFirst, atLast: atLast.length === 0 ? atFirst : atLast })
}

function inShort({
  ever,
  atFirst,
  atLast,
}: Record<'ever' | 'atFirst' | 'atLast', readonly ServerSeriesResult[]>): MastersInShort {
  const seconds = Math.max(...ever.map((one) => one.seconds.reduce((total, each) => total + each, 0)))
  const ops = sumOf(ever.map((one) => asMaster(one, 'ops_per_second', one.totals.commands)))
  const cpu = sumOf(ever.map((one) => asMaster(one, 'cpu_cores', one.totals.cpu_seconds)))
  const both = (of: (one: ServerSeriesResult) => number | null): number | null =>
    highest(sumOf(atFirst.map(of)), sumOf(atLast.map(of)))
  return {
    count: Math.max(atFirst.length, atLast.length),
    memory: {
      firstBytes: sumOf(atFirst.map(({ memory }) => memory.first_bytes)),
      lastBytes: sumOf(atLast.map(({ memory }) => memory.last_bytes)),
      peakBytes: both(({ memory }) => memory.peak_bytes),
      maxBytes: sumOf(atLast.map(({ memory }) => memory.max_bytes)),
    },
    clientsPeak: both(({ clients_peak }) => clients_peak),
    opsPerSecond: ops === null || seconds <= 0 ? null : ops / seconds,
    cpuCores: cpu === null || seconds <= 0 ? null : cpu / seconds,
    hits: sumOf(ever.map(({ totals }) => totals.keyspace_hits)),
    misses: sumOf(ever.map(({ totals }) => totals.keyspace_misses)),
    evicted: sumOf(ever.map(({ totals }) => totals.evicted_keys)),
  }
}

/** What a server counted while it was a master; exact where it was one all the time, or never. */
function asMaster(
  { roles, columns, at_ms, seconds }: ServerSeriesResult,
  rate: ChartColumn,
  total: number | null,
): number | null {
  if (new Set(roles.map(({ role }) => role)).size < 2) return total
  const rates = columns[rate]
  if (rates === undefined) return null
  let [sum, next] = [0, 0]
  for (const [index, at] of at_ms.entries()) {
    while (next < roles.length && roles[next]!.at_ms <= at) next++
    if (roles[Math.max(0, next - 1)]!.role === 'master') sum += (rates[index] ?? 0) * seconds[index]!
  }
  return sum
}

function sumOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0)
}

function highest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other)
}
