/*
 * What the page draws. Made by the report, packed into the page, and unpacked by the scripts in page/, which import these
 * types and nothing else of the report.
 */

/** Names of colours of the style sheet, so that light, dark and paper each have their own. */
export type Colour =
  | 'ok'
  | 'failed'
  | 'unknown'
  | 'dropped'
  | 'target'
  | `quantile-${1 | 2 | 3 | 4}`
  | `kind-${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8}`

export interface Series {
  readonly label: string
  readonly colour: Colour
  /** One for each x; `null`: nothing was measured. */
  readonly values: readonly (number | null)[]
  /**
   * `stack`: an area on top of the stacks before it. `bars`: the same as bars. `strip`: shares from 0 to 1, as the darkness of
   * a strip along the time axis. `dots`: single points.
   */
  readonly style: 'line' | 'dashed' | 'stack' | 'bars' | 'strip' | 'dots'
  /** The values are counts of whole intervals: drawn and read by the second. */
  readonly per_second?: true
  /** When it is not that of the chart. */
  readonly unit?: string
}

interface Chart {
  readonly id: string
  readonly title: string
  readonly unit: string
}

export interface TimeChart extends Chart {
  readonly kind: 'time'
  readonly scale: 'linear' | 'log'
  /** Bars stand side by side instead of on top of each other. */
  readonly grouped?: true
  /** Limits of the vertical axis, where several charts are to be compared. */
  readonly range?: readonly [low: number, high: number]
  /** Seconds since the measured time began; those of the intervals when it is left out. */
  readonly times?: readonly number[]
  readonly series: readonly Series[]
}

/** Counts by latency and time. */
export interface HeatMap extends Chart {
  readonly kind: 'heat'
  /** Milliseconds: the lower bound of the lowest cell, and the upper bounds of all cells. */
  readonly bounds: readonly number[]
  /** For each interval the index of its first cell, and the counts from that one on. */
  readonly columns: readonly (readonly [from: number, ...counts: readonly number[]])[]
}

/** Latencies by quantile q; x is 1 / (1 - q), as HdrHistogram plots have it. */
export interface QuantileChart extends Chart {
  readonly kind: 'quantiles'
  readonly x: readonly number[]
  readonly series: readonly Series[]
}

export type ChartData = TimeChart | HeatMap | QuantileChart

/** Something at a moment, or from one moment to another; seconds since the measured time began. */
export interface Mark {
  readonly from: number
  /** `null` for a moment. */
  readonly to: number | null
  /** As short as the space allows; the sentence is in {@link title}. */
  readonly label: string
  readonly title: string
}

export interface PageData {
  /** When the measured time began, milliseconds since the epoch; `null` where it is that of several runs. */
  readonly start_ms: number | null
  /** Ends of the intervals, seconds since then, and their lengths. */
  readonly ends: readonly number[]
  readonly lengths: readonly number[]
  readonly marks: {
    readonly phases: readonly Mark[]
    readonly disturbances: readonly Mark[]
    readonly faults: readonly Mark[]
    /** Where somebody changed the load by hand. */
    readonly adjustments: readonly Mark[]
  }
  readonly charts: readonly ChartData[]
  /** Instead of over time, charts are over runs, from 1 on: what they are called. */
  readonly runs?: readonly string[]
}
