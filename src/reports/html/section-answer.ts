import type { RunResult, ThresholdResult } from '../../model/result.ts'
import { formatCount, formatMillis } from '../format.ts'
import { adjustmentLines } from '../text-adjustments.ts'
import { describeTime } from '../text-disturbances.ts'
import { describeActual } from '../text-thresholds.ts'
import { html, type Markup } from './markup.ts'
import { table, words } from './table.ts'

/** What was asked of the run, with the actual numbers, and the few numbers that everybody asks for. */
export function answerSection(result: RunResult): Markup {
  return html`${tiles(result)}${warnings(result)}${sentences('Thresholds', result.thresholds)}${sentences('Expectations of what faults may cost', result.expectations)}${stepSearch(result)}`
}

interface Tile {
  readonly name: string
  readonly value: string
  readonly unit?: string
  readonly note?: string
  readonly is?: 'bad' | 'good'
}

function tiles(result: RunResult): Markup {
  const shown = [rateTile(result), ...latencyTiles(result), ...errorTiles(result), ...costTiles(result)]
  return html`<dl class="tiles">
    ${shown.map(
      ({ name, value, unit, note, is }) =>
        html`<div class="tile ${is ?? ''}">
          <dt>${name}</dt>
          <dd>
            <strong>${value}</strong
            >${unit === undefined ? '' : html` <span class="unit">${unit}</span>`}${note === undefined ? '' : html`<small>${note}</small>`}
          </dd>
        </div>`,
    )}
  </dl>`
}

function rateTile({ overall_throughput, intervals, load_model, measured_seconds }: RunResult): Tile {
  const asked = intervals.reduce((sum, one) => sum + (one.target_ops_per_second ?? 0) * one.seconds, 0)
  const note =
    load_model === 'closed'
      ? 'closed loop: as fast as answers come'
      : asked === 0
        ? 'open loop'
        : `of ${formatCount(Math.round(asked / Math.max(measured_seconds, 1e-9)))} asked for`
  return { name: 'Rate', value: formatCount(Math.round(overall_throughput)), unit: 'ops/s', note }
}

/** The summary that all outputs share: of all commands. */
function latencyTiles(result: RunResult): Tile[] {
  const kind = result.latency_kind === 'response_time' ? 'response time' : 'service time'
  const { median_latency_ms, p99_latency_ms, max_latency_ms } = result
  return [
    { name: 'Median', value: formatMillis(median_latency_ms), unit: 'ms', note: kind },
    { name: 'p99', value: formatMillis(p99_latency_ms), unit: 'ms', note: kind },
    { name: 'Longest', value: formatMillis(max_latency_ms), unit: 'ms', note: kind },
  ]
}

function errorTiles({ totals, load_model }: RunResult): Tile[] {
  const { ok, failed, indeterminate } = totals
  const wrong = failed + indeterminate
  const dropped = totals.dropped_max_in_flight + totals.dropped_generator_late
  const share = (count: number, of: number): string => (of === 0 ? '' : ` (${percent(count / of)})`)
  const errors: Tile = {
    name: 'Failed or unknown',
    value: formatCount(wrong),
    note:
      wrong === 0
        ? `of ${formatCount(ok)} commands`
        : `${formatCount(failed)} failed, ${formatCount(indeterminate)} unknown${share(wrong, ok + wrong)}`,
    is: wrong === 0 ? 'good' : 'bad',
  }
  if (load_model === 'closed') return [errors]
  const note =
    dropped === 0
      ? `of ${formatCount(totals.scheduled)} arrivals`
      : `${formatCount(totals.dropped_max_in_flight)} too many in flight, ${formatCount(totals.dropped_generator_late)} generator late`
  return [errors, { name: 'Dropped', value: formatCount(dropped), note, is: dropped === 0 ? 'good' : 'bad' }]
}

function* costTiles({ disturbances, acked_writes: acked }: RunResult): Generator<Tile> {
  if (disturbances.count > 0) {
    const longest = Math.max(0, ...disturbances.kinds.map(({ recovery_max_ms }) => recovery_max_ms ?? 0))
    const open = disturbances.list.filter(({ steady_after_ms }) => steady_after_ms === null).length
    yield {
      name: 'Recovery',
      value: open > 0 ? `${open} open` : describeTime(longest),
      note: `${open > 0 ? 'not steady before the end, of' : 'at the latest, after'} ${formatCount(disturbances.count)} disturbance${disturbances.count === 1 ? '' : 's'}`,
      is: open > 0 ? 'bad' : 'good',
    }
  }
  if (acked !== null)
    yield {
      name: 'Acknowledged writes lost',
      value: formatCount(acked.lost),
      note: `of ${formatCount(acked.acknowledged)}`,
      is: acked.lost > 0 ? 'bad' : 'good',
    }
}

function percent(share: number): string {
  return share < 0.0001 ? '< 0.01 %' : `${Number((100 * share).toPrecision(2))} %`
}

function sentences(title: string, all: readonly ThresholdResult[]): Markup | undefined {
  if (all.length === 0) return undefined
  const missed = all.filter(({ ok }) => !ok).length
  return table({
    caption: html`${title}
      <span class="${missed === 0 ? 'good' : 'bad'}"
        >${missed === 0 ? `all ${all.length} met` : `${missed} of ${all.length} not met`}</span
      >`,
    showCaption: true,
    columns: words('What was asked', 'Actual', 'Met'),
    rows: [...all.filter(({ ok }) => !ok), ...all.filter(({ ok }) => ok)].map((one) => [
      html`<code>${one.expression}</code>`,
      html`<strong>${describeActual(one)}</strong>`,
      html`<span class="${one.ok ? 'good' : 'bad'}"
        >${one.ok ? '✓ yes' : '✗ no'}${one.aborted ? ', ended the run' : ''}</span
      >`,
    ]),
  })
}

function stepSearch({ step_search: search }: RunResult): Markup | undefined {
  if (search === null) return undefined
  const { held, failed } = search
  return html`<p>
    ${held === null ? 'No step held.' : html`<strong>${formatCount(held.target_ops_per_second)} ops/s</strong> held (${held.phase}).`}
    ${failed === null ? 'Every step that was tried did.' : `${failed.phase} did not: ${failed.reason}`}
  </p>`
}

function warnings(result: RunResult): Markup | undefined {
  const { generator, load_model, faults } = result
  const all = [
    ...generator.warnings,
    ...adjustmentLines(result).map((line) => `The load was ${line}: it is not the one of the plan.`),
    ...(load_model === 'closed'
      ? [
          'The load was a closed loop: it waits for Redis, so a stall hides the commands that were not sent during it.',
        ]
      : []),
    ...faults.flatMap(({ kind, id, error }) =>
      error === null ? [] : [`Fault ${id} (${kind}) did not act: ${error}`],
    ),
    ...faults.flatMap(({ kind, id, nodes, reverted, revert_error: why }) =>
      reverted === false
        ? [`Fault ${id} (${kind} on ${nodes.join(', ')}) was not taken back: ${why ?? ''}`]
        : [],
    ),
  ]
  return all.length === 0
    ? undefined
    : html`<ul class="warnings">
        ${all.map((text) => html`<li>${text}</li>`)}
      </ul>`
}
