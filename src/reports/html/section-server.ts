import type { RunResult } from '../../model/result.ts'
import type { ServerSamplesResult, ServerSeriesResult } from '../../model/server-samples.ts'
import { formatBytes, formatCount } from '../format.ts'
import { figuresAt } from './figures.ts'
import { clockOf } from './latency-columns.ts'
import { html, type Content, type Markup } from './markup.ts'
import type { SectionContext } from './sections.ts'
import { facts, numbers, table, words } from './table.ts'

const COMMANDS = 40
const EVENTS = 50

/** Who the servers were, and what they say of the run themselves. */
export function serverSection(result: RunResult, context: SectionContext): Markup | undefined {
  const pairs = [...serverFacts(result), ...lookingFacts(result.server_samples)]
  const figures = figuresAt('server', context)
  if (pairs.length === 0 && figures === undefined) return undefined
  return html`${facts(pairs)}${notes(result.server_samples)}${figures}${serverTable(result.server_samples)}${commandTable(result)}${eventTable(result)}`
}

function* serverFacts({ server, server_changes: changes }: RunResult): Generator<readonly [string, Content]> {
  const { name, version, mode, ...rest } = server
  const who = [name, version, mode].filter((part) => (part ?? '') !== '').join(' ')
  if (who !== '') yield ['Server', who]
  for (const [key, value] of Object.entries(rest)) if (value !== '') yield [key.replaceAll('_', ' '), value]
  if (changes === null) return
  const { keyspace_hits: hits, keyspace_misses: misses } = changes
  if (hits + misses > 0)
    yield [
      'Keys found',
      `${formatCount(hits)} of ${formatCount(hits + misses)} (${((100 * hits) / (hits + misses)).toFixed(2)} %)`,
    ]
  yield ['Keys expired', formatCount(changes.expired_keys)]
  yield ['Keys evicted', formatCount(changes.evicted_keys)]
  yield ['Received', formatBytes(changes.total_net_input_bytes)]
  yield ['Sent', formatBytes(changes.total_net_output_bytes)]
}

function* lookingFacts(samples: ServerSamplesResult | null): Generator<readonly [string, Content]> {
  if (samples === null) return
  const { interval_ms, cost, servers_left_out: leftOut } = samples
  const share =
    cost.server_share_max === null
      ? ''
      : `, ${Number((100 * cost.server_share_max).toPrecision(2))} % of a server's time at most`
  yield ['Looked at', `every ${interval_ms / 1000} s: ${formatCount(cost.commands)} commands${share}`]
  if (leftOut > 0) yield ['Not looked at', `${formatCount(leftOut)} servers`]
}

function notes(samples: ServerSamplesResult | null): Markup | undefined {
  if (samples === null || samples.notes.length === 0) return undefined
  return html`<ul class="warnings">
    ${samples.notes.map((note) => html`<li>${note}</li>`)}
  </ul>`
}

function serverTable(samples: ServerSamplesResult | null): Markup | undefined {
  if (samples === null || samples.servers.length === 0) return undefined
  return table({
    caption: 'Servers over the whole run, warm-up included, in their own words',
    showCaption: true,
    columns: [
      ...words('Server', 'role'),
      ...numbers('looks', 'no answer', 'commands', 'ops/s max', 'cores max', 'clients max'),
      ...numbers('memory', 'peak', 'limit', 'expired', 'evicted', 'refused', 'in', 'out'),
    ],
    rows: samples.servers.map((server) => serverRow(server)),
  })
}

function serverRow(one: ServerSeriesResult): Content[] {
  const { roles, looks, unanswered, totals, memory } = one
  const count = (value: number | null): string => (value === null ? '–' : formatCount(value))
  const bytes = (value: number | null): string => (value === null ? '–' : formatBytes(value))
  return [
    html`<code>${one.server}</code>`,
    roles.map(({ role }) => role).join(' → '),
    formatCount(looks),
    unanswered === 0 ? '0' : html`<span class="bad">${formatCount(unanswered)}</span>`,
    count(totals.commands),
    one.ops_per_second_max === null ? '–' : formatCount(Math.round(one.ops_per_second_max)),
    one.cpu_cores_max === null ? '–' : one.cpu_cores_max.toFixed(2),
    count(one.clients_peak),
    `${bytes(memory.first_bytes)} → ${bytes(memory.last_bytes)}`,
    bytes(memory.peak_bytes),
    memory.max_bytes === 0 ? 'none' : bytes(memory.max_bytes),
    ...[totals.expired_keys, totals.evicted_keys, totals.rejected_connections].map(count),
    ...[totals.net_input_bytes, totals.net_output_bytes].map(bytes),
  ]
}

function commandTable({ server_commands: all }: RunResult): Markup | undefined {
  if (all.length === 0) return undefined
  const micros = (value: number | null): string =>
    value === null ? '–' : value < 100 ? value.toFixed(1) : formatCount(Math.round(value))
  const left = all.length - COMMANDS
  return table({
    caption: `Time that commands took inside the servers, of all clients; microseconds${left > 0 ? `; the ${COMMANDS} that took the most time of ${formatCount(all.length)}` : ''}. Percentiles are of all time since a server started`,
    showCaption: true,
    columns: [
      ...words('Command'),
      ...numbers('calls', 'mean', 'p50', 'p99', 'p99.9', 'seconds in all', 'refused', 'failed'),
    ],
    rows: all
      .slice(0, COMMANDS)
      .map((one) => [
        html`<code>${one.command}</code>`,
        formatCount(one.calls),
        ...[one.usec_per_call, one.p50_usec, one.p99_usec, one.p999_usec].map(micros),
        (one.usec / 1e6).toFixed(3),
        formatCount(one.rejected),
        formatCount(one.failed),
      ]),
  })
}

function eventTable({ latency_events: all }: RunResult): Markup | undefined {
  if (all.length === 0) return undefined
  const longest = all
    .toSorted((a, b) => b.latency_ms - a.latency_ms)
    .slice(0, EVENTS)
    .toSorted((a, b) => a.at_ms - b.at_ms)
  return table({
    caption: `What the latency monitors of the servers saw${longest.length < all.length ? `; the longest ${EVENTS} of ${formatCount(all.length)}` : ''}`,
    showCaption: true,
    columns: [...words('Event', 'server', 'when'), ...numbers('ms')],
    rows: longest.map(({ event, server, at_ms, latency_ms }) => [
      event,
      server,
      clockOf(at_ms),
      formatCount(latency_ms),
    ]),
  })
}
