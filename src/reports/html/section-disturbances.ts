import type { DisturbanceCost, DisturbanceResult } from '../../model/disturbance.ts'
import type { FaultResult } from '../../model/fault-result.ts'
import type { RunResult } from '../../model/result.ts'
import { formatCount } from '../format.ts'
import { describeTime } from '../text-disturbances.ts'
import { html, type Markup } from './markup.ts'
import { numbers, table, words } from './table.ts'
import { timelineCard } from './timeline.ts'

const ROWS = 100
const CARDS = 12

/** What was disturbed, by which fault or by itself, how it went on and what it cost. */
export function disturbancesSection(result: RunResult): Markup {
  const { disturbances, faults } = result
  const { count, list, cost, outside } = disturbances
  if (count === 0)
    return html`<p class="nothing">
        Nothing disturbed the load${faults.length > 0 ? ', although faults were caused' : ''}.
      </p>
      ${faultTable(result)}`
  const told = list
    .toSorted(byLength)
    .slice(0, CARDS)
    .toSorted((a, b) => a.number - b.number)
  return html`<p>
      ${formatCount(count)} disturbance${count === 1 ? '' : 's'}: they cost ${costText(cost)}. Outside of
      them: ${costText(outside)}.
    </p>
    ${list.length > 1 && overview(list, count)}${told.map((one) => timelineCard(one, result))}${list.length > told.length && html`<p>The ${told.length} longest are shown one by one.</p>`}${faultTable(result)}`
}

function byLength(a: DisturbanceResult, b: DisturbanceResult): number {
  const lengthOf = ({ steady_after_ms }: DisturbanceResult): number =>
    steady_after_ms ?? Number.POSITIVE_INFINITY
  return lengthOf(b) === lengthOf(a) ? a.number - b.number : lengthOf(b) - lengthOf(a)
}

function costText({
  failed,
  indeterminate,
  dropped,
  delayed,
  acknowledged_writes: lost = 0,
}: DisturbanceCost): string {
  const counts = {
    failed,
    unknown: indeterminate,
    dropped,
    delayed,
    ...(lost > 0 ? { 'acknowledged writes': lost } : {}),
  }
  return Object.entries(counts)
    .map(([name, count]) => `${formatCount(count)} ${name}`)
    .join(', ')
}

function overview(list: readonly DisturbanceResult[], count: number): Markup {
  const shown = list.slice(0, ROWS)
  const time = (millis: number | null): string => (millis === null ? '–' : describeTime(millis))
  return table({
    caption: `All disturbances${shown.length < count ? `, ${shown.length} of ${formatCount(count)}` : ''}`,
    columns: [
      ...words('#', 'began with'),
      ...numbers(
        'at',
        'noticed',
        'lost',
        'reconnected p95',
        'max',
        'steady',
        'failed',
        'unknown',
        'dropped',
        'delayed',
      ),
    ],
    rows: shown.map((one) => [
      `#${one.number}`,
      one.cause ?? 'by itself',
      `${(one.began_after_start_ms / 1000).toFixed(2)} s`,
      time(one.detection_ms),
      formatCount(one.connections.lost),
      ...(one.reconnection.count === 0
        ? ['–', '–']
        : [time(one.reconnection.p95_ms), time(one.reconnection.max_ms)]),
      one.steady_after_ms === null ? html`<span class="bad">never</span>` : time(one.steady_after_ms),
      ...[one.cost.failed, one.cost.indeterminate, one.cost.dropped, one.cost.delayed].map((value) =>
        formatCount(value),
      ),
    ]),
  })
}

function faultTable({ faults, run_start }: RunResult): Markup | undefined {
  if (faults.length === 0) return undefined
  return table({
    caption: `Faults, as they are numbered on the charts${faults.length > ROWS ? `; the first ${ROWS} of ${formatCount(faults.length)}` : ''}`,
    showCaption: true,
    columns: [
      ...words('#', 'kind'),
      ...numbers('at', 'lasted', 'connections'),
      ...words('where', 'what was done', 'taken back'),
    ],
    rows: faults
      .slice(0, ROWS)
      .map((fault) => [
        html`<span class="fault-number">${fault.id}</span>`,
        `${fault.kind}${fault.origin === 'live' ? ' (live)' : ''}`,
        `${(fault.at_ms / 1000 - run_start).toFixed(2)} s`,
        fault.ended_at_ms === null ? '–' : describeTime(Math.max(0, fault.ended_at_ms - fault.at_ms)),
        formatCount(fault.connections),
        fault.nodes.join(', '),
        fault.error === null ? fault.detail : html`<span class="bad">did not act: ${fault.error}</span>`,
        takenBack(fault),
      ]),
  })
}

function takenBack({ reverted, revert_error: why }: FaultResult): Markup | string {
  if (reverted === null) return 'nothing to take back'
  return reverted ? 'yes' : html`<span class="bad">no: ${why ?? ''}</span>`
}
