/** Lines that may wait for a reader: those of the start of a run, before there is telemetry. */
const MOST_WAITING = 200

/** The log, line by line, for whoever else wants it. Bounded: without a reader only the first lines wait. */
export class LogTap {
  #waiting: string[] = []
  #reader: ((line: string) => void) | undefined

  /** One line of JSON, already without secrets. */
  push(line: string): void {
    if (this.#reader !== undefined) this.#reader(line)
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push(line)
  }

  /** From now on `reader` gets every line, first those that waited. */
  connect(reader: (line: string) => void): void {
    const waiting = this.#waiting
    this.#waiting = []
    this.#reader = reader
    for (const line of waiting) reader(line)
  }
}
