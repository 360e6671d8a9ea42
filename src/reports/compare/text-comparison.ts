import type { ComparedSide, Comparison, Difference, PairComparison } from '../../model/comparison.ts'
import { alignColumns } from '../format.ts'
import { formatChange, formatInterval, formatInUnit, formatValue, titleOf, wordOf } from './format-change.ts'
import { headlineOf } from './headline.ts'
import { barHeader, intervalBar, reachOf } from './interval-bar.ts'

/** A comparison as plain text: the verdict, budgets, a table for each pair, and what to be careful about. */
export function renderTextComparison(comparison: Comparison): string {
  const { sides, pairs, budgets, doubts } = comparison
  const sections = [
    pairs.map(headlineOf),
    budgetLines(comparison),
    sideLines(sides),
    ...pairs.map((pair) => pairTable(pair, comparison)),
    ...(sides.length > 1 && sides.every(({ runs }) => runs.length === 1) ? [] : [spreadTable(sides)]),
    doubts.map(({ message }) => `careful    ${message}`),
    ...pairs.map(({ remarks }) => remarks.map((remark) => `method     ${remark}`)),
  ]
  if (budgets.length > 1) sections.push([`budgets    intervals are for ${budgets.length} budgets together`])
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

const BUDGET_WORDS = { kept: 'kept', exceeded: 'EXCEEDED', unclear: 'unclear', no_data: 'NO DATA' } as const

function budgetLines({ budgets, pairs }: Comparison): string[] {
  return alignColumns(
    budgets.map(({ expression, candidate, verdict, detail, fails }) => [
      fails ? '✗ fail-if' : verdict === 'kept' ? '✓ fail-if' : '? fail-if',
      expression,
      BUDGET_WORDS[verdict],
      pairs.length > 1 ? `${candidate}: ${detail}` : detail,
    ]),
    4,
  )
}

function sideLines(sides: readonly ComparedSide[]): string[] {
  return alignColumns(
    sides.map(({ name, runs }, at) => [
      sides.length === 1 ? 'runs' : at === 0 ? 'baseline' : 'candidate',
      name,
      `${runs.length} run${runs.length === 1 ? '' : 's'} of ${runs[0]!.measured_seconds.toFixed(0)} s`,
      [...new Set(runs.map((run) => run.workload_name))].join(', '),
      [...new Set(runs.map((run) => run.version))].join(', '),
    ]),
    5,
  )
}

function pairTable(pair: PairComparison, { latency_kind, confidence }: Comparison): string[] {
  const reach = reachOf(pair.differences)
  const kind = latency_kind === 'response_time' ? 'response times, ms' : 'service times, ms'
  const header = [
    kind,
    pair.baseline,
    pair.candidate,
    'change',
    `${100 * confidence} % interval`,
    barHeader(reach),
  ]
  const rows = pair.differences.map((one) => [
    titleOf(one),
    formatValue(one.baseline, one.unit),
    formatValue(one.candidate, one.unit),
    one.change === null ? '-' : formatChange(one.change, one.unit),
    formatInterval(one),
    intervalBar(one, reach),
  ])
  const verdicts = ['', ...pair.differences.map(verdictOf)]
  return alignColumns([header.map(shorten), ...rows]).map((line, at) =>
    `${line.padEnd(widthOf(header, rows))}  ${verdicts[at]!}`.trimEnd(),
  )
}

/** Names of files can be long. */
function shorten(name: string): string {
  return name.length > 28 ? `…${name.slice(-27)}` : name
}

function widthOf(header: readonly string[], rows: readonly (readonly string[])[]): number {
  return Math.max(...alignColumns([header.map(shorten), ...rows]).map(({ length }) => length))
}

/** The verdict in words; where the interval alone would have said more, why it does not. */
export function verdictOf(one: Difference): string {
  if (one.verdict === 'not_judged') return `not judged: ${one.note ?? ''}`
  const word = wordOf(one.verdict, one.unit)
  const isAlone = one.verdict === 'none_shown' && one.p_value !== null && one.p_value < 0.05
  return isAlone ? `${word} (among so many, one like this comes by chance)` : word
}

function spreadTable(sides: readonly ComparedSide[]): string[] {
  const rows = sides
    .filter(({ runs }) => runs.length > 1)
    .flatMap(({ name, spread }) =>
      spread.map(({ metric, unit, mean, least, most, deviation }) => [
        shorten(name),
        metric,
        formatInUnit(mean, unit),
        `${formatValue(least, unit)} … ${formatValue(most, unit)}`,
        deviation === null ? '-' : `±${(100 * deviation).toFixed(2)} %`,
      ]),
    )
  if (rows.length === 0) return []
  return alignColumns([['run to run', 'metric', 'mean', 'least … most', 'deviation'], ...rows], 2)
}
