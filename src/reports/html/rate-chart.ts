import type { IntervalResult } from '../../model/interval-result.ts'
import type { RunResult } from '../../model/result.ts'
import type { Series, TimeChart } from './chart-data.ts'

const OUTCOMES = [
  { field: 'ok', label: 'ok', colour: 'ok' },
  { field: 'failed', label: 'failed', colour: 'failed' },
  { field: 'indeterminate', label: 'unknown', colour: 'unknown' },
  { field: 'dropped', label: 'dropped', colour: 'dropped' },
] as const

/** What became of the commands of each interval, and the target. */
export function rateChart({ intervals, load_model }: RunResult): TimeChart | undefined {
  if (intervals.length === 0) return undefined
  const outcomes = OUTCOMES.filter(({ field }) => field !== 'dropped' || load_model === 'open').map(
    ({ field, label, colour }): Series => ({
      label,
      colour,
      style: 'stack',
      per_second: true,
      values: intervals.map((interval: IntervalResult) => interval[field]),
    }),
  )
  const targets = intervals.map(({ target_ops_per_second: target }) => target ?? null)
  const target: Series = { label: 'target', colour: 'target', style: 'dashed', values: targets }
  return {
    id: 'rate',
    kind: 'time',
    title: 'Rate',
    unit: 'ops/s',
    scale: 'linear',
    series: targets.some((value) => value !== null) ? [...outcomes, target] : outcomes,
  }
}
