import type { RunResult } from '../model/result.ts'
import { formatCount, formatMillis } from './format.ts'

const MOVES_SHOWN = 5

/** How the Sentinels are used. */
export function sentinelLines({ plan }: RunResult): string[] {
  if (plan.target.topology !== 'sentinel') return []
  const { nodes, failover_detector } = plan.target.sentinel
  const detector = failover_detector
    ? "failover detector on: every connection listens to the Sentinels and leaves an old master at once (not ioredis' default)"
    : "failover detector off, ioredis' default: an old master is left when it closes the connection, or goes silent"
  return [`sentinel      ${nodes.length === 1 ? 'one Sentinel' : `${nodes.length} Sentinels`} · ${detector}`]
}

/** What the attempts to connect went through, and where connections went after a loss. */
export function* attemptLines({ connections }: RunResult): Generator<string> {
  const { phases, sentinel_errors, moves } = connections
  const taken = phases.filter(({ completed }) => completed.count > 0)
  if (taken.length > 0) {
    const parts = taken.map(
      ({ phase, completed: { p50_ms, max_ms } }) =>
        `${phase} p50 ${formatMillis(p50_ms)} max ${formatMillis(max_ms)}`,
    )
    yield `  phases      ${parts.join(' · ')} ms`
  }
  const failed = phases.filter((phase) => phase.failed.count > 0)
  if (failed.length > 0) {
    const parts = failed.map(
      ({ phase, failed: { count, max_ms } }) =>
        `${formatCount(count)} in ${phase} (max ${formatMillis(max_ms)} ms)`,
    )
    yield `  failed      ${parts.join(', ')}`
  }
  if (sentinel_errors.length > 0)
    yield `  sentinels   ${sentinel_errors.map(({ code, count }) => `${formatCount(count)} ${code}`).join(', ')}`
  for (const { from, to, connections: count, first_lost_at_ms, last_ready_at_ms } of moves.slice(
    0,
    MOVES_SHOWN,
  ))
    yield `  moved       ${formatCount(count)} from ${from} to ${to}: the first was lost at ${timeOf(first_lost_at_ms)}, the last was ready ${formatMillis(last_ready_at_ms - first_lost_at_ms)} ms later`
}

/** `12:34:56.789`, UTC. */
function timeOf(millis: number): string {
  return `${new Date(millis).toISOString().slice(11, 23)} UTC`
}
