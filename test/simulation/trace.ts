/** An invariant that does not hold. */
export class Broken extends Error {
  readonly invariant: string

  constructor(invariant: string, text: string) {
    super(text)
    this.invariant = invariant
  }
}

/** What happened, in order, as a hash; and as lines when somebody wants to read them. */
export class Trace {
  readonly lines: string[] | undefined
  #high = 0x811c9dc5
  #low = 0x1000193

  constructor(keepsLines: boolean) {
    this.lines = keepsLines ? [] : undefined
  }

  note(what: string, subject: number, detail: number, at: number): void {
    this.#mix(what.charCodeAt(0) * 257 + what.length)
    this.#mix(subject)
    this.#mix(detail)
    this.#mix(Math.round(at * 1e5) | 0)
    this.lines?.push(`${at.toFixed(3).padStart(10)} ${what} ${subject} ${detail}`)
  }

  get hash(): string {
    return (this.#high >>> 0).toString(16).padStart(8, '0') + (this.#low >>> 0).toString(16).padStart(8, '0')
  }

  #mix(value: number): void {
    this.#high = Math.imul(this.#high ^ value, 0x01000193)
    this.#low = Math.imul(this.#low ^ (value + this.#high), 0x5bd1e995)
    this.#low ^= this.#low >>> 15
  }
}
