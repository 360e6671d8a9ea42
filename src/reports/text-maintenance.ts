import { type Announcement, type MaintenanceResult, NOTIFICATIONS } from '../model/maintenance.ts'
import type { RunResult } from '../model/result.ts'
import { formatCount, formatMillis } from './format.ts'

const ANNOUNCEMENTS_SHOWN = 20

/** Whether servers announced anything, what, when, and what became of the load meanwhile. */
export function* maintenanceLines({ maintenance, plan, run_start: start }: RunResult): Generator<string> {
  // A result of an older version has none.
  if ((maintenance ?? null) === null) return
  const { announcements, announcements_left_out: leftOut, mode } = maintenance!
  const relaxed = plan.client.maintenance_relaxed_timeout_ms / 1000
  yield `maintenance   ${mode}${mode === 'relax' ? ` (deadlines of ${relaxed} s meanwhile)` : ''} · ${askedOf(maintenance!)}`
  const told = heard(maintenance!)
  if (told !== '') yield `notifications ${told}`
  for (const announcement of announcements.slice(0, ANNOUNCEMENTS_SHOWN))
    yield `              ${describe(announcement, 1000 * start)}`
  const more = leftOut + Math.max(0, announcements.length - ANNOUNCEMENTS_SHOWN)
  if (more > 0) yield `              and ${formatCount(more)} more`
  yield* meanwhile(maintenance!, plan.traces.slow_ms)
}

function askedOf({ accepted, refused, refusal }: MaintenanceResult): string {
  const parts = [
    ...(accepted > 0 ? [`asked for on ${formatCount(accepted)} connections`] : []),
    ...(refused > 0 ? [`refused on ${formatCount(refused)}${refusal === null ? '' : ` (${refusal})`}`] : []),
  ]
  return parts.length === 0 ? 'no answer of a server' : parts.join(', ')
}

function heard(maintenance: MaintenanceResult): string {
  const { notifications, duplicates, malformed, irregular, unknown_pushes: unknown } = maintenance
  const kinds = NOTIFICATIONS.flatMap((name) =>
    notifications[name] === 0 ? [] : [`${name} ${formatCount(notifications[name])}`],
  )
  const others = Object.entries({ repeated: duplicates, malformed, irregular, 'unknown pushes': unknown })
  const rest = others.flatMap(([name, count]) => (count === 0 ? [] : [`${formatCount(count)} ${name}`]))
  return [kinds.join(', '), rest.join(', ')].filter((part) => part !== '').join(' · ')
}

function describe(announcement: Announcement, startMillis: number): string {
  const { notification, sequence, server, subject, endpoint, notifications, time_ms: time } = announcement
  const seconds = (announcement.first_at_ms - startMillis) / 1000
  return [
    `${seconds < 0 ? '' : '+'}${seconds.toFixed(3)} s  ${notification} ${sequence}`,
    ...(server === null ? [] : [`of ${server}`]),
    ...(subject === '' ? [] : [`(${subject})`]),
    ...(time === null || time === 0 ? [] : [`within ${time / 1000} s`]),
    ...(endpoint === null ? [] : [`to ${endpoint}`]),
    `on ${formatCount(notifications)} connection${notifications === 1 ? '' : 's'}`,
    ...losses(announcement),
  ].join(' ')
}

function losses({
  notification,
  lost,
  first_lost_after_ms: first,
  last_lost_after_ms: last,
}: Announcement): string[] {
  if (lost === 0 || first === null || last === null)
    return notification === 'MOVING' ? ['· none lost after it'] : []
  const after = [...new Set([first, last].map(formatMillis))].join('–')
  return [`· ${formatCount(lost)} lost after ${after} ms`]
}

function* meanwhile({ commands }: MaintenanceResult, slowMillis: number): Generator<string> {
  const { ok, failed, indeterminate, errors, slow, rescued, service } = commands
  const all = ok + failed + indeterminate
  if (all === 0) return
  const causes = errors.map(({ error_type, count }) => `${formatCount(count)} ${error_type}`).join(', ')
  const parts = [
    `${formatCount(all)} commands`,
    `${formatCount(failed)} failed, ${formatCount(indeterminate)} unknown${causes === '' ? '' : ` (${causes})`}`,
    `${formatCount(slow)} slower than ${formatMillis(slowMillis)} ms`,
    ...(rescued === 0 ? [] : [`${formatCount(rescued)} answered after the ordinary deadline`]),
    ...(service.count === 0
      ? []
      : [
          `p50 ${formatMillis(service.p50_ms)} p99 ${formatMillis(service.p99_ms)} max ${formatMillis(service.max_ms)} ms`,
        ]),
  ]
  yield `meanwhile     ${parts.join(' · ')}`
}
