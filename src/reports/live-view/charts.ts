/** What charts are drawn with. `levels`: from empty to full. */
export interface Ink {
  readonly levels: readonly string[]
  readonly full: string
  readonly empty: string
  readonly target: string
  readonly ok: string
  readonly missed: string
  readonly ellipsis: string
  readonly dot: string
}

export const UNICODE_INK: Ink = {
  levels: [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  full: '█',
  empty: '░',
  target: '╌',
  ok: '✓',
  missed: '✗',
  ellipsis: '…',
  dot: '·',
}

export const ASCII_INK: Ink = {
  levels: [' ', '.', ':', '|'],
  full: '#',
  empty: '.',
  target: '-',
  ok: '+',
  missed: 'x',
  ellipsis: '...',
  dot: '-',
}

/** One line of so many cells that shows how much is done; `share` from 0 to 1. */
export function progressBar(share: number, width: number, ink: Ink): { full: string; empty: string } {
  const filled = Math.max(0, Math.min(width, Math.round(share * width)))
  return { full: ink.full.repeat(filled), empty: ink.empty.repeat(width - filled) }
}

export interface ChartSpec {
  readonly width: number
  readonly height: number
  /** Value of the upper edge. */
  readonly top: number
  readonly ink: Ink
  /** A line is drawn through these where they are above the values. */
  readonly targets?: readonly (number | null)[] | undefined
}

/**
 * The last values as columns, the newest at the right, from the top line to the bottom one. A value that is not 0 is seen
 * as at least the lowest level; `null` (nothing is known) is empty.
 */
export function columnChart(values: readonly (number | null)[], spec: ChartSpec): string[] {
  const { width, height, top, ink, targets } = spec
  const shown = values.slice(-width)
  const aims = targets?.slice(-width) ?? []
  const steps = ink.levels.length - 1
  const heights = shown.map((value) =>
    value === null || value <= 0 || top <= 0
      ? 0
      : Math.max(1, Math.min(height * steps, Math.round((value / top) * height * steps))),
  )
  return Array.from({ length: height }, (_, line) => {
    const row = height - 1 - line
    const cells = heights.map((filled, column) => {
      const level = Math.max(0, Math.min(steps, filled - row * steps))
      if (level > 0) return ink.levels[level]!
      const aim = aims[column] ?? 0
      const aimRow = Math.min(height - 1, Math.floor((aim / top) * height))
      return height > 1 && aim > 0 && top > 0 && aimRow === row ? ink.target : ink.levels[0]!
    })
    return cells.join('').padStart(width, ' ')
  })
}

/** The largest value that is known; 0 when none is. */
export function largestOf(values: readonly (number | null)[]): number {
  return values.reduce<number>((largest, value) => Math.max(largest, value ?? 0), 0)
}
