/** What is to happen at given moments, the earliest first: a binary heap of (moment, item). Nothing is allocated for an entry. */
export class DueHeap {
  readonly #moments: number[] = []
  readonly #items: number[] = []

  get size(): number {
    return this.#moments.length
  }

  /** Of the earliest entry; infinite when there is none. */
  get nextAt(): number {
    return this.#moments[0] ?? Number.POSITIVE_INFINITY
  }

  push(at: number, item: number): void {
    let index = this.#moments.length
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (this.#moments[parent]! <= at) break
      this.#moments[index] = this.#moments[parent]!
      this.#items[index] = this.#items[parent]!
      index = parent
    }
    this.#moments[index] = at
    this.#items[index] = item
  }

  /** Takes the earliest entry out; its item. */
  pop(): number | undefined {
    const earliest = this.#items[0]
    const at = this.#moments.pop()
    const item = this.#items.pop()
    if (at !== undefined && item !== undefined && this.#moments.length > 0) this.#sink(at, item)
    return earliest
  }

  /** Puts an entry to the top, and down from there to where it belongs. */
  #sink(at: number, item: number): void {
    const { length } = this.#moments
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= length) break
      if (child + 1 < length && this.#moments[child + 1]! < this.#moments[child]!) child++
      if (this.#moments[child]! >= at) break
      this.#moments[index] = this.#moments[child]!
      this.#items[index] = this.#items[child]!
      index = child
    }
    this.#moments[index] = at
    this.#items[index] = item
  }
}
