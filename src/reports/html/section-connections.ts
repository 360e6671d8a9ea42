import type { RunResult } from '../../model/result.ts'
import { formatCount, formatMillis } from '../format.ts'
import { figuresAt } from './figures.ts'
import { clockOf, latencyText } from './latency-columns.ts'
import { html, type Content, type Markup } from './markup.ts'
import type { SectionContext } from './sections.ts'
import { facts, numbers, table, words } from './table.ts'

const OUTAGES = 12

/** What it took to connect, what was lost, why, and how it came back. */
export function connectionsSection(result: RunResult, context: SectionContext): Markup {
  return html`${facts([...connectionFacts(result)])}${figuresAt('connections', context)}${phaseTable(result)}${outageTable(result)}${moveTable(result)}`
}

function* connectionFacts({ connections, plan, cluster }: RunResult): Generator<readonly [string, Content]> {
  const { planned, attempts, attempts_failed, attempt_errors, drops, drop_causes } = connections
  yield [plan.target.topology === 'cluster' ? 'Clients' : 'Planned', formatCount(planned)]
  yield [
    'Attempts',
    `${formatCount(attempts)}, ${formatCount(attempts_failed)} failed${causes(attempt_errors)}`,
  ]
  yield ['First connect', latencyText(connections.first_connect)]
  yield ['Lost', `${formatCount(drops)}${causes(drop_causes)}`]
  if (drops > 0) {
    const superseded = cluster?.outages_superseded ?? 0
    yield [
      'Back',
      `${formatCount(connections.reconnections)}, ${formatCount(connections.unfinished.length)} still down${superseded === 0 ? '' : `, ${formatCount(superseded)} to nodes that left`}`,
    ]
    yield ['Reconnection', latencyText(connections.reconnection)]
    yield ['of it backoff', latencyText(connections.backoff)]
    yield ['Detection before it', latencyText(connections.detection)]
  }
  if (connections.renewals > 0) yield ['Renewed on purpose', formatCount(connections.renewals)]
  if (connections.resent_commands + connections.offline_queued_commands > 0)
    yield [
      'Hidden by the client',
      `${formatCount(connections.resent_commands)} commands sent again, ${formatCount(connections.offline_queued_commands)} queued while offline`,
    ]
  if (connections.sentinel_errors.length > 0)
    yield ['Sentinels that did not help', causes(connections.sentinel_errors).replace(/^: /, '')]
}

function causes(codes: readonly { readonly code: string; readonly count: number }[]): string {
  return codes.length === 0
    ? ''
    : `: ${codes.map(({ code, count }) => `${formatCount(count)} ${code}`).join(', ')}`
}

function phaseTable({ connections }: RunResult): Markup | undefined {
  const phases = connections.phases.filter(({ completed, failed }) => completed.count + failed.count > 0)
  if (phases.length === 0) return undefined
  return table({
    caption: 'What attempts to connect went through; milliseconds',
    showCaption: true,
    columns: [...words('Phase'), ...numbers('completed', 'p50', 'p95', 'max', 'failed here', 'max')],
    rows: phases.map(({ phase, completed, failed }) => [
      phase,
      formatCount(completed.count),
      ...[completed.p50_ms, completed.p95_ms, completed.max_ms].map((value) =>
        completed.count === 0 ? '–' : formatMillis(value),
      ),
      formatCount(failed.count),
      failed.count === 0 ? '–' : formatMillis(failed.max_ms),
    ]),
  })
}

function outageTable({ connections, run_start }: RunResult): Markup | undefined {
  const known = [...connections.unfinished, ...connections.outages.filter(({ finished }) => finished)]
  if (known.length === 0) return undefined
  const shown = known.toSorted((a, b) => b.duration_ms - a.duration_ms).slice(0, OUTAGES)
  return table({
    caption: `The longest outages of connections${shown.length < connections.drops ? `, ${shown.length} of ${formatCount(connections.drops)}` : ''}; milliseconds`,
    showCaption: true,
    columns: [
      ...words('Connection'),
      ...numbers('lost after [s]', 'away', 'backoff', 'handshake', 'detection', 'attempts'),
      ...words('cause', 'end', 'to'),
    ],
    rows: shown.map((outage) => [
      `${outage.connection}${outage.server === null ? '' : ` to ${outage.server}`}`,
      (outage.lost_at_ms / 1000 - run_start).toFixed(2),
      `${outage.finished ? '' : '≥ '}${formatMillis(outage.duration_ms)}`,
      formatMillis(outage.backoff_ms),
      outage.handshake_ms === undefined ? '–' : formatMillis(outage.handshake_ms),
      formatMillis(outage.detection_ms),
      formatCount(outage.attempts),
      html`<code>${outage.cause}</code>`,
      outage.end === 'unfinished' ? html`<span class="bad">still down</span>` : outage.end,
      outage.to ?? '',
    ]),
  })
}

function moveTable({ connections }: RunResult): Markup | undefined {
  const { moves } = connections
  if (moves.length === 0) return undefined
  return table({
    caption: 'Connections that came back to another server',
    showCaption: true,
    columns: [
      ...words('From', 'to'),
      ...numbers('connections'),
      ...words('first lost'),
      ...numbers('all back after [ms]'),
    ],
    rows: moves.map(({ from, to, connections: count, first_lost_at_ms: lost, last_ready_at_ms: ready }) => [
      from,
      to,
      formatCount(count),
      clockOf(lost),
      formatMillis(ready - lost),
    ]),
  })
}
