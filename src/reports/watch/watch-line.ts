import { formatCount, formatMillis } from '../format.ts'
import type { LiveState } from '../live-view/live-state.ts'

/** One second of a run that is watched, in a line. */
export function renderWatchLine(shown: LiveState): string {
  const { rate, latency, errors, connections, faults, thresholds, notice } = shown
  const [first] = latency.rows
  const failing = errors.rows.reduce((sum, { now }) => sum + now, 0)
  const millis = (value: number | null | undefined): string =>
    value === null || value === undefined ? '-' : `~${formatMillis(value)}`
  const atWork = faults.filter(({ state }) => state === 'at work').map(({ text }) => text)
  return [
    whereItIs(shown),
    `${formatCount(Math.round(rate.perSecond)).padStart(9)} ops/s${rate.target === null ? '' : ` of ${formatCount(Math.round(rate.target))}`}`,
    ...(first === undefined
      ? []
      : [`${first.name.split(' ')[0] ?? ''} p50 ${millis(first.now.p50)} p99 ${millis(first.now.p99)} ms`]),
    `${formatCount(rate.inFlight)} in flight`,
    `${formatCount(connections.active ?? 0)} connections`,
    ...(connections.down === 0 ? [] : [`${formatCount(connections.down)} DOWN`]),
    ...(failing === 0 ? [] : [`${formatCount(failing)} errors`]),
    ...(rate.dropped === 0 ? [] : [`${formatCount(rate.dropped)} dropped`]),
    ...(connections.reconnectedNow === 0 ? [] : [`${formatCount(connections.reconnectedNow)} reconnected`]),
    ...(atWork.length === 0 ? [] : [`FAULT ${atWork.join(', ')}`]),
    ...missedWords(thresholds),
    ...(notice === null ? [] : [notice]),
  ].join(' · ')
}

function whereItIs({ phase, stage, elapsedMillis, lengthMillis, adjusted }: LiveState): string {
  const seconds = (millis: number): number => Math.round(millis / 1000)
  const isTimed = phase === 'warmup' || phase === 'measure'
  const time =
    !isTimed || lengthMillis === 'unknown'
      ? ''
      : lengthMillis === null
        ? `${seconds(elapsedMillis)}s`
        : `${seconds(elapsedMillis)}/${seconds(lengthMillis)}s`
  return [
    `${phase.padEnd(7)}${time === '' ? '' : ` ${time.padStart(9)}`}`,
    ...(stage === null ? [] : [stage.name]),
    ...(adjusted.isPaused ? ['PAUSED'] : []),
  ].join(' · ')
}

function missedWords(thresholds: LiveState['thresholds']): string[] {
  const missed = thresholds.filter(({ state }) => state === 'missed').length
  return missed === 0 ? [] : [`${missed} of ${thresholds.length} thresholds NOT MET`]
}

/** What is known of a run that is over and gone. */
export function renderWatchEnd({ title, phase, rate, errors, thresholds }: LiveState): string {
  const failed = errors.rows.reduce((sum, { total }) => sum + total, 0)
  const missed = thresholds.filter(({ state }) => state === 'missed')
  return [
    `over   ${title}${phase === 'done' ? '' : ', as it was seen last'}`,
    `${formatCount(rate.scheduled)} commands`,
    ...(failed === 0 ? ['no errors'] : [`${formatCount(failed)} errors`]),
    ...(rate.droppedTotal === 0 ? [] : [`${formatCount(rate.droppedTotal)} dropped`]),
    ...(thresholds.length > 0 && missed.length === 0 ? ['thresholds met'] : []),
    ...missed.map(({ expression, actual }) => `NOT MET ${expression}${actual === '' ? '' : ` (${actual})`}`),
  ].join(' · ')
}
