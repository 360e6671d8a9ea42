import type { IntervalResult } from '../../model/interval-result.ts'
import type { RunResult } from '../../model/result.ts'
import type { Series, TimeChart } from './chart-data.ts'

const QUANTILES = [
  { name: 'max', label: 'max', colour: 'quantile-4' },
  { name: 'p999', label: 'p99.9', colour: 'quantile-3' },
  { name: 'p99', label: 'p99', colour: 'quantile-2' },
  { name: 'p50', label: 'p50', colour: 'quantile-1' },
] as const

/** Nothing in a closed loop, which has no due instants. */
export function responseTimes(result: RunResult): TimeChart | undefined {
  if (result.load_model === 'closed') return undefined
  return quantilesOverTime(result, 'response')
}

export function serviceTimes(result: RunResult): TimeChart | undefined {
  return quantilesOverTime(result, 'service')
}

function quantilesOverTime(result: RunResult, kind: 'response' | 'service'): TimeChart | undefined {
  const quantiles = QUANTILES.map(({ name, label, colour }): Series => ({
    label,
    colour,
    style: 'line',
    values: result.intervals.map((interval) => positive(interval[`${kind}_${name}_ms`])),
  }))
  const range = rangeOf(result)
  if (range === undefined) return undefined
  return {
    id: kind,
    kind: 'time',
    title: kind === 'response' ? 'Response time' : 'Service time',
    unit: 'ms',
    scale: 'log',
    range,
    series: [
      ...quantiles,
      {
        label: 'not ok',
        colour: 'failed',
        style: 'strip',
        unit: '%',
        values: result.intervals.map((interval) => shareNotOk(interval)),
      },
    ],
  }
}

/** A second without commands has no quantiles; an older result has fewer of them. */
function positive(millis: number | null | undefined): number | null {
  return typeof millis === 'number' && millis > 0 ? millis : null
}

/** Of the settled commands. */
function shareNotOk({ ok, failed, indeterminate }: IntervalResult): number | null {
  const settled = ok + failed + indeterminate
  return settled === 0 ? null : (failed + indeterminate) / settled
}

/** One for response and service time, so that they can be compared; in steps of a tenth of a decade. */
function rangeOf({ intervals, load_model }: RunResult): readonly [number, number] | undefined {
  let low = Number.POSITIVE_INFINITY
  let high = 0
  const kinds = load_model === 'open' ? (['response', 'service'] as const) : (['service'] as const)
  for (const interval of intervals)
    for (const kind of kinds) {
      low = Math.min(low, positive(interval[`${kind}_p50_ms`]) ?? low)
      high = Math.max(
        high,
        positive(interval[`${kind}_max_ms`]) ?? 0,
        positive(interval[`${kind}_p99_ms`]) ?? 0,
      )
    }
  if (high === 0) return undefined
  const step = (value: number, round: (exponent: number) => number): number =>
    10 ** (round(10 * Math.log10(value)) / 10)
  return [step(low * 0.8, Math.floor), step(high * 1.25, Math.ceil)]
}
