import type { RunResult, ThresholdResult } from '../model/result.ts'
import { alignColumns, formatCount, MARGIN } from './format.ts'

/** What had to be true, whether it was, and the actual numbers. */
export function thresholdLines({ thresholds, step_search: search }: RunResult): string[] {
  const scope =
    search === null ? '' : ' over the whole search; its steps are judged one by one, and the exit code is not'
  return sentenceLines('thresholds', thresholds, scope)
}

/** The same of what faults were expected to cost. */
export function expectationLines({ expectations }: RunResult): string[] {
  return sentenceLines('expected', expectations, '')
}

function sentenceLines(title: string, thresholds: readonly ThresholdResult[], scope: string): string[] {
  if (thresholds.length === 0) return []
  const missed = thresholds.filter(({ ok }) => !ok).length
  const verdict = missed === 0 ? `all ${thresholds.length} met` : `${missed} OF ${thresholds.length} NOT MET`
  const rows = thresholds.map((threshold) => [
    `${threshold.ok ? '✓' : '✗'} ${threshold.expression}`,
    describeActual(threshold),
    threshold.aborted ? 'ended the run' : '',
  ])
  return [
    `${title.padEnd(MARGIN.length)}${verdict}${scope}`,
    ...alignColumns(rows, 3).map((line) => MARGIN + line),
  ]
}

/** The number that was found, or why there is none. */
export function describeActual({ expression, actual, unit, note }: ThresholdResult): string {
  if (actual === null) return note ?? 'no data'
  return `${formatActual(actual, limitIn(expression))}${unit}${note === null ? '' : ` (${note})`}`
}

/** The limit as it stands in the expression. */
function limitIn(expression: string): number {
  return Number(/[<>=]\s*([\d.e+-]+)/i.exec(expression)?.[1])
}

/** Four significant digits; more where fewer would look like the limit itself. */
function formatActual(actual: number, limit: number): string {
  if (Number.isInteger(actual)) return formatCount(actual)
  for (let digits = 4; digits < 17; digits++) {
    const rounded = Number(actual.toPrecision(digits))
    if (rounded !== limit) return rounded.toLocaleString('en-US', { maximumSignificantDigits: digits })
  }
  return String(actual)
}
