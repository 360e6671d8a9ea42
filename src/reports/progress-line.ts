import type { RunPhase } from '../model/run-view.ts'
import type { IntervalResult } from '../model/result.ts'
import type { RunPlan } from '../model/plan.ts'
import { formatCount, formatMillis } from './format.ts'

export interface Progress {
  readonly phase: RunPhase
  /** Since the phase began. */
  readonly elapsedMillis: number
  readonly interval: IntervalResult
  readonly inFlight: number
}

/** One line for one second of a run. */
export function renderProgressLine(
  { phase, elapsedMillis, interval, inFlight }: Progress,
  { load }: RunPlan,
): string {
  const length = phase === 'warmup' ? load.warmup_ms : load.duration_ms
  const elapsed = Math.round(elapsedMillis / 1000)
  const time = length === null ? `${elapsed}s` : `${elapsed}/${Math.round(length / 1000)}s`
  const settled = interval.ok + interval.failed + interval.indeterminate
  const rate = interval.seconds === 0 ? 0 : settled / interval.seconds
  const errors = interval.failed + interval.indeterminate
  const isOpen = load.model === 'open'
  const p50 = isOpen ? (interval.response_p50_ms ?? 0) : interval.service_p50_ms
  const p99 = isOpen ? (interval.response_p99_ms ?? 0) : interval.service_p99_ms
  const parts = [
    `${phase.padEnd(7)} ${time.padStart(7)}`,
    `${formatCount(Math.round(rate)).padStart(9)} ops/s`,
    `${isOpen ? 'response' : 'service'} p50 ${formatMillis(p50)} p99 ${formatMillis(p99)} ms`,
    `${inFlight} in flight`,
    `${interval.connections_active}/${load.clients} connections`,
  ]
  if (errors > 0) parts.push(`${formatCount(errors)} errors`)
  if (interval.dropped > 0) parts.push(`${formatCount(interval.dropped)} dropped`)
  if (interval.reconnections > 0) parts.push(`${interval.reconnections} reconnected`)
  return parts.join(' · ')
}
