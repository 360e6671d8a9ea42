import type { ThresholdSoFar } from '../../model/run-view.ts'
import type { ThresholdRow } from './live-state.ts'

/** A threshold as it is shown: four significant digits are enough to look at. */
export function thresholdRow({ expression, actual, unit, isMet }: ThresholdSoFar): ThresholdRow {
  return {
    expression,
    actual: actual === null ? '' : `${shortNumber(actual)}${unit}`,
    state: isMet === null ? 'open' : isMet ? 'met' : 'missed',
  }
}

function shortNumber(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US')
  return Number(value.toPrecision(4)).toLocaleString('en-US', { maximumSignificantDigits: 4 })
}
