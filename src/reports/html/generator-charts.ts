import type { RunResult } from '../../model/result.ts'
import type { Series, TimeChart } from './chart-data.ts'

/** Nothing in results that do not have them by the second. */
export function generatorDelays({ intervals, load_model }: RunResult): TimeChart | undefined {
  const lags: Series = {
    label: 'start lag p99',
    colour: 'kind-2',
    style: 'line',
    values: intervals.map(({ start_lag_p99_ms }) => start_lag_p99_ms),
  }
  const delays: Series = {
    label: 'loop delay p99',
    colour: 'kind-1',
    style: 'line',
    values: intervals.map(({ loop_delay_p99_ms }) => loop_delay_p99_ms),
  }
  if (![...lags.values, ...delays.values].some((value) => (value ?? 0) > 0)) return undefined
  return {
    id: 'generator-delays',
    kind: 'time',
    title: 'Delays of the generator',
    unit: 'ms',
    scale: 'linear',
    series: load_model === 'open' ? [lags, delays] : [delays],
  }
}

export function generatorCores({ intervals }: RunResult): TimeChart | undefined {
  if (!intervals.some(({ cpu_cores }) => cpu_cores > 0)) return undefined
  return {
    id: 'generator-cores',
    kind: 'time',
    title: 'Processor time',
    unit: 'cores',
    scale: 'linear',
    series: [
      {
        label: 'cores',
        colour: 'kind-4',
        style: 'line',
        values: intervals.map(({ cpu_cores }) => cpu_cores),
      },
    ],
  }
}
