import { fitText, widthOf } from './text-width.ts'

const STYLES = {
  plain: '',
  dim: '2',
  strong: '1',
  good: '32',
  warning: '33',
  bad: '1;31',
  accent: '36',
  badge: '7',
} as const
export type Style = keyof typeof STYLES

/** A text in one style; a line is made of several. */
export interface Span {
  readonly text: string
  readonly style: Style
}

export type Line = readonly Span[]

export const BLANK: Line = []

export function span(text: string, style: Style = 'plain'): Span {
  return { text, style }
}

export function widthOfLine(line: Line): number {
  return line.reduce((sum, { text }) => sum + widthOf(text), 0)
}

/** Exactly so wide: cut, or filled up with spaces. */
export function fitLine(line: Line, width: number, ellipsis = '…'): Span[] {
  const fitted: Span[] = []
  let left = width
  for (const { text, style } of line) {
    const shown = fitText(text, left, ellipsis)
    if (shown !== '') fitted.push({ text: shown, style })
    left -= widthOf(shown)
    if (shown !== text || left === 0) break
  }
  if (left > 0) fitted.push(span(' '.repeat(left)))
  return fitted
}

/** The second at the right edge; it goes first where there is no room for both. */
export function apart(left: Line, right: Line, width: number): Line {
  const room = width - widthOfLine(right)
  if (room < widthOfLine(left) + 1) return left
  return [...fitLine(left, room), ...right]
}

/** Several parts with something in between; as many as fit. */
export function joined(parts: readonly Line[], width: number, separator = ' · '): Line {
  const line: Span[] = []
  for (const part of parts) {
    const more = line.length === 0 ? part : [span(separator, 'dim'), ...part]
    if (line.length > 0 && widthOfLine(line) + widthOfLine(more) > width) break
    line.push(...more)
  }
  return line
}

/** A line as it is written to a terminal; spaces at its end are left out. */
export function writeLine(line: Line, hasColours: boolean): string {
  if (!hasColours) {
    return line
      .map(({ text }) => text)
      .join('')
      .trimEnd()
  }
  return line
    .map(({ text, style }) => (style === 'plain' ? text : `\u001b[${STYLES[style]}m${text}\u001b[0m`))
    .join('')
    .replace(/ +$/, '')
}
