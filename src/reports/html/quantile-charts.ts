import type { Histogram } from '../../model/histogram.ts'
import { toMillis } from '../../model/latency-summary.ts'
import type { OperationResult, RunResult } from '../../model/result.ts'
import type { Colour, QuantileChart, Series } from './chart-data.ts'
import type { HtmlTools } from './html-tools.ts'
import { labelsOf } from './operation-labels.ts'

/** Points for each halving of what is left above. */
const POINTS_PER_HALVING = 8
const COLOURS = 8
/** Operations with a line of their own; the others are in the table. */
const MOST_LINES = 2 * COLOURS

/** Nothing in a closed loop. */
export function responseQuantiles(
  result: RunResult,
  tools: Pick<HtmlTools, 'decodeHdr'>,
): QuantileChart | undefined {
  const latencies = ({ response }: OperationResult): string | undefined => response?.success.hdr
  return quantileChart('response-quantiles', 'Response time by operation', result, tools, latencies)
}

export function serviceQuantiles(
  result: RunResult,
  tools: Pick<HtmlTools, 'decodeHdr'>,
): QuantileChart | undefined {
  const latencies = ({ service }: OperationResult): string => service.success.hdr
  return quantileChart('service-quantiles', 'Service time by operation', result, tools, latencies)
}

function quantileChart(
  id: string,
  title: string,
  { operations }: RunResult,
  { decodeHdr }: Pick<HtmlTools, 'decodeHdr'>,
  hdrOf: (operation: OperationResult) => string | undefined,
): QuantileChart | undefined {
  const labels = labelsOf(operations)
  const mostFrequent = new Set(operations.toSorted((a, b) => b.count - a.count).slice(0, MOST_LINES))
  const decoded = operations.flatMap((operation, index) => {
    const hdr = mostFrequent.has(operation) ? hdrOf(operation) : undefined
    const histogram = hdr === undefined ? undefined : decodeHdr(hdr)
    return histogram === undefined || histogram.count === 0 ? [] : [{ label: labels[index]!, histogram }]
  })
  if (decoded.length === 0) return undefined
  const x = quantileAxis(Math.max(...decoded.map(({ histogram }) => histogram.count)))
  return {
    id,
    kind: 'quantiles',
    title:
      operations.length > MOST_LINES
        ? `${title} (the ${MOST_LINES} most frequent of ${operations.length})`
        : title,
    unit: 'ms',
    x,
    series: decoded.map(({ label, histogram }, index): Series => ({
      label,
      colour: `kind-${(index % COLOURS) + 1}` as Colour,
      style: index < COLOURS ? 'line' : 'dashed',
      values: x.map((position) => latencyAt(histogram, position)),
    })),
  }
}

/** 1 / (1 - q), from the median of nothing (1) to where less than half a command of the largest histogram is left above. */
export function quantileAxis(count: number): number[] {
  const steps = Math.ceil(POINTS_PER_HALVING * Math.log2(2 * count))
  return Array.from({ length: steps + 1 }, (_, step) => 2 ** (step / POINTS_PER_HALVING))
}

/** Milliseconds at q = 1 - 1 / position; `null` where the histogram has no command left above. */
function latencyAt(histogram: Histogram, position: number): number | null {
  if (position > 2 * histogram.count) return null
  return toMillis(histogram.quantile(1 - 1 / position))
}
