import { formatCount, formatMillis } from '../format.ts'
import { type Block, type BlockSpace, LABEL_WIDTH, labelled, listBlock } from './block.ts'
import { columnChart, type Ink, largestOf } from './charts.ts'
import type { LatencyNow, LatencyRow, LiveState } from './live-state.ts'
import { joined, type Line, type Span, span } from './spans.ts'

/** A rate that is this much below its target is pointed out. */
const SHORT_OF_TARGET = 0.99
const TALLEST_CHART = 20
const NUMBER_WIDTH = 9
const RUN_GAP = '   '
/** Above the highest value. */
const HEADROOM = 1.1

/** Rate against target, what is in flight and what was dropped, and how the rate went. */
export function rateBlock({ rate }: LiveState, { width, ink }: BlockSpace): Block {
  const room = width - LABEL_WIDTH
  const { perSecond, target, dropped, droppedTotal, inFlight, scheduled, history, targets } = rate
  const isShort = target !== null && perSecond < SHORT_OF_TARGET * target
  const first = joined(
    [
      [
        span(`${formatCount(Math.round(perSecond))} ops/s`, isShort ? 'warning' : 'strong'),
        ...(target === null ? [] : [span(` of ${formatCount(Math.round(target))}`)]),
      ],
      [span(`${formatCount(inFlight)} in flight`)],
      ...(droppedTotal === 0
        ? []
        : [[span(`${formatCount(droppedTotal)} dropped`, dropped > 0 ? 'bad' : 'warning')]]),
      [span(`${formatCount(scheduled)} in all`, 'dim')],
    ],
    room,
  )
  const top = Math.max(largestOf(history.slice(-room)), largestOf(targets.slice(-room)))
  return {
    priority: 1,
    least: 1,
    wanted: 2,
    most: 1 + TALLEST_CHART,
    draw: (lines) =>
      labelled('rate', [
        first,
        ...columnChart(history, {
          width: room,
          height: lines - 1,
          top: lines > 2 ? HEADROOM * top : top,
          ink,
          targets,
        }).map((text) => [span(text, 'accent')]),
      ]),
  }
}

const COLUMNS: readonly (readonly [keyof LatencyNow, string])[] = [
  ['p50', 'p50'],
  ['p99', 'p99'],
  ['p999', 'p99.9'],
  ['max', 'max'],
]

/** Quantiles of the last second, and of the whole run where there is room, successes and failures apart. */
export function latencyBlock({ latency }: LiveState, { width, ink }: BlockSpace): Block {
  const { rows, history, isRough } = latency
  // Buckets know no highest value.
  const known = COLUMNS.filter(([key]) => !isRough || key !== 'max')
  const columns = known.slice(0, Math.max(1, Math.floor((width - LABEL_WIDTH) / NUMBER_WIDTH)))
  const hasRun = width >= LABEL_WIDTH + 2 * known.length * NUMBER_WIDTH + RUN_GAP.length + known.length
  const header: Line = [
    span('latency ms'.padEnd(LABEL_WIDTH), 'dim'),
    ...columns.map(([, name]) => span(name.padStart(NUMBER_WIDTH), 'dim')),
    ...(hasRun
      ? [span(RUN_GAP), ...columns.map(([, name]) => span(`run ${name}`.padStart(NUMBER_WIDTH + 1), 'dim'))]
      : []),
  ]
  const table = [header, ...rows.map((row) => latencyLine(row, columns, { hasRun, isRough }))]
  return {
    priority: 2,
    least: 2,
    wanted: table.length,
    most: table.length + 1 + TALLEST_CHART,
    draw: (lines) => [
      ...table.slice(0, lines),
      ...latencyChart(history, { width: width - LABEL_WIDTH, lines: lines - table.length, ink }),
    ],
  }
}

/** On a logarithmic axis: one slow second must not flatten all the others. */
function latencyChart(
  history: readonly (number | null)[],
  { width, lines, ink }: { readonly width: number; readonly lines: number; readonly ink: Ink },
): Line[] {
  const shown = history.slice(-width)
  const known = shown.filter((value): value is number => value !== null && value > 0)
  if (lines < 1 || known.length === 0) return []
  const [lowest, highest] = [Math.min(...known), Math.max(...known)]
  // The lowest is seen, too, and what is nearly the same looks so.
  const [low, top] = [lowest / 2, Math.max(highest, lowest * 4)]
  const values = shown.map((value) => (value === null || value <= 0 ? null : Math.log(value / low)))
  const hasTitle = lines > 2
  const title = `p99 of successes, ${formatMillis(lowest)} to ${formatMillis(highest)} ms, logarithmic`
  const height = lines - (hasTitle ? 1 : 0)
  const chart = columnChart(values, { width, height, top: Math.log(top / low), ink })
  return labelled('', [
    ...chart.map((text): Line => [span(text, 'accent')]),
    ...(hasTitle ? [[span(title, 'dim')]] : []),
  ])
}

function latencyLine(
  { name, isFailed, now, run }: LatencyRow,
  columns: typeof COLUMNS,
  { hasRun, isRough }: { readonly hasRun: boolean; readonly isRough: boolean },
): Line {
  const style = isFailed ? 'warning' : 'plain'
  const cells = (latency: LatencyNow, width: number): Span[] =>
    columns.map(([key]) => {
      const value = latency[key]
      const text = value === null ? '-' : `${isRough ? '~' : ''}${formatMillis(value)}`
      return span(
        text.padStart(width),
        value === null ? 'dim' : key === 'p99' && !isFailed ? 'strong' : style,
      )
    })
  return [
    span(name.padEnd(LABEL_WIDTH), isFailed ? 'warning' : 'dim'),
    ...cells(now, NUMBER_WIDTH),
    ...(hasRun && run !== null ? [span(RUN_GAP), ...cells(run, NUMBER_WIDTH + 1)] : []),
  ]
}

const ERRORS_SHOWN = 8

/** What was not ok, by type and code: how much in the last second, and in all. */
export function errorBlock({ errors }: LiveState, { width }: BlockSpace): Block {
  const room = width - LABEL_WIDTH
  const total = errors.rows.reduce((sum, row) => sum + row.total, 0)
  if (total === 0) return listBlock(4, labelled('errors', [[span('none', 'dim')]]))
  const now = errors.rows.reduce((sum, row) => sum + row.now, 0)
  const share = errors.settledTotal === 0 ? 0 : (100 * total) / errors.settledTotal
  const rows = errors.rows
    .toSorted((a, b) => b.now - a.now || b.total - a.total)
    .slice(0, ERRORS_SHOWN)
    .map(({ type, code, outcome, now: justNow, total: all }): Line =>
      joined(
        [
          [
            span(`${formatCount(justNow).padStart(NUMBER_WIDTH)} /s`, justNow > 0 ? 'bad' : 'dim'),
            span(`${formatCount(all).padStart(NUMBER_WIDTH + 1)} in all  `, 'dim'),
            span(code, justNow > 0 ? 'bad' : 'plain'),
          ],
          [span(type === outcome ? type : `${type}, ${outcome}`, 'dim')],
        ],
        room,
      ),
    )
  const head: Line = joined(
    [
      [span(`${formatCount(now)} /s`, now > 0 ? 'bad' : 'plain')],
      [span(`${formatCount(total)} in all`, 'warning')],
      [span(`${share < 0.01 ? '< 0.01' : share.toFixed(2)} % of the commands`, 'dim')],
    ],
    room,
  )
  return listBlock(4, labelled('errors', [head, ...rows]))
}
