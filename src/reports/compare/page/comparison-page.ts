import type { ComparedSide, Comparison, Difference, PairComparison } from '../../../model/comparison.ts'
import { figure } from '../../html/figures.ts'
import type { PageParts } from '../../html/html-tools.ts'
import { type Content, html, type Markup } from '../../html/markup.ts'
import { type PageSection, renderFrame } from '../../html/page-frame.ts'
import { numbers, table, words } from '../../html/table.ts'
import type { ComparedRuns } from '../compare-pairs.ts'
import {
  formatChange,
  formatInterval,
  formatInUnit,
  formatValue,
  isWorse,
  titleOf,
} from '../format-change.ts'
import { headlineOf } from '../headline.ts'
import { reachOf } from '../interval-bar.ts'
import { type MetricKey, unitOf, valueOf } from '../metrics.ts'
import { verdictOf } from '../text-comparison.ts'
import { forestBar, forestScale } from './forest.ts'
import { type OverlayChart, overlayOf } from './overlay-charts.ts'
import { pageVerdict } from './page-verdict.ts'

/** A comparison as a page: what was found, the intervals, and the sides drawn over one another. */
export function renderComparisonPage(
  comparison: Comparison,
  sides: readonly ComparedRuns[],
  parts: PageParts,
): string {
  const { frame, overTime, distributions } = overlayOf(sides, comparison.latency_kind)
  const name = nameOf(comparison)
  const verdict = pageVerdict(comparison)
  return renderFrame(
    {
      title: `${verdict.word}: ${name} · redis-test compare`,
      name,
      verdict,
      headline: headline(comparison, name),
      sections: [
        ...answer(comparison),
        ...comparison.pairs.map((pair, index) => pairSection(pair, index, comparison)),
        { id: 'time', title: 'Over time', contents: figures(overTime) },
        ...(distributions.length === 0
          ? []
          : [{ id: 'percentiles', title: 'By percentile', contents: figures(distributions) }]),
        { id: 'runs', title: 'Runs', contents: runs(comparison, sides) },
      ],
      footer: `redis-test ${comparison.tool_version} compare`,
      data: { ...frame, charts: [...overTime, ...distributions].map(({ chart }) => chart) },
    },
    parts,
  )
}

function nameOf({ sides }: Comparison): string {
  return sides.length === 1 ? `Runs of ${sides[0]!.name}` : sides.map(({ name }) => name).join(' against ')
}

function headline(comparison: Comparison, name: string): Markup {
  const { pairs, sides } = comparison
  const { word, kind } = pageVerdict(comparison)
  return html`<header class="headline ${kind}">
    <h1>${name} <span class="verdict ${kind}">${word}</span></h1>
    ${pairs.map((pair) => html`<p class="answer">${headlineOf(pair)}</p>`)}
    ${sides.map((side, index) => html`<p class="facts-line">${describeSide(side, index, sides.length)}</p>`)}
  </header>`
}

function describeSide({ name, runs: own }: ComparedSide, index: number, count: number): string {
  const role = count === 1 ? '' : index === 0 ? 'baseline ' : 'candidate '
  const lengths = [...new Set(own.map((run) => `${run.measured_seconds.toFixed(0)} s`))].join(', ')
  const labels = [...new Set(own.map(({ workload_name, version }) => `${workload_name}, ${version}`))]
  return `${role}${name}: ${own.length} run${own.length === 1 ? '' : 's'} of ${lengths} · ${labels.join(' · ')}`
}

function answer({ budgets, doubts }: Comparison): PageSection[] {
  if (budgets.length === 0 && doubts.length === 0) return []
  const contents = html`${budgets.length > 0 && budgetTable(budgets)}${
    doubts.length > 0 &&
    html`<h3>To be careful about</h3>
      <ul class="warnings">
        ${doubts.map(({ message }) => html`<li>${message}</li>`)}
      </ul>`
  }`
  return [{ id: 'answer', title: 'Verdict', contents }]
}

function budgetTable(budgets: Comparison['budgets']): Markup {
  return table({
    caption: 'Budgets',
    showCaption: true,
    columns: words('Budget', 'Candidate', 'Verdict', 'Difference'),
    rows: budgets.map(({ expression, candidate, verdict, detail, fails }) => [
      html`<code>${expression}</code>`,
      candidate,
      html`<span class="${fails ? 'bad' : verdict === 'kept' ? 'good' : ''}"
        >${fails ? '✗' : verdict === 'kept' ? '✓' : '?'} ${verdict.replace('_', ' ')}</span
      >`,
      detail,
    ]),
  })
}

function pairSection(
  pair: PairComparison,
  index: number,
  { latency_kind, confidence }: Comparison,
): PageSection {
  const reach = reachOf(pair.differences)
  const kind = latency_kind === 'response_time' ? 'response times' : 'service times'
  const title = `${pair.baseline} → ${pair.candidate}`
  const contents = html`${table({
      caption: `${title}, ${kind}`,
      columns: [
        ...words('Metric'),
        ...numbers(pair.baseline, pair.candidate, 'change', `${100 * confidence} % interval`),
        ...words(forestScale(reach), 'Verdict'),
      ],
      rows: pair.differences.map((one) => [
        titleOf(one),
        inUnit(one.baseline, one),
        inUnit(one.candidate, one),
        one.change === null ? '–' : formatChange(one.change, one.unit),
        formatInterval(one),
        forestBar(one, reach),
        html`<span class="found ${classOf(one)}">${verdictOf(one)}</span>`,
      ]),
    })}
    <ul class="remarks">
      ${pair.remarks.map((remark) => html`<li>${remark}</li>`)}
    </ul>`
  return { id: `pair-${index + 1}`, title, contents }
}

function inUnit(value: number | null, { unit }: Difference): string {
  return value === null ? '–' : formatInUnit(value, unit)
}

function classOf(one: Difference): string {
  if (one.verdict !== 'higher' && one.verdict !== 'lower') return 'unit'
  return isWorse(one) ? 'bad' : 'good'
}

function figures(charts: readonly OverlayChart[]): Markup {
  return html`<div class="figures">${charts.map((one) => figure(one.chart, one))}</div>`
}

const OF_RUNS: readonly MetricKey[] = (['p50', 'p99', 'p99.9', 'throughput', 'errors'] as const).map(
  (metric) => ({ metric, operation: null }),
)

function runs({ sides: compared }: Comparison, sides: readonly ComparedRuns[]): Markup {
  const each = sides.flatMap(({ name, samples }) =>
    samples.map((sample): Content[] => [
      name,
      html`<code>${sample.run.run_id}</code>`,
      new Date(1000 * sample.run.run_start).toISOString().slice(0, 19).replace('T', ' '),
      sample.run.measured_seconds.toFixed(1),
      ...OF_RUNS.map((key) => formatValue(valueOf(sample, key) ?? null, unitOf(key.metric))),
    ]),
  )
  return html`${table({
    caption: 'Every run; times in milliseconds',
    columns: [
      ...words('Side', 'Run', 'began (UTC)'),
      ...numbers('seconds', 'p50', 'p99', 'p99.9', 'ops/s', 'errors'),
    ],
    rows: each,
  })}${spread(compared)}`
}

/** How runs of the same thing differ, where there are several. */
function spread(sides: readonly ComparedSide[]): Markup | undefined {
  const rows = sides
    .filter(({ runs: own }) => own.length > 1)
    .flatMap(({ name, spread: own }) =>
      own.map(({ metric, unit, mean, least, most, deviation }) => [
        name,
        metric,
        formatInUnit(mean, unit),
        `${formatValue(least, unit)} … ${formatValue(most, unit)}`,
        deviation === null ? '–' : `±${(100 * deviation).toFixed(2)} %`,
      ]),
    )
  if (rows.length === 0) return undefined
  return table({
    caption: 'From run to run',
    showCaption: true,
    columns: [...words('Side', 'Metric'), ...numbers('mean', 'least … most', 'deviation')],
    rows,
  })
}
