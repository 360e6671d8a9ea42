import type { DisturbanceCost, DisturbanceResult, DisturbancesResult } from '../model/disturbance.ts'
import { alignColumns, formatCount, MARGIN } from './format.ts'

/** Longer lists are a table, and only the worst are told at length. */
const TOLD = 3
const ROWS = 20
const CODES = 5

/** What was disturbed, how it was noticed, how it ended and what it cost; at most 80 columns wide. */
export function disturbanceLines(disturbances: DisturbancesResult): string[] {
  const { count, list, cost, outside } = disturbances
  if (count === 0) return []
  const lines = [
    `disturbances  ${count}: ${describeKinds(disturbances)}`,
    MARGIN + describeRecovery(disturbances),
    `${MARGIN}cost in all: ${describeCost(cost)}`,
    ...describeLoss(cost).map((loss) => `${MARGIN}${loss}`),
    `${MARGIN}outside of them: ${formatCount(outside.failed)} failed, ${formatCount(outside.indeterminate)} unknown, ${formatCount(outside.dropped)} dropped`,
    ...describeLoss(outside).map((loss) => `${MARGIN}${loss}`),
  ]
  if (list.length > TOLD) lines.push('', ...table(list, count))
  const worst = list.length > TOLD ? list.toSorted(byLength).slice(0, 1) : list
  for (const one of worst) lines.push('', ...tell(one))
  return lines
}

function describeKinds({ kinds }: DisturbancesResult): string {
  return kinds.map(({ kind, count }) => `${count} ${kind ?? 'by itself'}`).join(', ')
}

function describeRecovery({ kinds, list, count }: DisturbancesResult): string {
  const open = list.filter(({ steady_after_ms }) => steady_after_ms === null).length
  const longest = Math.max(0, ...kinds.map(({ recovery_max_ms }) => recovery_max_ms ?? 0))
  if (open === 0) return `back to steady after each, after ${describeTime(longest)} at the latest`
  return open === count
    ? 'NOT BACK TO STEADY before the end'
    : `NOT BACK TO STEADY after ${open} of ${count}; after the others, ${describeTime(longest)} at the latest`
}

function describeCost({ failed, indeterminate, dropped, delayed }: DisturbanceCost): string {
  return `${formatCount(failed)} failed, ${formatCount(indeterminate)} unknown, ${formatCount(dropped)} dropped, ${formatCount(delayed)} delayed`
}

/** Nothing when none is lost: the lines about the audit say so. */
function describeLoss({ acknowledged_writes: lost = 0 }: DisturbanceCost): string[] {
  return lost === 0 ? [] : [`${formatCount(lost)} acknowledged write${lost === 1 ? '' : 's'} LOST`]
}

function byLength(a: DisturbanceResult, b: DisturbanceResult): number {
  const lengthOf = ({ steady_after_ms }: DisturbanceResult): number =>
    steady_after_ms ?? Number.POSITIVE_INFINITY
  return lengthOf(b) === lengthOf(a) ? a.number - b.number : lengthOf(b) - lengthOf(a)
}

function table(list: readonly DisturbanceResult[], count: number): string[] {
  const header = ['#', 'at', 'began with', 'noticed', 'lost', 'back', 'steady', 'errors', 'delayed']
  const worst = list.toSorted(byLength).slice(0, ROWS)
  const rows = worst
    .toSorted((a, b) => a.number - b.number)
    .map((one) => [
      String(one.number),
      describeTime(one.began_after_start_ms),
      one.cause ?? 'by itself',
      one.detection_ms === null ? '-' : describeTime(one.detection_ms),
      formatCount(one.connections.lost),
      one.reconnection.count === 0 ? '-' : describeTime(one.reconnection.max_ms),
      one.steady_after_ms === null ? 'never' : describeTime(one.steady_after_ms),
      formatCount(one.cost.failed + one.cost.indeterminate),
      formatCount(one.cost.delayed),
    ])
  const left = count - rows.length
  return [
    ...alignColumns([header, ...rows], 1),
    ...(left === 0 ? [] : [`and ${formatCount(left)} more that were shorter`]),
  ].map((line) => `  ${line}`)
}

function* tell(one: DisturbanceResult): Generator<string> {
  const began = describeTime(one.began_after_start_ms)
  yield `  #${one.number} ${describeCause(one)}, ${began} into the measured time${describeMore(one)}`
  yield item('noticed', describeDetection(one))
  yield* connectionItems(one)
  if (one.first_success_after_ms !== null && one.first_error_after_ms !== null)
    yield item(
      'errors',
      `from ${describeTime(one.first_error_after_ms)} on, first success after ${describeTime(one.first_success_after_ms)}`,
    )
  for (const error of one.errors.slice(0, CODES))
    yield item(
      '',
      `${formatCount(error.count)} ${error.error_type} ${error.code} (${error.outcome === 'failed' ? 'failed' : 'unknown'})`,
    )
  if (one.errors.length > CODES) yield item('', `and ${one.errors.length - CODES} other codes`)
  yield item('cost', describeCost(one.cost))
  for (const loss of describeLoss(one.cost)) yield item('', loss)
  yield* recoveryItems(one)
}

function* connectionItems({ connections, reconnection, ...one }: DisturbanceResult): Generator<string> {
  const { lost, reconnected, superseded, still_down, causes } = connections
  if (lost === 0 && one.shard_outages.length === 0) return
  const why = causes.slice(0, 3).map(({ code, count }) => `${count} ${code}`)
  yield item(
    'connections',
    `${formatCount(lost)} lost (${why.join(', ')}) = ${formatCount(reconnected)} back${superseded === 0 ? '' : ` + ${formatCount(superseded)} given up`} + ${formatCount(still_down)} ${still_down > 0 ? 'STILL DOWN' : 'still down'}`,
  )
  for (const { from_slot, to_slot, duration_ms, finished } of one.shard_outages.slice(0, CODES))
    yield item(
      'shard',
      `slots ${from_slot}–${to_slot} down for ${finished ? '' : 'at least '}${describeTime(duration_ms)}`,
    )
  if (reconnected === 0) return
  const { p50_ms, p95_ms, max_ms } = reconnection
  yield item(
    'reconnected',
    `p50 ${describeTime(p50_ms)}, p95 ${describeTime(p95_ms)}, max ${describeTime(max_ms)}`,
  )
  if (one.backoff_share !== null && one.handshake_share !== null)
    yield item(
      '',
      `${percent(one.backoff_share)} of it backoff, ${percent(one.handshake_share)} handshake and LOADING`,
    )
}

function* recoveryItems(one: DisturbanceResult): Generator<string> {
  const { steady_after_ms, unconfirmed_after_ms, steady_before: before } = one
  yield item(
    'steady',
    steady_after_ms !== null
      ? `after ${describeTime(steady_after_ms)}`
      : unconfirmed_after_ms === null
        ? 'NOT before the end'
        : `after ${describeTime(unconfirmed_after_ms)}, it seems; the run ended too soon to be sure`,
  )
  yield item(
    '',
    before === null
      ? 'no steady state before it to compare with'
      : `before: ${formatCount(Math.round(before.ops_per_second))} ops/s, p99 up to ${describeTime(before.p99_high_ms)}, delayed is over ${describeTime(before.delayed_above_ms)}`,
  )
}

function item(name: string, text: string): string {
  return `     ${name.padEnd(MARGIN.length - 2)}${text}`
}

function describeCause({ cause, faults }: DisturbanceResult): string {
  if (cause === null) return 'by itself'
  const node = faults[0]?.node ?? null
  return node === null ? cause : `${cause} ${node}`
}

/** Faults that fell into it afterwards. */
function describeMore({ cause, fault_count }: DisturbanceResult): string {
  const more = cause === null ? fault_count : fault_count - 1
  return more === 0 ? '' : `, ${more} more fault${more === 1 ? '' : 's'} in it`
}

function describeDetection(one: DisturbanceResult): string {
  if (one.detection_ms === null)
    return one.first_error_after_ms === null && one.first_loss_after_ms === null
      ? 'no error, no loss'
      : 'unknown'
  const sign =
    (one.first_loss_after_ms ?? Number.POSITIVE_INFINITY) <=
    (one.first_error_after_ms ?? Number.POSITIVE_INFINITY)
      ? 'a lost connection'
      : 'an error'
  return `${describeTime(one.detection_ms)} after the ${one.detection_from === 'fault' ? 'fault' : 'last good reply'}, by ${sign}`
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

/** `0.85 ms`, `12.3 ms`, `1.24 s`, `12 min`. */
export function describeTime(millis: number): string {
  if (millis === 0) return '0 s'
  if (millis < 1000) return `${Number(millis.toPrecision(3))} ms`
  return millis < 600_000
    ? `${Number((millis / 1000).toPrecision(3))} s`
    : `${formatCount(Math.round(millis / 60_000))} min`
}
