import type { Comparison } from '../../model/comparison.ts'
import { formatChange, formatInterval, formatInUnit, isWorse, titleOf, wordOf } from './format-change.ts'
import { headlineOf } from './headline.ts'

/** A comparison for a pull request: what it comes to, and the tables folded away. */
export function renderMarkdownComparison({ pairs, budgets, doubts, sides }: Comparison): string {
  const lines = [
    ...pairs.flatMap((pair) => [`**${escape(headlineOf(pair))}**`, '']),
    ...table(
      ['', 'budget', 'candidate', 'verdict', 'difference'],
      budgets.map(({ expression, candidate, verdict, detail, fails }) => [
        fails ? '❌' : verdict === 'kept' ? '✅' : '❔',
        `\`${expression}\``,
        candidate,
        verdict.replace('_', ' '),
        detail,
      ]),
    ),
    ...pairs.flatMap(({ baseline, candidate, differences, remarks }) => [
      `<details><summary>${escape(baseline)} → ${escape(candidate)}</summary>`,
      '',
      ...table(
        ['', baseline, candidate, 'change', '95 % interval', 'verdict'],
        differences.map((one) => [
          titleOf(one),
          one.baseline === null ? '-' : formatInUnit(one.baseline, one.unit),
          one.candidate === null ? '-' : formatInUnit(one.candidate, one.unit),
          one.change === null ? '-' : formatChange(one.change, one.unit),
          formatInterval(one),
          one.verdict === 'not_judged'
            ? `not judged: ${one.note ?? ''}`
            : `${one.verdict === 'none_shown' ? '' : isWorse(one) ? '🔺 ' : '🔹 '}${wordOf(one.verdict, one.unit)}`,
        ]),
      ),
      ...remarks.map((remark) => `- ${escape(remark)}`),
      '',
      '</details>',
      '',
    ]),
    ...doubts.map(({ message }) => `> ⚠️ ${escape(message)}\n`),
    sides
      .map(({ name, runs }) => `${escape(name)}: ${runs.length} run${runs.length === 1 ? '' : 's'}`)
      .join(', '),
  ]
  return `${lines.join('\n')}\n`
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return []
  const line = (cells: readonly string[]): string => `| ${cells.map(escape).join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line), '']
}

/** Names come from files: they are text. */
function escape(text: string): string {
  return (text.startsWith('`') ? text : text.replaceAll('<', '&lt;'))
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ')
}
