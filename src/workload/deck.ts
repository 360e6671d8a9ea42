import { createIndexedRandom, type IndexedRandom } from '../model/random.ts'

const CARDS = 100

/** How many keys of which group an operation creates; group -1: none. */
export interface Writing {
  readonly group: number
  readonly keys: number
}

/**
 * Says which operation each draw of a run is. The draws are dealt in decks of a hundred: each deck holds every operation
 * as often as its weight says (what does not come out even is made up for in the next decks) and is shuffled by the seed.
 * So the mix is exact over any longer time, and each draw knows how many of its operation came before it, without
 * anybody having counted: threads that share out the draws need not talk.
 */
export class Deck {
  readonly #shares: readonly number[]
  readonly #random: IndexedRandom
  readonly #dealt: Float64Array
  readonly #counts: Int32Array
  readonly #operations = new Uint16Array(CARDS)
  readonly #ordinals = new Float64Array(CARDS)
  readonly #writing: readonly Writing[]
  readonly #groups: number
  readonly #written: Float64Array
  readonly #writtenAt: Float64Array
  #deck = -1
  #card = 0
  /** Of the draw that {@link seek} went to. */
  operation = 0
  ordinal = 0

  /** `writing`: how many keys a draw of each operation creates, and in which group of keys. */
  constructor(weights: readonly number[], seed: number, writing: readonly Writing[] = []) {
    this.#writing = writing
    this.#groups = Math.max(0, ...writing.map(({ group }) => group + 1))
    this.#writtenAt = new Float64Array(CARDS * this.#groups)
    this.#written = new Float64Array(this.#groups)

    const total = weights.reduce((sum, weight) => sum + weight, 0)
    this.#shares = weights.map((weight) => weight / total)
    this.#random = createIndexedRandom(seed)
    this.#dealt = new Float64Array(weights.length)
    this.#counts = new Int32Array(weights.length)
  }

  /** Goes to a draw, which must not lie in an earlier deck than the one before. */
  seek(draw: number): void {
    if (this.#shares.length === 1) {
      this.ordinal = draw
      return
    }
    const deck = Math.floor(draw / CARDS)
    while (this.#deck < deck) this.#deal()
    const card = draw - deck * CARDS
    this.#card = card
    this.operation = this.#operations[card]!
    this.ordinal = this.#ordinals[card]!
  }

  /** How many keys of a group the draws before this one create. */
  written(group: number): number {
    if (this.#shares.length === 1) return this.ordinal * (this.#writing[0]?.keys ?? 0)
    return this.#writtenAt[this.#card * this.#groups + group]!
  }

  #deal(): void {
    this.#deck++
    this.#count((this.#deck + 1) * CARDS)
    let card = 0
    for (const [operation, count] of this.#counts.entries())
      for (let copy = 0; copy < count; copy++) this.#operations[card++] = operation
    this.#shuffle()
    for (card = 0; card < CARDS; card++) {
      const operation = this.#operations[card]!
      this.#ordinals[card] = this.#dealt[operation]!++
      if (this.#groups > 0) this.#noteWritten(card, operation)
    }
  }

  #noteWritten(card: number, operation: number): void {
    this.#writtenAt.set(this.#written, card * this.#groups)
    const { group, keys } = this.#writing[operation]!
    if (group >= 0) this.#written[group]! += keys
  }

  /** How many of each make up for what was dealt so far: whole parts first, then the largest remainders. */
  #count(until: number): void {
    let left = CARDS
    const rests = this.#shares.map((share, operation) => {
      const due = share * until - this.#dealt[operation]!
      const count = Math.max(0, Math.floor(due + 1e-9))
      this.#counts[operation] = count
      left -= count
      return due - count
    })
    for (; left > 0; left--) {
      const next = rests.indexOf(Math.max(...rests))
      rests[next]! -= 1
      this.#counts[next]! += 1
    }
    for (; left < 0; left++) {
      const next = this.#smallestWithCards(rests)
      rests[next]! += 1
      this.#counts[next]! -= 1
    }
  }

  #smallestWithCards(rests: readonly number[]): number {
    let smallest = -1
    for (const [operation, rest] of rests.entries())
      if (this.#counts[operation]! > 0 && (smallest === -1 || rest < rests[smallest]!)) smallest = operation
    return smallest
  }

  #shuffle(): void {
    this.#random.seek(this.#deck)
    for (let card = CARDS - 1; card > 0; card--) {
      const other = this.#random.below(card + 1)
      const operation = this.#operations[card]!
      this.#operations[card] = this.#operations[other]!
      this.#operations[other] = operation
    }
  }
}
