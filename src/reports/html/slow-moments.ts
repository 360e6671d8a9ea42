import type { RunResult } from '../../model/result.ts'
import type { Colour, Series, TimeChart } from './chart-data.ts'

/** Events of latency monitors with a colour of their own; the others are one. */
const EVENTS = 5

interface Moment {
  readonly at: number
  readonly millis: number
}

/** What took long, and when: a point for each. Nothing where nobody told. */
export function slowMoments(result: RunResult): TimeChart | undefined {
  const groups = [...groupsOf(result)].filter(({ moments }) => moments.length > 0)
  if (groups.length === 0) return undefined
  const times = [...new Set(groups.flatMap(({ moments }) => moments.map(({ at }) => at)))].toSorted(
    (a, b) => a - b,
  )
  const places = new Map(times.map((time, index) => [time, index]))
  return {
    id: 'slow-moments',
    kind: 'time',
    title: 'Slow moments',
    unit: 'ms',
    scale: 'log',
    times,
    series: groups.map(({ label, colour, moments }): Series => {
      const values: (number | null)[] = times.map(() => null)
      for (const { at, millis } of moments)
        values[places.get(at)!] = Math.max(values[places.get(at)!] ?? 0, millis)
      return { label, colour, style: 'dots', values }
    }),
  }
}

interface Group {
  readonly label: string
  readonly colour: Colour
  readonly moments: readonly Moment[]
}

function* groupsOf({
  slowest_commands,
  slowlog,
  latency_events,
  run_start,
  measured_seconds,
}: RunResult): Generator<Group> {
  const momentsOf = <One extends { readonly at_ms: number }>(
    all: readonly One[],
    millisOf: (one: One) => number,
  ): Moment[] =>
    all
      .map((one) => ({ at: Math.round(one.at_ms - 1000 * run_start) / 1000, millis: millisOf(one) }))
      .filter(({ at, millis }) => at >= 0 && at <= measured_seconds && millis > 0)
  yield {
    label: 'our slowest commands (service time)',
    colour: 'kind-1',
    moments: momentsOf(slowest_commands, ({ service_ms }) => service_ms),
  }
  const inServer = ({ duration_ms }: { readonly duration_ms: number }): number => duration_ms
  yield {
    label: 'slow log, ours',
    colour: 'kind-2',
    moments: momentsOf(
      slowlog.filter(({ is_ours }) => is_ours),
      inServer,
    ),
  }
  yield {
    label: 'slow log, of others',
    colour: 'kind-3',
    moments: momentsOf(
      slowlog.filter(({ is_ours }) => !is_ours),
      inServer,
    ),
  }
  const names = [...new Set(latency_events.map(({ event }) => event))]
  const named = names.length > EVENTS ? names.slice(0, EVENTS - 1) : names
  for (const [index, name] of named.entries())
    yield {
      label: `monitor: ${name}`,
      colour: `kind-${index + 4}` as Colour,
      moments: momentsOf(
        latency_events.filter(({ event }) => event === name),
        ({ latency_ms }) => latency_ms,
      ),
    }
  if (named.length < names.length)
    yield {
      label: `monitor: ${names.length - named.length} other events`,
      colour: 'kind-8',
      moments: momentsOf(
        latency_events.filter(({ event }) => !named.includes(event)),
        ({ latency_ms }) => latency_ms,
      ),
    }
}
