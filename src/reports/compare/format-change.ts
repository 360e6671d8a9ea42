import type { Difference, Verdict } from '../../model/comparison.ts'
import { formatCount, formatMillis } from '../format.ts'

/** `+5.1 %`, `×22` from ten times as much on; of shares `+0.12 points`. */
export function formatChange(change: number, unit: Difference['unit']): string {
  if (unit !== 'share' && change >= 9) return change >= 9999 ? '×>9999' : `×${Math.round(change + 1)}`
  const percent = 100 * change
  const size = Math.abs(percent)
  const digits = size >= 99.95 ? 0 : size >= 0.95 || unit !== 'share' ? 1 : 3
  const text = `${percent < 0 ? '-' : '+'}${size.toFixed(digits)}`
  const number = Number(text) === 0 ? text.replace('-', '+').replace('+', '±') : text
  return `${number} ${unit === 'share' ? 'points' : '%'}`
}

/** A value of a metric: milliseconds and rates as bare numbers, shares as percentages. */
export function formatValue(value: number | null, unit: Difference['unit']): string {
  if (value === null) return '-'
  if (unit === 'ms') return formatMillis(value)
  return unit === 'share' ? `${(100 * value).toFixed(value === 0 ? 0 : 3)} %` : formatCount(value)
}

/** With its unit, and its sign when asked for. */
export function formatInUnit(value: number, unit: Difference['unit'], isSigned = false): string {
  const sign = value < 0 ? '-' : isSigned ? '+' : ''
  const size = formatValue(Math.abs(value), unit)
  return `${sign}${size}${unit === 'share' ? '' : ` ${unit}`}`
}

/** `+3.9 … +6.3 %`. */
export function formatInterval({ low, high, unit }: Difference): string {
  if (low === null || high === null) return ''
  const [one, other] = [formatChange(low, unit), formatChange(high, unit)]
  return `${other.startsWith('×') ? one : one.replace(/ (%|points)$/, '')} … ${other}`
}

const WORDS: Readonly<Record<Difference['unit'], Readonly<Record<'higher' | 'lower', string>>>> = {
  ms: { higher: 'slower', lower: 'faster' },
  'ops/s': { higher: 'more', lower: 'less' },
  share: { higher: 'more errors', lower: 'fewer errors' },
}

export function wordOf(verdict: Verdict, unit: Difference['unit']): string {
  if (verdict === 'none_shown') return 'no difference shown'
  return verdict === 'not_judged' ? 'not judged' : WORDS[unit][verdict]
}

/** Whether what was shown is bad news: slower, less, more errors. */
export function isWorse({ verdict, unit }: Pick<Difference, 'verdict' | 'unit'>): boolean {
  return verdict === (unit === 'ops/s' ? 'lower' : 'higher')
}

/** `p99`, or `GET p99`. */
export function titleOf({ metric, operation }: Pick<Difference, 'metric' | 'operation'>): string {
  return operation === null ? metric : `${operation} ${metric}`
}
