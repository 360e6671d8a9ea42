import type { DryRunReport, KeySpaceEstimate } from '../model/dry-run-report.ts'
import { formatBytes, formatCount, formatMillis } from './format.ts'
import { describeServer } from './text-check.ts'

const MARGIN = ' '.repeat(14)

/** What a run would do, how it was worked out, and what to think of before. */
export function renderTextDryRun(report: DryRunReport): string {
  const { plan, server, round_trip_ms: trip } = report
  const sections = [
    [
      `dry run       ${plan.profile.name} on ${report.target}; no load was sent`,
      `server        ${describeServer(server)} · on ${report.state.place}`,
      `user          ${describePermissions(report)}`,
      `distance      round trip p50 ${formatMillis(trip.p50)} p99 ${formatMillis(trip.p99)} max ${formatMillis(trip.max)} ms (${trip.samples} PINGs)`,
    ],
    [
      `load          ${describeLoad(report)}`,
      ...keyLines(report.key_spaces),
      ...trafficLines(report),
      ...stateLines(report),
    ],
    report.warnings.map((warning) => `warning       ${warning}`),
    report.can_run
      ? ['it can run']
      : ['IT CANNOT RUN', ...report.obstacles.map((obstacle) => `${MARGIN}${obstacle}`)],
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function describePermissions({ state, permissions, permissions_unknown: unknown }: DryRunReport): string {
  const allowed = permissions.filter((permission) => permission.allowed).map(({ command }) => command)
  const refused = permissions.filter((permission) => !permission.allowed)
  const parts = [`${state.user ?? 'unknown'} · may ${allowed.join(', ') || 'nothing'}`]
  if (refused.length > 0)
    parts.push(
      `may not ${refused.map(({ command, error }) => `${command} (${error ?? 'refused'})`).join(', ')}`,
    )
  if (unknown.length > 0) parts.push(`unknown ${unknown.join(', ')}`)
  return parts.join(` · `)
}

function describeLoad({ plan: { load }, connections, traffic }: DryRunReport): string {
  const model =
    traffic.ops_per_second === null
      ? `closed loop, ${formatCount(load.concurrency)} in flight`
      : `open loop, up to ${formatCount(traffic.ops_per_second)} ops/s`
  const seconds = (millis: number): string => `${formatCount(millis / 1000)} s`
  const length = load.duration_ms === null ? 'until a signal' : seconds(load.duration_ms)
  return [
    model,
    `${formatCount(connections)} connections`,
    `${load.threads} load thread${load.threads === 1 ? '' : 's'}`,
    `${length} after ${seconds(load.warmup_ms)} of warm-up`,
    ...(load.count === null ? [] : [`at most ${formatCount(load.count)} commands`]),
  ].join(' · ')
}

function keyLines(spaces: readonly KeySpaceEstimate[]): string[] {
  if (spaces.length === 0) return ['keys          none are written']
  const keys = spaces.reduce((sum, space) => sum + space.keys, 0)
  const bytes = spaces.reduce((sum, { total_bytes }) => sum + (total_bytes ?? 0), 0)
  const isOpen = spaces.some(({ total_bytes }) => total_bytes === null)
  return [
    `keys          at most ${formatCount(keys)}`,
    ...spaces.map((space) => `${MARGIN}${space.pattern} (${space.type}): ${formatCount(space.keys)}`),
    `memory        ${describeSum(bytes, isOpen)}`,
    ...spaces.map((space) => MARGIN + memoryFormula(space)),
  ]
}

function describeSum(bytes: number, isOpen: boolean): string {
  if (bytes === 0 && isOpen) return 'grows with the run'
  return `about ${formatBytes(bytes)}${isOpen ? ' and what grows with the run' : ''}`
}

function memoryFormula(space: KeySpaceEstimate): string {
  const { keys, elements, element_bytes: bytes, overhead_bytes: overhead, overhead_from: from } = space
  if (elements === null) return `${space.pattern} grows with the run (${space.type})`
  const content =
    elements === 1 ? `${bytesOf(bytes)} of value` : `${formatCount(elements)} elements × ${bytesOf(bytes)}`
  const origin =
    from === 'measured'
      ? `measured on ${space.samples} sample key${space.samples === 1 ? '' : 's'}`
      : 'by formula'
  return `${formatCount(keys)} keys × (${content} + ${bytesOf(overhead)} of name and overhead, ${origin})`
}

function bytesOf(value: number): string {
  return `${formatCount(Math.round(value * 10) / 10)} bytes`
}

function trafficLines({ traffic }: DryRunReport): string[] {
  const { request_bytes: request, reply_bytes: reply, ops_per_second: rate } = traffic
  const { sent_bytes_per_second: sent, received_bytes_per_second: received } = traffic
  const least = traffic.reply_is_at_least ? 'at least ' : ''
  if (rate === null || sent === null || received === null)
    return [
      `bandwidth     as much as the server can do: ${bytesOf(request)} sent and ${least}${bytesOf(reply)} received for each command`,
    ]
  return [
    `bandwidth     ${formatBytes(sent)}/s sent = ${formatCount(rate)} ops/s × ${bytesOf(request)}`,
    `${MARGIN}${least}${formatBytes(received)}/s received = ${formatCount(rate)} ops/s × ${bytesOf(reply)}, when every read hits; what follows on a miss comes on top`,
  ]
}

function stateLines({ state }: DryRunReport): string[] {
  const { used_memory_bytes: used, max_memory_bytes: limit, clients, max_clients: most } = state
  const lines: string[] = []
  if (used !== null)
    lines.push(
      `in use        ${formatBytes(used)} of ${limit === null || limit === 0 ? 'no limit' : formatBytes(limit)} · ${state.eviction_policy ?? 'unknown policy'}`,
    )
  if (clients !== null)
    lines.push(
      `${used === null ? 'in use        ' : MARGIN}${formatCount(clients)} of ${most === null ? '?' : formatCount(most)} clients · ${formatCount(state.keys ?? 0)} keys`,
    )
  return lines
}
