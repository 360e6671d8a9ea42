import type { Announcement, MaintenanceResult } from '../../model/maintenance.ts'
import type { RunResult } from '../../model/result.ts'
import { formatCount, formatMillis } from '../format.ts'
import { latencyText } from './latency-columns.ts'
import { html, type Content, type Markup } from './markup.ts'
import { facts, numbers, table, words } from './table.ts'

const ANNOUNCEMENTS = 50

/** What servers announced, and what became of the load meanwhile. */
export function maintenanceSection({ maintenance, run_start }: RunResult): Markup | undefined {
  // A result of an older version has none.
  if ((maintenance ?? null) === null) return undefined
  const { announcements, announcements_left_out: leftOut } = maintenance!
  const more = leftOut + Math.max(0, announcements.length - ANNOUNCEMENTS)
  return html`${facts([...maintenanceFacts(maintenance!)])}${
    announcements.length > 0 &&
    table({
      caption: `Announcements${more === 0 ? '' : `, and ${formatCount(more)} more`}`,
      showCaption: true,
      columns: [
        ...words('Notification', 'server', 'about'),
        ...numbers('at [s]', 'connections', 'lost after it', 'first [ms]', 'last [ms]'),
      ],
      rows: announcements.slice(0, ANNOUNCEMENTS).map((one) => announcementRow(one, run_start)),
    })
  }`
}

function announcementRow(one: Announcement, runStart: number): Content[] {
  const millis = (value: number | null): string => (value === null ? '–' : formatMillis(value))
  return [
    `${one.notification} ${one.sequence}`,
    one.server ?? 'the target',
    [one.subject, one.endpoint === null ? '' : `to ${one.endpoint}`].filter((part) => part !== '').join(' '),
    (one.first_at_ms / 1000 - runStart).toFixed(2),
    formatCount(one.notifications),
    formatCount(one.lost),
    millis(one.first_lost_after_ms),
    millis(one.last_lost_after_ms),
  ]
}

function* maintenanceFacts(maintenance: MaintenanceResult): Generator<readonly [string, Content]> {
  const { mode, accepted, refused, refusal, notifications, commands } = maintenance
  yield ['Mode', mode]
  yield [
    'Asked for',
    `accepted on ${formatCount(accepted)} connections, refused on ${formatCount(refused)}${refusal === null ? '' : ` (${refusal})`}`,
  ]
  const heard = Object.entries(notifications).filter(([, count]) => count > 0)
  yield [
    'Heard',
    heard.length === 0 ? 'nothing' : heard.map(([name, count]) => `${name} ${formatCount(count)}`).join(', '),
  ]
  const odd = {
    repeated: maintenance.duplicates,
    malformed: maintenance.malformed,
    irregular: maintenance.irregular,
    'unknown pushes': maintenance.unknown_pushes,
  }
  const others = Object.entries(odd).filter(([, count]) => count > 0)
  if (others.length > 0)
    yield ['Oddities', others.map(([name, count]) => `${formatCount(count)} ${name}`).join(', ')]
  const errors = commands.errors
    .map(({ error_type, count }) => `${formatCount(count)} ${error_type}`)
    .join(', ')
  yield [
    'Commands meanwhile',
    `${formatCount(commands.ok)} ok, ${formatCount(commands.failed)} failed, ${formatCount(commands.indeterminate)} unknown${errors === '' ? '' : ` (${errors})`}`,
  ]
  yield [
    'Slow',
    `${formatCount(commands.slow)}; ${formatCount(commands.rescued)} answered after the ordinary deadline`,
  ]
  yield ['Their service time', latencyText(commands.service)]
}
