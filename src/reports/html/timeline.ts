import type { DisturbanceResult } from '../../model/disturbance.ts'
import type { RunResult } from '../../model/result.ts'
import { formatCount } from '../format.ts'
import { describeTime } from '../text-disturbances.ts'
import { html, type Markup } from './markup.ts'
import { type Bar, type Timeline, type TimelineRow, timelineOf } from './timeline-rows.ts'

/** Width of a drawing in its own units; the page stretches it. */
const WIDTH = 1000
const ROW = 14
const LANE = 3
const RATES = 40
/** So that what took no time at all is seen. */
const NARROWEST = 3
const CODES = 5

/** One disturbance, with the time around it drawn as wide as the page. */
export function timelineCard(one: DisturbanceResult, result: RunResult): Markup {
  const { connections, run_start } = result
  const timeline = timelineOf(one, [...connections.unfinished, ...connections.outages])
  const began = one.began_at_ms / 1000 - run_start
  const [from, to] = [began + timeline.from / 1000 - 2, began + timeline.to / 1000 + 2]
  return html`<article class="disturbance" id="disturbance-${one.number}">
    <header>
      <h3>
        #${one.number} ${one.cause ?? 'by itself'}
        <span class="unit">at ${began.toFixed(2)} s${where(one)}</span>
      </h3>
      <button type="button" data-zoom="${from.toFixed(3)} ${to.toFixed(3)}" data-show="load">
        Show on the charts<span class="hidden"> (disturbance ${one.number})</span>
      </button>
    </header>
    <table class="timeline">
      <caption class="hidden">
        Phases of disturbance ${one.number}, from when it began
      </caption>
      <colgroup>
        <col class="phase" />
        <col class="took" />
        <col />
      </colgroup>
      <thead class="hidden">
        <tr>
          <th scope="col">Phase</th>
          <th scope="col">took</th>
          <th scope="col">when</th>
        </tr>
      </thead>
      <tbody>
        ${timeline.rows.map((row) => timelineRow(row, timeline))}${outageLanes(timeline, one.connections.lost)}${rates(one, timeline, result)}
        <tr class="ticks">
          <th scope="row"><span class="hidden">Time</span></th>
          <td></td>
          <td><div>${ticks(timeline)}</div></td>
        </tr>
      </tbody>
    </table>
    ${details(one)}
  </article>`
}

function where({ faults }: DisturbanceResult): string {
  const node = faults[0]?.node ?? null
  return node === null ? '' : ` on ${node}`
}

function timelineRow(row: TimelineRow, timeline: Timeline): Markup {
  const took = row.millis === null ? '–' : row.is === 'fault' ? '' : describeTime(row.millis)
  return html`<tr>
    <th scope="row">${row.name}<small>${row.note}</small></th>
    <td class="number">${took}</td>
    <td>
      ${drawing(
        ROW,
        timeline,
        row.bars.map((bar) => rect(bar, timeline, { top: 2, height: ROW - 4, is: row.is })),
      )}
    </td>
  </tr>`
}

/** Every connection that was lost, for as long as it was away. */
function outageLanes(timeline: Timeline, lost: number): Markup | undefined {
  const { outages } = timeline
  if (outages.length < 2) return undefined
  const lanes = outages.map((bar, index) =>
    rect(bar, timeline, { top: index * LANE, height: LANE - 1, is: 'lane' }),
  )
  return html`<tr>
    <th scope="row">
      Connections away<small
        >${outages.length < lost ? `${formatCount(outages.length)} of ${formatCount(lost)}` : formatCount(lost)},
        a line each</small
      >
    </th>
    <td></td>
    <td>${drawing(outages.length * LANE, timeline, lanes)}</td>
  </tr>`
}

/** The intervals around it: what was answered without an error. */
function rates(
  { began_at_ms: began }: DisturbanceResult,
  timeline: Timeline,
  { intervals }: RunResult,
): Markup | undefined {
  const shown = intervals
    .filter(({ seconds }) => seconds > 0)
    .map(({ at_ms, seconds, ok }) => ({
      from: at_ms - 1000 * seconds - began,
      to: at_ms - began,
      rate: ok / seconds,
    }))
    .filter(({ from, to }) => to > timeline.from && from < timeline.to)
  const most = Math.max(0, ...shown.map(({ rate }) => rate))
  if (shown.length < 2 || most === 0) return undefined
  const bars = shown.map(({ from, to, rate }) => {
    const height = (RATES * rate) / most
    return rect({ from, to }, timeline, { top: RATES - height, height, is: 'rate' })
  })
  return html`<tr>
    <th scope="row">Answered<small>up to ${formatCount(Math.round(most))}/s</small></th>
    <td></td>
    <td>${drawing(RATES, timeline, bars)}</td>
  </tr>`
}

function drawing(height: number, timeline: Timeline, contents: readonly Markup[]): Markup {
  const lines = tickTimes(timeline).map((time) => {
    const x = place(time, timeline).toFixed(1)
    return html`<line x1="${x}" x2="${x}" y1="0" y2="${height}" class="${time === 0 ? 'zero' : ''}" />`
  })
  return html`<svg
    viewBox="0 0 ${WIDTH} ${height}"
    height="${height}"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    ${lines}${contents}
  </svg>`
}

function rect(
  { from, to, isOpen }: Bar,
  timeline: Timeline,
  { top, height, is }: { readonly top: number; readonly height: number; readonly is: string },
): Markup {
  const left = Math.max(0, place(from, timeline))
  const right = Math.min(WIDTH, place(to, timeline))
  const width = Math.max(NARROWEST, right - left)
  return html`<rect
    x="${left.toFixed(1)}"
    y="${top.toFixed(1)}"
    width="${width.toFixed(1)}"
    height="${height.toFixed(1)}"
    class="bar-${is} ${isOpen === true ? 'open' : ''}"
  />`
}

function place(millis: number, { from, to }: Timeline): number {
  return (WIDTH * (millis - from)) / (to - from)
}

function tickTimes({ from, to, step }: Timeline): number[] {
  return Array.from({ length: Math.round((to - from) / step) + 1 }, (_, index) => from + index * step)
}

function ticks(timeline: Timeline): Markup[] {
  return tickTimes(timeline).map(
    (time) => html`<span>${time < 0 ? '−' : ''}${describeTime(Math.abs(time))}</span>`,
  )
}

function details(one: DisturbanceResult): Markup {
  const { cost, steady_before: before, errors, shard_outages: shards } = one
  const codes = errors
    .slice(0, CODES)
    .map(
      ({ code, outcome, count }) =>
        `${formatCount(count)} ${code}${outcome === 'failed' ? '' : ' (unknown)'}`,
    )
  const parts = [
    `Cost: ${formatCount(cost.failed)} failed, ${formatCount(cost.indeterminate)} unknown, ${formatCount(cost.dropped)} dropped, ${formatCount(cost.delayed)} delayed${(cost.acknowledged_writes ?? 0) > 0 ? `, ${formatCount(cost.acknowledged_writes ?? 0)} acknowledged writes LOST` : ''}.`,
    ...(codes.length === 0
      ? []
      : [
          `Errors: ${codes.join(', ')}${errors.length > CODES ? `, and ${errors.length - CODES} other codes` : ''}.`,
        ]),
    ...reconnectionText(one),
    ...(shards.length === 0
      ? []
      : [
          `Slots without a success: ${shards
            .slice(0, CODES)
            .map(
              ({ from_slot, to_slot, duration_ms, finished }) =>
                `${from_slot}–${to_slot} for ${finished ? '' : 'at least '}${describeTime(duration_ms)}`,
            )
            .join(', ')}.`,
        ]),
    before === null
      ? 'There was no steady state before it to compare with.'
      : `Before it: ${formatCount(Math.round(before.ops_per_second))} ops/s, p50 ${describeTime(before.p50_ms)}, p99 up to ${describeTime(before.p99_high_ms)}; delayed is over ${describeTime(before.delayed_above_ms)}.`,
  ]
  return html`<p class="details">${parts.join(' ')}</p>`
}

function reconnectionText({
  reconnection,
  backoff_share: backoff,
  handshake_share: handshake,
}: DisturbanceResult): string[] {
  if (reconnection.count === 0) return []
  const { p50_ms, p95_ms, max_ms } = reconnection
  const shares =
    backoff === null || handshake === null
      ? ''
      : `; ${Math.round(100 * backoff)} % of it backoff, ${Math.round(100 * handshake)} % handshake and LOADING`
  return [
    `Reconnected: p50 ${describeTime(p50_ms)}, p95 ${describeTime(p95_ms)}, max ${describeTime(max_ms)}${shares}.`,
  ]
}
