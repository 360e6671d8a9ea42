import type { PhaseResult, RunResult } from '../../model/result.ts'
import { formatCount } from '../format.ts'
import { type Limit, limitOf } from '../limit.ts'
import { type RateDistribution, throughputOf } from '../throughput.ts'
import { figuresAt } from './figures.ts'
import { LATENCY_TITLES, latencyCells } from './latency-columns.ts'
import { describeAdjustment, marksOf } from './marks.ts'
import { html, type Markup } from './markup.ts'
import type { SectionContext } from './sections.ts'
import { numbers, table, words } from './table.ts'

/** What was asked for and what became of it, second by second and phase by phase. */
export function loadSection(result: RunResult, context: SectionContext): Markup {
  const { totals, load_model } = result
  const dropped = totals.dropped_max_in_flight + totals.dropped_generator_late
  const sum =
    load_model === 'closed'
      ? html`${formatCount(totals.issued)} commands`
      : html`${formatCount(totals.scheduled)} scheduled = ${formatCount(totals.issued)} issued +
        ${formatCount(dropped)} dropped`
  return html`<p class="equation">
      ${sum} · ${formatCount(totals.issued)} issued = ${formatCount(totals.ok)} ok +
      ${formatCount(totals.failed)} failed + ${formatCount(totals.indeterminate)} unknown +
      ${formatCount(totals.in_flight_at_end)} in flight at the end
    </p>
    <p>${limitText(result)}</p>
    ${zoomButtons(result)}${figuresAt('load', context)}${throughputTable(result)}${phaseTable(result)}${adjustmentTable(result)}`
}

const LIMITS: Readonly<Record<Limit['by'], string>> = {
  target: 'the target',
  server: 'the server and the way to it',
  generator: 'the generator',
  pauses: 'the time to think',
  unknown: 'nobody knows what',
}

function limitText(result: RunResult): Markup {
  const { by, because } = limitOf(result)
  return html`Limited by <strong class="${by === 'generator' ? 'bad' : ''}">${LIMITS[by]}</strong>:
    ${because}.`
}

/** A mean hides the seconds without any. */
function throughputTable(result: RunResult): Markup | undefined {
  const throughput = throughputOf(result)
  if (throughput === undefined) return undefined
  const row = (name: string, { mean, min, p1, p50, p99, max }: RateDistribution): string[] => [
    name,
    ...[mean, min, p1, p50, p99, max].map((rate) => formatCount(rate)),
  ]
  const { intervals: count, intervalSeconds, ok, failed } = throughput
  return table({
    caption: `Throughput over ${formatCount(count)} intervals of ${Number(intervalSeconds.toFixed(1))} s; commands a second`,
    showCaption: true,
    columns: [...words('Outcome'), ...numbers('mean', 'min', 'p1', 'p50', 'p99', 'max')],
    rows: [row('ok', ok), row('failed or unknown', failed)],
  })
}

export function latencySection(_: RunResult, context: SectionContext): Markup | undefined {
  return figuresAt('latency', context)
}

const BUTTONS = 12

/** What to look at closely, with one click. */
function zoomButtons(result: RunResult): Markup | undefined {
  const { phases } = marksOf(result)
  if (phases.length === 0 || phases.length > BUTTONS) return undefined
  return html`<div class="zooms">
    <span>Show</span><button type="button" data-zoom="">all</button>${phases.map(
      ({ from, to, label }) => html`<button type="button" data-zoom="${from} ${to}">${label}</button>`,
    )}
  </div>`
}

function phaseTable({ phases }: RunResult): Markup | undefined {
  if (phases.length === 0) return undefined
  return table({
    caption: 'Phases of the load; latencies of all commands in milliseconds',
    showCaption: true,
    columns: [
      ...words('Phase'),
      ...numbers('s', 'target/s', 'ops/s', 'ok', 'failed', 'unknown', 'dropped', ...LATENCY_TITLES),
    ],
    rows: phases.map((phase) => phaseRow(phase)),
  })
}

function phaseRow(phase: PhaseResult): (Markup | string)[] {
  const { name, seconds, times, target_ops_per_second: target, ops_per_second } = phase
  return [
    times === 1 ? name : `${name} × ${times}`,
    seconds.toFixed(1),
    target === null ? '–' : formatCount(Math.round(target)),
    formatCount(Math.round(ops_per_second)),
    ...[phase.ok, phase.failed, phase.indeterminate, phase.dropped].map((count) => formatCount(count)),
    ...latencyCells(phase.response ?? phase.service),
  ]
}

/** The run is not the one that its plan describes. */
function adjustmentTable({ adjustments, run_start }: RunResult): Markup | undefined {
  if (adjustments.length === 0) return undefined
  return table({
    caption: 'Adjusted by hand',
    showCaption: true,
    columns: [...numbers('at [s]'), ...words('to')],
    rows: adjustments.map((one) => [(one.at_ms / 1000 - run_start).toFixed(1), describeAdjustment(one)]),
  })
}
