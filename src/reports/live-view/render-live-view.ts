import type { ScreenSize } from '../../model/screen.ts'
import { formatCount } from '../format.ts'
import { type BlockSpace, stack } from './block.ts'
import { ASCII_INK, type Ink, progressBar, UNICODE_INK } from './charts.ts'
import {
  connectionBlock,
  duration,
  faultBlock,
  generatorBlock,
  messageBlock,
  serverBlock,
  thresholdBlock,
} from './health-blocks.ts'
import { helpLines } from './help.ts'
import type { LiveState } from './live-state.ts'
import { errorBlock, latencyBlock, rateBlock } from './load-blocks.ts'
import { apart, BLANK, fitLine, joined, type Line, type Span, span, writeLine } from './spans.ts'

/** Smaller terminals show only where the run is. */
export const SMALLEST: ScreenSize = { columns: 40, rows: 10 }
/** From here on there are two columns. */
const TWO_COLUMNS = 120
const GUTTER = 4

export interface Appearance {
  readonly hasColours: boolean
  readonly hasUnicode: boolean
}

/** What is shown of a run, as exactly so many lines of a terminal, none of them wider than it. */
export function renderLiveView(state: LiveState, size: ScreenSize, appearance: Appearance): string[] {
  const ink = appearance.hasUnicode ? UNICODE_INK : ASCII_INK
  const isSmall = size.columns < SMALLEST.columns || size.rows < SMALLEST.rows
  const lines = isSmall ? smallView(state, size) : wholeView(state, size, ink)
  return lines.map((line) => {
    const written = writeLine(fitLine(line, size.columns, ink.ellipsis), appearance.hasColours)
    return appearance.hasUnicode ? written : written.replaceAll('·', '-').replaceAll('…', '...')
  })
}

function smallView(state: LiveState, { columns, rows }: ScreenSize): Line[] {
  const lines: Line[] = [
    whereItIs(state),
    [span(`${formatCount(Math.round(state.rate.perSecond))} ops/s`, 'strong')],
    [span(`${columns}×${rows} is too small: ${SMALLEST.columns}×${SMALLEST.rows}`, 'warning')],
  ]
  return [...lines, ...Array.from({ length: rows }, () => BLANK)].slice(0, rows)
}

function wholeView(state: LiveState, { columns, rows }: ScreenSize, ink: Ink): Line[] {
  const head = [
    titleLine(state, columns),
    apart(whereItIs(state), timeLeft(state), columns),
    barLine(state, columns, ink),
  ]
  const foot = [noticeLine(state, columns)]
  const room = rows - head.length - foot.length
  const gap = room >= 14 ? 1 : 0
  const body = state.isHelpShown
    ? helpLines(state.keys, room - 2 * gap)
    : bodyLines(state, { columns, rows: room - 2 * gap }, ink)
  const gaps = Array.from({ length: gap }, () => BLANK)
  return [...head, ...gaps, ...body, ...gaps, ...foot]
}

function bodyLines(state: LiveState, { columns, rows }: ScreenSize, ink: Ink): Line[] {
  const load = (space: BlockSpace): ReturnType<typeof rateBlock>[] => [
    rateBlock(state, space),
    latencyBlock(state, space),
  ]
  const health = (space: BlockSpace): ReturnType<typeof rateBlock>[] => [
    errorBlock(state, space),
    connectionBlock(state, space),
    faultBlock(state, space),
    generatorBlock(state, space),
    serverBlock(state, space),
    thresholdBlock(state, space),
    messageBlock(state, space),
  ]
  if (columns < TWO_COLUMNS) {
    const space = { width: columns, ink }
    return stack([...load(space), ...health(space)], rows)
  }
  const width = Math.floor((columns - GUTTER) / 2)
  const space = { width, ink }
  const right = stack(health(space), rows)
  return stack(load(space), rows).map((line, index) => [
    ...fitLine(line, width, ink.ellipsis),
    span(' '.repeat(GUTTER)),
    ...right[index]!,
  ])
}

function titleLine({ title, target, adjusted }: LiveState, columns: number): Line {
  const { isPaused, factor, count } = adjusted
  const badges: Span[] = [
    ...(isPaused ? [span(' PAUSED ', 'badge')] : []),
    ...(factor === 1 ? [] : [span(` ${Math.round(100 * factor)} % `, 'badge')]),
    ...(count === 0 ? [] : [span(`  adjusted ${count === 1 ? 'once' : `${count} times`}`, 'warning')]),
  ]
  const left = joined(
    [[span('redis-test ', 'strong'), span(title, 'strong')], [span(target, 'dim')]],
    columns,
  )
  return apart(left, badges, columns)
}

const PHASE_WORDS = {
  connecting: 'connecting',
  warmup: 'warm-up',
  measure: 'measuring',
  drain: 'waiting for the last answers',
  done: 'over',
} as const

function whereItIs({ phase, stage }: LiveState): Line {
  return [
    span(PHASE_WORDS[phase], phase === 'measure' ? 'good' : 'warning'),
    ...(stage === null || phase !== 'measure' ? [] : [span(` · ${stage}`, 'strong')]),
  ]
}

function timeLeft({ elapsedMillis, lengthMillis, count, rate, keys }: LiveState): Line {
  // From outside nobody knows how long it takes.
  if (keys === 'watch') return [span(`${duration(elapsedMillis)} in this phase`, 'dim')]
  if (lengthMillis === null && count !== null)
    return [span(`${formatCount(rate.scheduled)} of ${formatCount(count)} commands`)]
  if (lengthMillis === null) return [span(duration(elapsedMillis)), span(' · until it is ended', 'dim')]
  const left = Math.max(0, lengthMillis - elapsedMillis)
  return [
    span(`${duration(elapsedMillis)} of ${duration(lengthMillis)}`),
    span(' · ', 'dim'),
    span(`${duration(left)} left`, 'strong'),
  ]
}

function barLine({ elapsedMillis, lengthMillis, count, rate }: LiveState, columns: number, ink: Ink): Line {
  if (lengthMillis === null && count === null) return [span(ink.empty.repeat(columns), 'dim')]
  const share =
    lengthMillis === null ? rate.scheduled / (count ?? 1) : elapsedMillis / Math.max(1, lengthMillis)
  const { full, empty } = progressBar(share, columns, ink)
  return [span(full, 'accent'), span(empty, 'dim')]
}

const KEYS = {
  run: ['space pause', '+ more', '- less', 'n next phase', '? help', 'q end'],
  watch: ['? help', 'q leave'],
  none: [],
} as const

/** What came of the last key at the left, and as many keys as there is room for. */
function noticeLine({ notice, keys, isHelpShown, adjusted }: LiveState, columns: number): Line {
  const words = KEYS[keys].map((key) => (key === 'space pause' && adjusted.isPaused ? 'space go on' : key))
  const hints = isHelpShown ? ['? back', keys === 'watch' ? 'q leave' : 'q end'] : words
  const said = notice === null ? [] : [[span(notice, 'warning')]]
  return joined([...said, ...hints.map((key) => [span(key, 'dim')])], columns, '   ')
}
