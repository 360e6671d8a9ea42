import type { Comparison, Difference, PairComparison } from '../../model/comparison.ts'
import { code, fold, plain, table } from '../markdown-text.ts'
import { formatChange, formatInterval, formatInUnit, isWorse, titleOf, wordOf } from './format-change.ts'
import { headlineOf } from './headline.ts'

/** A comparison for a pull request: what it comes to, and the tables folded away. */
export function renderMarkdownComparison(comparison: Comparison): string {
  const { pairs, doubts, sides } = comparison
  const runs = sides.map(({ name, runs: { length } }) => `${name}: ${length} run${length === 1 ? '' : 's'}`)
  const lines = [
    ...pairs.flatMap((pair) => [`**${plain(headlineOf(pair))}**`, '']),
    ...budgetTable(comparison),
    ...pairs.flatMap((pair) => [
      ...fold(`${plain(pair.baseline)} → ${plain(pair.candidate)}`, details(pair)),
      '',
    ]),
    ...doubts.flatMap(({ message }) => [`> ⚠️ ${plain(message)}`, '']),
    plain(runs.join(', ')),
  ]
  return `${lines.join('\n')}\n`
}

function budgetTable({ budgets }: Comparison): string[] {
  if (budgets.length === 0) return []
  const rows = budgets.map(({ expression, candidate, verdict, detail, fails }) => [
    fails ? '❌' : verdict === 'kept' ? '✅' : '❔',
    code(expression),
    plain(candidate),
    verdict.replace('_', ' '),
    plain(detail),
  ])
  return [...table(['', 'budget', 'candidate', 'verdict', 'difference'], rows, 5), '']
}

function details({ baseline, candidate, differences, remarks }: PairComparison): string[] {
  const header = ['', plain(baseline), plain(candidate), 'change', '95 % interval', 'verdict']
  const rows = differences.map((one) => [
    plain(titleOf(one)),
    one.baseline === null ? '-' : formatInUnit(one.baseline, one.unit),
    one.candidate === null ? '-' : formatInUnit(one.candidate, one.unit),
    one.change === null ? '-' : formatChange(one.change, one.unit),
    formatInterval(one),
    verdictOf(one),
  ])
  return [...table(header, rows), '', ...remarks.map((remark) => `- ${plain(remark)}`)]
}

function verdictOf(one: Difference): string {
  if (one.verdict === 'not_judged') return `not judged: ${plain(one.note ?? '')}`
  const sign = one.verdict === 'none_shown' ? '' : isWorse(one) ? '🔺 ' : '🔹 '
  return `${sign}${wordOf(one.verdict, one.unit)}`
}
