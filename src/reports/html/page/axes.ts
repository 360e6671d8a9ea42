import type uPlot from 'uplot'
import type { PageData } from '../chart-data.ts'
import { colourOf } from './colours.ts'
import { numberText, timeText } from './numbers-as-text.ts'

const FONT = '11px system-ui, sans-serif'
export const LEFT_AXIS_WIDTH = 52
/** Seconds between two ticks. */
const TIME_STEPS = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400,
]

/** Runs between two ticks. */
const RUN_STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]

function plainAxis(): uPlot.Axis {
  return {
    font: FONT,
    stroke: () => colourOf('muted'),
    grid: { stroke: () => colourOf('grid'), width: 1 },
    ticks: { stroke: () => colourOf('grid'), width: 1, size: 4 },
    gap: 4,
  }
}

export function timeAxis({ runs }: PageData): uPlot.Axis {
  if (runs !== undefined) return runAxis(runs.length)
  return {
    ...plainAxis(),
    grid: { show: false },
    size: 28,
    space: 64,
    incrs: TIME_STEPS,
    values: (_, splits) => splits.map((split) => timeText(split, Number.isInteger(split) ? 0 : 1)),
  }
}

function runAxis(count: number): uPlot.Axis {
  return {
    ...plainAxis(),
    grid: { show: false },
    size: 28,
    space: 40,
    incrs: RUN_STEPS,
    values: (_, splits) => splits.map((split) => (split >= 1 && split <= count ? String(split) : '')),
  }
}

export function valueAxis(scale: 'linear' | 'log'): uPlot.Axis {
  const axis = {
    ...plainAxis(),
    size: LEFT_AXIS_WIDTH,
    values: (_: uPlot, splits: number[]) => splits.map(numberText),
  }
  if (scale === 'linear') return { ...axis, space: 30 }
  return { ...axis, splits: (_, __, low, high) => logSplits(low, high), filter: (_, splits) => splits }
}

/** The quantiles that people speak of; positions are 1 / (1 - q). */
export function quantileAxisOfPage(): uPlot.Axis {
  return {
    ...plainAxis(),
    size: 28,
    splits: (_, __, low, high) => QUANTILE_TICKS.filter((tick) => tick >= low * 0.999 && tick <= high),
    filter: (_, splits) => splits,
    values: (self, splits) => {
      const isNarrow = self.width < 420
      return splits.map((split) => (isNarrow && split === 2 ? '' : quantileText(split)))
    },
  }
}

const QUANTILE_TICKS = [1, 2, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]

/** `p99.9` of 1,000. */
export function quantileText(position: number): string {
  if (position <= 1) return 'min'
  return `p${Number((100 - 100 / position).toFixed(Math.max(1, Math.ceil(Math.log10(position)))))}`
}

/** Powers of ten, with 2 and 5 in between while there are few. */
export function logSplits(low: number, high: number): number[] {
  const decades = Math.log10(high / low)
  const steps = decades > 3.5 ? [1] : decades > 1.2 ? [1, 2, 5] : [1, 2, 3, 4, 5, 6, 8]
  const splits: number[] = []
  for (let exponent = Math.floor(Math.log10(low)); 10 ** exponent <= high; exponent++)
    for (const step of steps) {
      const split = Number(`${step}e${exponent}`)
      if (split >= low && split <= high) splits.push(split)
    }
  return splits
}
