/** Share of its time that a server may spend on our questions; above it they are asked half as often. */
const LARGEST_SHARE = 0.005
const LONGEST_MILLIS = 60_000

/** Between two looks at the servers: longer when they cost too much. */
export class LookInterval {
  /** Servers that spent too much time on our questions when they were asked last. */
  readonly #costly = new Set<string>()
  #millis: number

  constructor(millis: number) {
    this.#millis = millis
  }

  get millis(): number {
    return this.#millis
  }

  /**
   * What share of its time a server spent on us. Twice too much in a row makes looks half as frequent, and gives a sentence that
   * says so: a server that was held up once while it answered was not held up by us.
   */
  judge(server: string, share: number | undefined): string | undefined {
    if (share === undefined || share <= LARGEST_SHARE) {
      this.#costly.delete(server)
      return undefined
    }
    if (!this.#costly.delete(server)) {
      this.#costly.add(server)
      return undefined
    }
    if (this.#millis >= LONGEST_MILLIS) return undefined
    this.#millis = Math.min(LONGEST_MILLIS, 2 * this.#millis)
    const percent = (100 * share).toFixed(1)
    return `looking took ${percent} % of a server's time: it is done every ${this.#millis / 1000} s`
  }
}
