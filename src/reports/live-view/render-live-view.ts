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
import { apart, BLANK, fitLine, joined, type Line, type Span, span, widthOfLine, writeLine } from './spans.ts'
import { widthOf } from './text-width.ts'

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

/** Where the run is and how fast, and that there would be more. */
function smallView(state: LiveState, { rows }: ScreenSize): Line[] {
  const lines: Line[] = [
    [...(state.adjusted.isPaused ? [span('PAUSED ', 'badge')] : []), ...whereItIs(state)],
    [span(`${formatCount(Math.round(state.rate.perSecond))} ops/s`, 'strong')],
    timeLeft(state),
    [span(`too small (${SMALLEST.columns}×${SMALLEST.rows})`, 'warning')],
  ]
  return [...lines, ...Array.from({ length: rows }, () => BLANK)].slice(0, rows)
}

function wholeView(state: LiveState, { columns, rows }: ScreenSize, ink: Ink): Line[] {
  const head = [titleLine(state, columns, ink), placeLine(state, columns), barLine(state, columns, ink)]
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

function titleLine({ title, target, adjusted }: LiveState, columns: number, { ellipsis }: Ink): Line {
  const { isPaused, factor, count } = adjusted
  const badges: Span[] = [
    ...(isPaused ? [span(' PAUSED ', 'badge')] : []),
    ...(factor === 1 ? [] : [span(` ${Math.round(100 * factor)} % `, 'badge')]),
    ...(count === 0 ? [] : [span(`  adjusted ${count === 1 ? 'once' : `${count} times`}`, 'warning')]),
  ]
  // What somebody made of the load must be seen, however long the names are.
  const room = columns - (badges.length === 0 ? 0 : widthOfLine(badges) + 1)
  const left = joined([[span('redis-test ', 'strong'), span(title, 'strong')], [span(target, 'dim')]], room)
  return apart(fitLine(left, Math.min(room, widthOfLine(left)), ellipsis), badges, columns)
}

const PHASE_WORDS = {
  connecting: 'connecting',
  warmup: 'warm-up',
  measure: 'measuring',
  drain: 'waiting for the last answers',
  done: 'over',
} as const

/** Where the run is, and how long it takes: in few columns the time that is left matters more than that of the stage. */
function placeLine(state: LiveState, columns: number): Line {
  const [whole, short] = [timeLeft(state), timeLeft(state).slice(-1)]
  const ways: readonly (readonly [Line, Line])[] = [
    [whereItIs(state), whole],
    [whereItIs(state, { hasRest: false }), whole],
    [whereItIs(state, { hasRest: false }), short],
  ]
  const fitting = ways.find(([left, right]) => widthOfLine(left) + 1 + widthOfLine(right) <= columns)
  return fitting === undefined ? whereItIs(state) : apart(...fitting, columns)
}

/** `hasRest`: how long it is to the next stage. */
function whereItIs({ phase, stage }: LiveState, { hasRest } = { hasRest: true }): Line {
  const words: Line = [span(PHASE_WORDS[phase], phase === 'measure' ? 'good' : 'warning')]
  if (stage === null || phase !== 'measure') return words
  const rest = hasRest && stage.leftMillis !== null ? ` · ${duration(stage.leftMillis)} to the next` : ''
  return [...words, span(` · ${stage.name}`, 'strong'), span(rest, 'dim')]
}

/** Its last part is what is shown where there is no room for all of it. */
function timeLeft({ phase, elapsedMillis, lengthMillis, count, rate }: LiveState): Line {
  const elapsed = duration(elapsedMillis)
  if (phase === 'done' && lengthMillis !== 'unknown') return [span(`${elapsed} measured`, 'dim')]
  if (count !== null && phase === 'measure')
    return [span(`${formatCount(rate.scheduled)} of ${formatCount(count)} commands`)]
  if (lengthMillis === 'unknown') return [span(`${elapsed} in this phase`, 'dim')]
  if (lengthMillis === null) return [span(`${elapsed} · until it is ended`)]
  const left = Math.max(0, lengthMillis - elapsedMillis)
  return [
    span(`${elapsed} of ${duration(lengthMillis)}`),
    span(' · ', 'dim'),
    span(`${duration(left)} left`, 'strong'),
  ]
}

/** Of a load that ends with its time or with a number of commands, whichever is nearer. */
function shareDone({ phase, elapsedMillis, lengthMillis, count, rate }: LiveState): number | null {
  if (phase === 'done') return 1
  const byTime = typeof lengthMillis === 'number' ? elapsedMillis / Math.max(1, lengthMillis) : null
  const byCount = count === null || phase !== 'measure' ? null : rate.scheduled / count
  return byTime === null ? byCount : Math.max(byTime, byCount ?? 0)
}

function barLine(state: LiveState, columns: number, ink: Ink): Line {
  const share = shareDone(state)
  if (share === null) return [span(ink.empty.repeat(columns), 'dim')]
  const { full, empty } = progressBar(share, columns, ink)
  return [span(full, 'accent'), span(empty, 'dim')]
}

const KEYS = {
  run: ['space pause', '+ more', '- less', 'n next phase', '? help', 'q end'],
  watch: ['? help', 'q leave'],
  none: [],
} as const
/** From the one that is shown in any case to the one that goes first. */
const IMPORTANCE = ['q', '?', 'space', '+', '-', 'n']
const HINT_GAP = 3

/** What came of the last key at the left, and as many keys as there is room for. */
function noticeLine({ notice, keys, isHelpShown, adjusted }: LiveState, columns: number): Line {
  const words = KEYS[keys].map((key) => (key === 'space pause' && adjusted.isPaused ? 'space go on' : key))
  const hints = isHelpShown ? ['? back', keys === 'watch' ? 'q leave' : 'q end'] : words
  const said = notice === null ? [] : [[span(notice, 'warning')]]
  const room = columns - (notice === null ? 0 : widthOf(notice) + HINT_GAP)
  const shown = hintsThatFit(hints, room)
  return joined([...said, ...shown.map((key) => [span(key, 'dim')])], columns, ' '.repeat(HINT_GAP))
}

function hintsThatFit(hints: readonly string[], room: number): readonly string[] {
  let left = room + HINT_GAP
  const fitting = new Set<string>()
  for (const name of IMPORTANCE) {
    const hint = hints.find((one) => one.startsWith(name))
    if (hint === undefined) continue
    left -= hint.length + HINT_GAP
    if (left < 0) break
    fitting.add(hint)
  }
  return hints.filter((hint) => fitting.has(hint))
}
