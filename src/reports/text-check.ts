import type { CheckReport } from '../model/check-report.ts'
import { formatBytes, formatCount, formatMillis } from './format.ts'

/** The answers to "can I reach it, who is it, what may I do, how far is it". */
export function renderTextCheck(facts: CheckReport): string {
  const { server, permissions, round_trip_ms: trip, memory, clients } = facts
  const allowed = permissions.filter((permission) => permission.allowed)
  const refused = permissions.filter((permission) => !permission.allowed)
  const lines = [
    `reached       ${facts.target} · connected in ${formatMillis(facts.established_ms)} ms, ready in ${formatMillis(facts.ready_ms)} ms`,
    `server        ${describeServer(server)}`,
    `user          ${facts.user ?? 'unknown'} · may ${allowed.map(({ command }) => command).join(', ') || 'nothing'}`,
    ...(refused.length === 0
      ? []
      : [`              may not ${refused.map(({ command, error }) => `${command} (${error})`).join(', ')}`]),
    `distance      round trip p50 ${formatMillis(trip.p50)} p99 ${formatMillis(trip.p99)} max ${formatMillis(trip.max)} ms (${trip.samples} PINGs)`,
  ]
  if (facts.clock_offset_ms !== null)
    lines.push(`clock         server ${describeOffset(facts.clock_offset_ms)}`)
  if (memory !== null)
    lines.push(
      `memory        ${formatBytes(memory.used_bytes)} used of ${memory.limit_bytes === 0 ? 'no limit' : formatBytes(memory.limit_bytes)} · ${memory.policy}`,
    )
  if (clients !== null)
    lines.push(`clients       ${formatCount(clients.connected)} connected of ${formatCount(clients.limit)}`)
  if (facts.keys !== null) lines.push(`keys          ${formatCount(facts.keys)} in this database`)
  return `${lines.join('\n')}\n`
}

/** `Redis 7.4.0 · standalone · master · RESP3 · Linux`. */
export function describeServer(server: Readonly<Record<string, string>>): string {
  if (server['unknown_because'] !== undefined) return `unknown: INFO gave ${server['unknown_because']}`
  const { name, version, mode, role, os, protocol } = server
  return [`${name ?? ''} ${version ?? ''}`.trim(), mode, role, `RESP${protocol ?? '?'}`, os]
    .filter(Boolean)
    .join(' · ')
}

function describeOffset(millis: number): string {
  const side = millis < 0 ? 'behind' : 'ahead'
  return `${formatMillis(Math.abs(millis))} ms ${side} of this machine`
}
