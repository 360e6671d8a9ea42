import type { RunResult } from '../../model/result.ts'
import type { SlowlogResult } from '../../model/server-samples.ts'
import type { SlowestCommandResult } from '../../model/slowest-command.ts'
import { formatCount, formatMillis } from '../format.ts'
import { clockOf } from './latency-columns.ts'
import { html, type Content, type Markup } from './markup.ts'
import { numbers, table, type Table, words } from './table.ts'

const ROWS = 12
const NOTHING = '–'

/** The commands that took the longest, as we measured them and as the servers did, with their spans. */
export function slowestSection({
  slowest_commands,
  slowlog,
  run_start,
  server_samples,
}: RunResult): Markup | undefined {
  if (slowest_commands.length + slowlog.length === 0) return undefined
  const seen = server_samples?.slowlog_seen ?? slowlog.length
  return html`${
    slowest_commands.length > 0 &&
    tableOfKnown({
      caption: `As we measured them${cut(slowest_commands.length)}; milliseconds. “In the server” is what its slow log has of the same command`,
      showCaption: true,
      columns: [
        ...words('Operation'),
        ...numbers('sent at [s]', 'service', 'response', 'in the server', 'connection'),
        ...words('server', 'outcome', 'span'),
      ],
      rows: slowest_commands.slice(0, ROWS).map((one) => slowestRow(one, run_start)),
    })
  }${
    slowlog.length > 0 &&
    tableOfKnown({
      caption: `New entries of slow logs, ${formatCount(seen)} in all${cut(slowlog.length)}`,
      showCaption: true,
      columns: [
        ...words('Command', 'server', 'when'),
        ...numbers('ms', 'for us'),
        ...words('client', 'span'),
      ],
      rows: slowlog.slice(0, ROWS).map((one) => slowlogRow(one)),
    })
  }`
}

/** Without columns that say nothing of any row: what one server has, several have not. */
function tableOfKnown({ columns, rows, ...rest }: Table): Markup {
  const isKnown = (_: unknown, index: number): boolean =>
    rows.some((row) => row[index] !== '' && row[index] !== NOTHING)
  return table({
    ...rest,
    columns: columns.filter(isKnown),
    rows: rows.map((row) => row.filter(isKnown)),
  })
}

function cut(all: number): string {
  return all > ROWS ? `; the ${ROWS} slowest` : ''
}

function slowestRow(one: SlowestCommandResult, runStart: number): Content[] {
  const name = one.shape === 'single' ? one.operation : `${one.operation} (${one.shape} of ${one.size})`
  return [
    name,
    (one.at_ms / 1000 - runStart).toFixed(3),
    formatMillis(one.service_ms),
    one.response_ms === null ? NOTHING : formatMillis(one.response_ms),
    one.server_ms === null ? NOTHING : formatMillis(one.server_ms),
    one.connection,
    one.node ?? '',
    one.outcome === 'ok' ? 'ok' : html`<code>${one.code}</code>`,
    spanOf(one),
  ]
}

function slowlogRow(one: SlowlogResult): Content[] {
  return [
    html`<code>${one.command}</code>`,
    one.server,
    clockOf(one.at_ms),
    formatMillis(one.duration_ms),
    one.client_ms === null ? NOTHING : formatMillis(one.client_ms),
    one.is_ours ? `our connection ${one.connection ?? ''}` : one.client,
    spanOf(one),
  ]
}

function spanOf({ trace_id: trace, span_id: span }: Pick<SlowlogResult, 'trace_id' | 'span_id'>): Content {
  return trace === null ? NOTHING : html`<code>${trace} ${span}</code>`
}
