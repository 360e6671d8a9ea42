import type { Ink } from './charts.ts'
import { BLANK, fitLine, type Line, span } from './spans.ts'

/** Cells of the name of a block, at its left. */
export const LABEL_WIDTH = 12

export interface BlockSpace {
  /** Cells, the name of the block included. */
  readonly width: number
  readonly ink: Ink
}

/** One thing that is shown, with as many lines as there is room for. */
export interface Block {
  /** Fewer lines than this are not worth it. */
  readonly least: number
  /** Lines with all that there is to say. */
  readonly wanted: number
  /** Lines with which it still looks well, where there is room: charts. */
  readonly most: number
  /** Who gets room first: the lowest. */
  readonly priority: number
  /** Exactly or at most so many lines. */
  readonly draw: (lines: number) => readonly Line[]
}

/** A block of lines that do not depend on the room, the most important ones first. */
export function listBlock(priority: number, lines: readonly Line[]): Block {
  const { length } = lines
  return {
    priority,
    least: Math.min(1, length),
    wanted: length,
    most: length,
    draw: (count) => lines.slice(0, count),
  }
}

/** The name at the left of the first line, nothing at that of the others. */
export function labelled(name: string, lines: readonly Line[]): Line[] {
  return lines.map((line, index) => [
    ...fitLine([span(index === 0 ? name : '', 'dim')], LABEL_WIDTH),
    ...line,
  ])
}

/** Draws blocks from top to bottom, in exactly so many lines: by priority their least, then all they want, gaps, charts. */
export function stack(blocks: readonly Block[], rows: number): Line[] {
  const given = new Map<Block, number>()
  const byPriority = blocks.filter(({ wanted }) => wanted > 0).toSorted((a, b) => a.priority - b.priority)
  let left = rows
  const raise = (block: Block, to: number): void => {
    const now = given.get(block) ?? 0
    const more = Math.min(left, to - now)
    if (more <= 0 || (now === 0 && more < block.least)) return
    given.set(block, now + more)
    left -= more
  }
  for (const block of byPriority) raise(block, block.least)
  for (const block of byPriority) raise(block, block.wanted)
  const shown = blocks.filter((block) => given.has(block))
  const hasGaps = left >= shown.length - 1 && shown.length > 1
  if (hasGaps) left -= shown.length - 1
  const growing = byPriority.filter((block) => given.has(block) && block.most > block.wanted)
  // Each a line in turn, as long as there is one that can be used.
  const growOnce = (): boolean => {
    const before = left
    for (const block of growing) if (given.get(block)! < block.most) raise(block, given.get(block)! + 1)
    return left < before
  }
  while (growOnce());
  const lines = shown.flatMap((block, index) => [
    ...(hasGaps && index > 0 ? [BLANK] : []),
    ...block.draw(given.get(block)!),
  ])
  return [...lines, ...Array.from({ length: Math.max(0, rows - lines.length) }, () => BLANK)].slice(0, rows)
}
