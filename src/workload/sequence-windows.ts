/** Numbers that are remembered behind the highest one. */
const WINDOW = 256
const WORDS = WINDOW / 32

/** `late`: seen for the first time, after a higher one. */
export type Seen = 'next' | 'late' | 'repeated'

/**
 * Tells, for each of several sequences that should only ever ascend, what is new and what was seen before. Memory is
 * fixed: the highest number of each sequence and which of the last 256 below it were seen; what is older counts as
 * repeated, because nothing but sending again brings it.
 */
export class SequenceWindows {
  readonly #highest: Float64Array
  readonly #bits: Int32Array

  constructor(sequences: number) {
    this.#highest = new Float64Array(sequences)
    this.#bits = new Int32Array(sequences * WORDS)
  }

  /** `number` from 1. Gaps mean nothing: a number may never have been sent. */
  see(sequence: number, number: number): Seen {
    const highest = this.#highest[sequence]!
    if (number > highest) {
      for (let skipped = Math.max(highest + 1, number - WINDOW + 1); skipped < number; skipped++)
        this.#mark(sequence, skipped, false)
      this.#mark(sequence, number, true)
      this.#highest[sequence] = number
      return 'next'
    }
    if (number <= highest - WINDOW || this.#isMarked(sequence, number)) return 'repeated'
    this.#mark(sequence, number, true)
    return 'late'
  }

  #mark(sequence: number, number: number, isSeen: boolean): void {
    const bit = number % WINDOW
    const word = sequence * WORDS + (bit >>> 5)
    const mask = 1 << (bit & 31)
    this.#bits[word] = isSeen ? this.#bits[word]! | mask : this.#bits[word]! & ~mask
  }

  #isMarked(sequence: number, number: number): boolean {
    const bit = number % WINDOW
    return (this.#bits[sequence * WORDS + (bit >>> 5)]! & (1 << (bit & 31))) !== 0
  }
}
