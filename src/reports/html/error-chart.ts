import type { ErrorCount } from '../../model/error-count.ts'
import type { RunResult } from '../../model/result.ts'
import type { Colour, Series, TimeChart } from './chart-data.ts'

/** Causes with a colour of their own; the others are one. */
const CAUSES = 7

/** Errors of each interval by cause; nothing when there were none. */
export function errorsOverTime({ intervals }: RunResult): TimeChart | undefined {
  const totals = new Map<string, number>()
  for (const { errors } of intervals)
    for (const error of errors) totals.set(causeOf(error), (totals.get(causeOf(error)) ?? 0) + error.count)
  if (totals.size === 0) return undefined
  const causes = [...totals].toSorted(([, a], [, b]) => b - a).map(([cause]) => cause)
  const shown = causes.length > CAUSES + 1 ? causes.slice(0, CAUSES) : causes
  const series = shown.map((cause, index): Series => ({
    label: cause,
    colour: `kind-${index + 1}` as Colour,
    style: 'bars',
    per_second: true,
    values: intervals.map(({ errors }) => countOf(errors, (error) => causeOf(error) === cause)),
  }))
  if (shown.length < causes.length)
    series.push({
      label: `${causes.length - shown.length} others`,
      colour: 'kind-8',
      style: 'bars',
      per_second: true,
      values: intervals.map(({ errors }) => countOf(errors, (error) => !shown.includes(causeOf(error)))),
    })
  return { id: 'errors', kind: 'time', title: 'Errors by cause', unit: 'errors/s', scale: 'linear', series }
}

function causeOf({ outcome, error_type, code }: ErrorCount): string {
  const what = code === error_type ? code : `${error_type} ${code}`
  return outcome === 'failed' ? what : `${what} (unknown)`
}

function countOf(errors: readonly ErrorCount[], which: (error: ErrorCount) => boolean): number {
  return errors.reduce((sum, error) => sum + (which(error) ? error.count : 0), 0)
}
