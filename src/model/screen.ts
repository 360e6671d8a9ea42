export interface ScreenSize {
  readonly columns: number
  readonly rows: number
}

export interface ScreenListener {
  /** Nothing of what was drawn is there any more: another size, or back from the background. */
  redraw(): void
  /** What was typed, without what belongs to the terminal (Ctrl-C and the like). */
  typed(text: string): void
}

/** A terminal that a view may have for itself for a while. What it puts back, it puts back on every way out. */
export interface Screen {
  readonly size: ScreenSize
  readonly hasColours: boolean
  readonly hasUnicode: boolean
  /** Whether keys reach us. */
  readonly hasKeys: boolean
  open(listener: ScreenListener): void
  write(text: string): void
  /** The last lines that were kept from standard error while the screen is open; they are printed when it is closed. */
  readonly heldLines: readonly string[]
  /** As the first SIGINT does. */
  requestEnd(): void
  /** Again does nothing. */
  close(): void
}
