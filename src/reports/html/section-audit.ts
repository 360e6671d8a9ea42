import type { RunResult } from '../../model/result.ts'
import { formatCount } from '../format.ts'
import { html, type Markup } from './markup.ts'
import { numbers, table, words } from './table.ts'

/** Whether the numbers add up, and agree with those of the server. */
export function auditSection({ audit }: RunResult): Markup {
  const { status, reason, commands } = audit.server
  const marked = (ok: boolean): Markup =>
    html`<span class="${ok ? 'good' : 'bad'}">${ok ? '✓ holds' : '✗ does not hold'}</span>`
  const server =
    status === 'not_comparable'
      ? html`<p>Not compared with the server: ${reason}</p>`
      : table({
          caption: 'Executions that the server counted, against those that we know of',
          showCaption: true,
          columns: [...words('Command'), ...numbers('server', 'at least', 'at most'), ...words('outcome')],
          rows: commands.map((one) => [
            one.command,
            formatCount(one.server),
            formatCount(one.at_least),
            one.at_most === null ? 'any number' : formatCount(one.at_most),
            marked(one.ok),
          ]),
        })
  return html`${server}${table({
    caption: 'Equations that have to hold',
    showCaption: true,
    columns: words('Equation', 'with its numbers', 'outcome'),
    rows: audit.checks.map(({ name, ok, detail }) => [name, detail, marked(ok)]),
  })}`
}
