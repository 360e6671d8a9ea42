import { formatCount, formatMillis } from '../format.ts'
import type { LiveState } from '../live-view/live-state.ts'

/** One second of a run that is watched, in a line. */
export function renderWatchLine({
  phase,
  rate,
  latency,
  errors,
  connections,
  faults,
  notice,
}: LiveState): string {
  const [first] = latency.rows
  const failing = errors.rows.reduce((sum, { now }) => sum + now, 0)
  const millis = (value: number | null | undefined): string =>
    value === null || value === undefined ? '-' : `~${formatMillis(value)}`
  const atWork = faults.filter(({ state }) => state === 'at work').map(({ text }) => text)
  return [
    phase.padEnd(7),
    `${formatCount(Math.round(rate.perSecond)).padStart(9)} ops/s${rate.target === null ? '' : ` of ${formatCount(Math.round(rate.target))}`}`,
    ...(first === undefined
      ? []
      : [`${first.name.split(' ')[0] ?? ''} p50 ${millis(first.now.p50)} p99 ${millis(first.now.p99)} ms`]),
    `${formatCount(rate.inFlight)} in flight`,
    `${formatCount(connections.active)} connections`,
    ...(connections.down === 0 ? [] : [`${formatCount(connections.down)} DOWN`]),
    ...(failing === 0 ? [] : [`${formatCount(failing)} errors`]),
    ...(rate.dropped === 0 ? [] : [`${formatCount(rate.dropped)} dropped`]),
    ...(connections.reconnectedNow === 0 ? [] : [`${formatCount(connections.reconnectedNow)} reconnected`]),
    ...(atWork.length === 0 ? [] : [`FAULT ${atWork.join(', ')}`]),
    ...(notice === null ? [] : [notice]),
  ].join(' · ')
}
