import type { Comparison, Difference, PairComparison } from '../../model/comparison.ts'
import { formatMillis } from '../format.ts'
import { escapeText } from '../html/markup.ts'
import { lineChart } from '../svg/line-chart.ts'
import { renderPage, renderTable } from '../svg/page.ts'
import type { ComparedRuns } from './compare-pairs.ts'
import { cellSeriesOf, logQuantile } from './cell-series.ts'
import { formatChange, formatInterval, formatInUnit, isWorse, titleOf } from './format-change.ts'
import { headlineOf } from './headline.ts'
import { reachOf } from './interval-bar.ts'
import { verdictOf } from './text-comparison.ts'

/** A comparison as a page of its own: what was found, the intervals, and the sides drawn over one another. */
export function renderComparisonPage(comparison: Comparison, sides: readonly ComparedRuns[]): string {
  const { pairs, budgets, doubts } = comparison
  const title =
    sides.length === 1 ? `Runs of ${sides[0]!.name}` : sides.map(({ name }) => name).join(' against ')
  const list = (items: readonly string[]): string =>
    items.length === 0 ? '' : `<ul>${items.map((item) => `<li>${escapeText(item)}</li>`).join('')}</ul>`
  const body = [
    `<h1>${escapeText(title)}</h1>`,
    ...pairs.map((pair) => `<p><strong>${escapeText(headlineOf(pair))}</strong></p>`),
    budgets.length === 0 ? '' : `<h2>Budgets</h2>${budgetTable(comparison)}`,
    ...pairs.map(
      (pair) =>
        `<h2>${escapeText(pair.baseline)} → ${escapeText(pair.candidate)}</h2>${pairTable(pair)}${list(pair.remarks)}`,
    ),
    doubts.length === 0 ? '' : `<h2>To be careful about</h2>${list(doubts.map(({ message }) => message))}`,
    '<h2>The sides over one another</h2>',
    timeChart(sides, 0.5),
    timeChart(sides, 0.99),
    rateChart(sides),
    percentileChart(sides),
  ]
  return renderPage(`${title} · redis-test compare`, body.filter((part) => part !== '').join('\n'))
}

function budgetTable({ budgets }: Comparison): string {
  const rows = budgets.map(({ expression, candidate, verdict, detail, fails }) => [
    escapeText(expression),
    escapeText(candidate),
    `<span class="${fails ? 'bad' : verdict === 'kept' ? 'good' : 'soft'}">${verdict.replace('_', ' ')}</span>`,
    escapeText(detail),
  ])
  return renderTable(['budget', 'candidate', 'verdict', 'difference'], rows)
}

function pairTable(pair: PairComparison): string {
  const reach = reachOf(pair.differences)
  const rows = pair.differences.map((one) => [
    escapeText(titleOf(one)),
    one.baseline === null ? '-' : formatInUnit(one.baseline, one.unit),
    one.candidate === null ? '-' : formatInUnit(one.candidate, one.unit),
    one.change === null ? '-' : formatChange(one.change, one.unit),
    formatInterval(one),
    forestBar(one, reach),
    verdictCell(one),
  ])
  const range = `±${Number((100 * reach).toPrecision(2))} %`
  return renderTable(
    [
      'metric',
      escapeText(pair.baseline),
      escapeText(pair.candidate),
      'change',
      '95 % interval',
      range,
      'verdict',
    ],
    rows,
  )
}

function verdictCell(one: Difference): string {
  const isShown = one.verdict === 'higher' || one.verdict === 'lower'
  const kind = isShown ? (isWorse(one) ? 'bad' : 'good') : 'soft'
  return `<span class="${kind}">${escapeText(verdictOf(one))}</span>`
}

const BAR_WIDTH = 180

function forestBar({ change, low, high, unit }: Difference, reach: number): string {
  if (unit === 'share' || change === null || low === null || high === null) return ''
  const at = (value: number): number =>
    Math.round(((Math.min(reach, Math.max(-reach, value)) + reach) / (2 * reach)) * BAR_WIDTH)
  return `<svg viewBox="-5 0 ${BAR_WIDTH + 10} 16" width="${BAR_WIDTH}" height="16" aria-hidden="true"><line class="zero" x1="${BAR_WIDTH / 2}" x2="${BAR_WIDTH / 2}" y1="0" y2="16"/><path class="line s0" d="M${at(low)} 8L${at(high)} 8M${at(low)} 4V12M${at(high)} 4V12"/><circle class="s0" cx="${at(change)}" cy="8" r="4"/></svg>`
}

const SECONDS = { label: 'seconds of the measured time', format: String }
const MILLIS = { label: 'ms', format: formatMillis, from: 0 }

/** A quantile over time, the runs of a side taken together. */
function timeChart(sides: readonly ComparedRuns[], q: number): string {
  const name = `p${q * 100}`
  return lineChart({
    title: `${name} over time`,
    description: 'each side, its runs taken together',
    series: sides.map((side) => ({
      name: side.name,
      points: secondsOf(side).map(({ second, counts }) => [
        second,
        averageOf(counts.map((one) => Math.exp(logQuantile(one, q)) / 1000)),
      ]),
    })),
    x: SECONDS,
    y: MILLIS,
  })
}

function rateChart(sides: readonly ComparedRuns[]): string {
  return lineChart({
    title: 'Throughput over time',
    description: 'successful operations a second of each side, mean of its runs',
    series: sides.map((side) => ({
      name: side.name,
      points: secondsOf(side).map(({ second, counts }) => [
        second,
        averageOf(counts.map(({ ok, seconds }) => ok / seconds)),
      ]),
    })),
    x: SECONDS,
    y: { label: 'ops/s', format: (value) => value.toLocaleString('en-US'), from: 0 },
  })
}

interface SecondOfSide {
  readonly second: number
  /** Of each run that went on then. */
  readonly counts: readonly ReturnType<ReturnType<typeof cellSeriesOf>['over']>[]
}

function secondsOf({ samples }: ComparedRuns): SecondOfSide[] {
  const series = samples.map(({ intervals }) => cellSeriesOf(intervals))
  const length = Math.max(0, ...series.map((one) => one.length))
  let second = 0
  return Array.from({ length }, (_, start) => {
    const counts = series
      .filter((one) => start < one.length)
      .map((one) => one.over([{ start, end: start + 1 }]))
    second += counts[0]?.seconds ?? 0
    return { second: Math.round(second), counts }
  })
}

function averageOf(values: readonly number[]): number {
  const known = values.filter((value) => Number.isFinite(value))
  return known.reduce((sum, value) => sum + value, 0) / known.length
}

/** From the median to where ten commands are left. */
function percentileChart(sides: readonly ComparedRuns[]): string {
  const beyond = Array.from({ length: 61 }, (_, index) => 10 ** (index / 10))
  return lineChart({
    title: 'Latency by percentile',
    description: 'mean over the runs of each side',
    series: sides.map(({ name, samples }) => ({
      name,
      points: beyond
        .filter((one) => samples.every(({ all }) => all.count / one >= 10))
        .map((one) => [one, averageOf(samples.map(({ all }) => all.quantile(1 - 1 / one) / 1000))]),
    })),
    x: {
      label: 'percentile',
      isLog: true,
      format: (value) => `p${Number((100 * (1 - 1 / value)).toFixed(5))}`,
    },
    y: { label: 'ms', format: formatMillis, isLog: true },
  })
}
