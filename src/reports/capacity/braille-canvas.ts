/** Dots of a cell, by column and row, as Unicode numbers them. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const
const BLANK = 0x2800
const DOTS_ACROSS = 2
const DOTS_DOWN = 4

/** A drawing of dots, two by four in each character. */
export class BrailleCanvas {
  readonly width: number
  readonly height: number
  readonly #cells: number[][]

  /** In characters. */
  constructor(columns: number, rows: number) {
    this.width = columns * DOTS_ACROSS
    this.height = rows * DOTS_DOWN
    this.#cells = Array.from({ length: rows }, () => Array.from({ length: columns }, () => 0))
  }

  /** In dots from the upper left; what lies outside is not drawn. */
  dot(x: number, y: number): void {
    const row = this.#cells[Math.floor(y / DOTS_DOWN)]
    const column = Math.floor(x / DOTS_ACROSS)
    if (row?.[column] === undefined) return
    row[column] |= DOTS[x % DOTS_ACROSS]![y % DOTS_DOWN]!
  }

  /** A straight line, both ends included. */
  line(from: readonly [number, number], to: readonly [number, number]): void {
    const steps = Math.max(1, Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]))
    for (let step = 0; step <= steps; step++)
      this.dot(
        Math.round(from[0] + ((to[0] - from[0]) * step) / steps),
        Math.round(from[1] + ((to[1] - from[1]) * step) / steps),
      )
  }

  lines(): string[] {
    return this.#cells.map((row) => row.map((dots) => String.fromCodePoint(BLANK + dots)).join(''))
  }
}
