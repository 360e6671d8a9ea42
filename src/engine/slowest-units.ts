/** The longest times that were offered, of a bounded number: whether another one is among them costs one comparison. */
export class SlowestUnits {
  readonly #longest: Float64Array
  #count = 0

  /** `most` must be positive. */
  constructor(most: number) {
    this.#longest = new Float64Array(most)
  }

  /** What is not longer is not among them. */
  get floorMillis(): number {
    return this.#count < this.#longest.length ? 0 : this.#longest[0]!
  }

  /** Whether it is among the longest so far. They stand in ascending order. */
  offer(millis: number): boolean {
    const longest = this.#longest
    if (this.#count < longest.length) {
      let place = this.#count++
      for (; place > 0 && longest[place - 1]! > millis; place--) longest[place] = longest[place - 1]!
      longest[place] = millis
      return true
    }
    if (millis <= longest[0]!) return false
    let place = 0
    for (; place + 1 < longest.length && longest[place + 1]! < millis; place++)
      longest[place] = longest[place + 1]!
    longest[place] = millis
    return true
  }
}
