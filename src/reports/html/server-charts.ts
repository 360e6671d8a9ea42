import type { RunResult } from '../../model/result.ts'
import type { ServerSeriesResult } from '../../model/server-samples.ts'
import type { Colour, Series, TimeChart } from './chart-data.ts'
import type { ChartEntry } from './chart-entry.ts'
import {
  SERVER_CHART_TABLE,
  type ServerChart,
  type ServerLine,
  type ServerUnit,
} from './server-chart-table.ts'

/** Servers with a line of their own in a chart; masters come first. */
const MOST_SERVERS = 16
const COLOURS = 8

/** What the servers said of themselves over time: of one server its columns together, of several a chart for each column. */
export const SERVER_CHARTS: Readonly<Record<string, ChartEntry>> = Object.fromEntries(
  Object.entries<ServerChart>(SERVER_CHART_TABLE).flatMap(([name, chart]) => [
    [`server-${name}`, entryOf(chart, (result) => ofOneServer(`server-${name}`, chart, result))],
    ...chart.lines.map((line) => [
      `servers-${line.column}`,
      entryOf(chart, (result) => ofSeveralServers(`servers-${line.column}`, chart, line, result)),
    ]),
  ]),
)

function entryOf({ about }: ServerChart, build: ChartEntry['build']): ChartEntry {
  return { place: 'server', size: 'half', about, build }
}

function ofOneServer(id: string, chart: ServerChart, result: RunResult): TimeChart | undefined {
  const [server, ...others] = serversOf(result)
  if (server === undefined || others.length > 0) return undefined
  const kept = seenOf(server, result)
  return chartOf(
    id,
    chart,
    chart.title,
    kept.map((index) => middleOf(server, index, result)),
    chart.lines.flatMap((line) => {
      const values = server.columns[line.column]
      return values === undefined
        ? []
        : [{ line, label: line.label, values: kept.map((index) => values[index] ?? null) }]
    }),
  )
}

/** At the moments of the server that was looked at most; of the others the values of the same time. */
function ofSeveralServers(
  id: string,
  chart: ServerChart,
  line: ServerLine,
  result: RunResult,
): TimeChart | undefined {
  const servers = serversOf(result)
  if (servers.length < 2) return undefined
  const having = servers.filter(({ columns }) => columns[line.column] !== undefined)
  const busiest = servers.reduce((most, one) => (one.at_ms.length > most.at_ms.length ? one : most))
  const times = seenOf(busiest, result).map((index) => middleOf(busiest, index, result))
  const shown = having.slice(0, MOST_SERVERS)
  const title = chart.lines.length === 1 ? chart.title : `${chart.title}: ${line.label}`
  const cut = shown.length < having.length ? ` (${shown.length} of ${having.length} servers)` : ''
  return chartOf(
    id,
    chart,
    title + cut,
    times,
    shown.map((server) => ({ line, label: nameOf(server), values: valuesAt(times, server, line, result) })),
  )
}

interface Drawn {
  readonly line: ServerLine
  readonly label: string
  readonly values: readonly (number | null)[]
}

function chartOf(
  id: string,
  { unit }: ServerChart,
  title: string,
  times: readonly number[],
  lines: readonly Drawn[],
): TimeChart | undefined {
  const worth = lines.filter(({ values }) => values.some((value) => value !== null))
  const shown = worth.filter(isUnusual)
  if (shown.length === 0) return undefined
  const scale = scaleOf(unit, shown)
  return {
    id,
    kind: 'time',
    title,
    unit: scale.unit,
    scale: 'linear',
    ...(unit === 'share' ? { range: [0, 100] as const } : {}),
    times,
    series: shown.map(({ line, label, values }, index): Series => ({
      label,
      colour: `kind-${(index % COLOURS) + 1}` as Colour,
      style: line.style === 'dashed' || index >= COLOURS ? 'dashed' : 'line',
      values: values.map((value) => (value === null ? null : significant(value / scale.one))),
    })),
  }
}

/** Whether there is anything to see in it. */
function isUnusual({ line: { usual }, values }: Drawn): boolean {
  if (usual === undefined) return true
  const known = values.filter((value) => value !== null)
  return known.some((value) => value !== (usual === 'steady' ? known[0] : usual))
}

const PREFIXES = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** What one is, in the unit of the column. */
function scaleOf(unit: ServerUnit, lines: readonly Drawn[]): { readonly unit: string; readonly one: number } {
  if (unit === 'share') return { unit: '%', one: 0.01 }
  if (unit === 'count') return { unit: '', one: 1 }
  if (unit !== 'bytes' && unit !== 'bytes/s') return { unit, one: 1 }
  let most = 0
  for (const { values } of lines) for (const value of values) most = Math.max(most, value ?? 0)
  const power = Math.min(PREFIXES.length - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, most)) / 10)))
  return { unit: `${PREFIXES[power]!}${unit === 'bytes/s' ? '/s' : ''}`, one: 1024 ** power }
}

/** More digits than anybody can see, and fewer than a quotient has. */
function significant(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6))
}

function serversOf({ server_samples: samples }: RunResult): readonly ServerSeriesResult[] {
  const looked = (samples?.servers ?? []).filter(({ at_ms }) => at_ms.length > 0)
  const isMaster = ({ roles }: ServerSeriesResult): boolean => roles.at(-1)?.role === 'master'
  const byName = looked.toSorted((a, b) => a.server.localeCompare(b.server, 'en', { numeric: true }))
  return [...byName.filter(isMaster), ...byName.filter((server) => !isMaster(server))]
}

/** Its last role, when it is none of a master. */
function nameOf({ server, roles }: ServerSeriesResult): string {
  return roles.at(-1)?.role === 'replica' ? `${server} (replica)` : server
}

/** Those of its looks that are about the measured time. */
function seenOf(server: ServerSeriesResult, result: RunResult): number[] {
  return [...server.at_ms.keys()].filter((index) => middleOf(server, index, result) >= 0)
}

/** Seconds since the measured time began. */
function middleOf({ at_ms, seconds }: ServerSeriesResult, index: number, { run_start }: RunResult): number {
  return Math.round(at_ms[index]! - 1000 * run_start - 500 * seconds[index]!) / 1000
}

/** Of each moment the value whose time it is in, or that is nearest and not more than its own length away. */
function valuesAt(
  times: readonly number[],
  server: ServerSeriesResult,
  { column }: ServerLine,
  result: RunResult,
): (number | null)[] {
  const values = server.columns[column] ?? []
  let next = 0
  return times.map((time) => {
    while (
      next + 1 < server.at_ms.length &&
      Math.abs(middleOf(server, next + 1, result) - time) <= Math.abs(middleOf(server, next, result) - time)
    )
      next++
    const away = Math.abs(middleOf(server, next, result) - time)
    return away <= Math.max(1, server.seconds[next]!) ? (values[next] ?? null) : null
  })
}
