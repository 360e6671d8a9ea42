import type { RunPhase } from '../model/run-view.ts'
import type { IntervalResult } from '../model/interval-result.ts'
import type { RunPlan } from '../model/plan.ts'
import { plannedConnections } from '../model/planned-connections.ts'
import { formatCount, formatMillis } from './format.ts'

export interface Progress {
  readonly phase: RunPhase
  /** Since the phase began. */
  readonly elapsedMillis: number
  readonly interval: IntervalResult
  /** Measured commands so far. */
  readonly scheduled: number
  readonly inFlight: number
  /** Kinds of the faults at work. */
  readonly faults?: readonly string[]
}

/** A line that comes later than this after the end is about answers that are still awaited. */
const OVER_MILLIS = 500

/** One line for one second of a run. */
export function renderProgressLine(progress: Progress, plan: RunPlan): string {
  return [...whereItIs(progress, plan), ...whatHappened(progress, plan)].join(' · ')
}

function* whereItIs(
  { phase, elapsedMillis, interval, scheduled }: Progress,
  { load }: RunPlan,
): Generator<string> {
  const length = phase === 'warmup' ? load.warmup_ms : load.duration_ms
  if (phase === 'measure' && length !== null && elapsedMillis > length + OVER_MILLIS) {
    yield `${'drain'.padEnd(7)} ${`${Math.round((elapsedMillis - length) / 1000)}s`.padStart(12)}`
    return
  }
  const elapsed = Math.round(elapsedMillis / 1000)
  const time =
    length === null
      ? `${elapsed}s`
      : `${elapsed}/${Math.round(length / 1000)}s ${percent(elapsedMillis, length)}`
  yield `${phase.padEnd(7)} ${time.padStart(12)}`
  if (phase === 'warmup') return
  if (load.count !== null)
    yield `${formatCount(scheduled)}/${formatCount(load.count)} commands ${percent(scheduled, load.count)}`
  if (interval.phase !== null) yield interval.phase
}

function* whatHappened({ interval, inFlight, faults = [] }: Progress, plan: RunPlan): Generator<string> {
  const { load } = plan
  const settled = interval.ok + interval.failed + interval.indeterminate
  const rate = interval.seconds === 0 ? 0 : settled / interval.seconds
  const errors = interval.failed + interval.indeterminate
  const isOpen = load.model === 'open'
  const p50 = isOpen ? (interval.response_p50_ms ?? 0) : interval.service_p50_ms
  const p99 = isOpen ? (interval.response_p99_ms ?? 0) : interval.service_p99_ms
  yield `${formatCount(Math.round(rate)).padStart(9)} ops/s`
  yield `${isOpen ? 'response' : 'service'} p50 ${formatMillis(p50)} p99 ${formatMillis(p99)} ms`
  yield `${inFlight} in flight`
  // Each client of a Cluster opens as many as there are nodes.
  const planned = plan.target.topology === 'cluster' ? '' : `/${plannedConnections(plan)}`
  yield `${interval.connections_active}${planned} connections`
  if (errors > 0) yield `${formatCount(errors)} errors`
  if (interval.dropped > 0) yield `${formatCount(interval.dropped)} dropped`
  if (interval.reconnections > 0) yield `${interval.reconnections} reconnected`
  if (faults.length > 0) yield `FAULT ${[...new Set(faults)].join(', ')}`
}

function percent(part: number, whole: number): string {
  const share = whole === 0 ? 100 : Math.min(100, Math.round((100 * part) / whole))
  return `${String(share).padStart(3)}%`
}
