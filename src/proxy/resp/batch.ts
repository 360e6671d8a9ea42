/** Joins what lies side by side in one chunk, so that a chunk that is not changed is one write. */
export class Batch {
  readonly #push: (chunk: Buffer) => void
  /** The first piece, and how many bytes from where it begins. */
  #first: Buffer | undefined
  #length = 0

  constructor(push: (chunk: Buffer) => void) {
    this.#push = push
  }

  add(bytes: Buffer): void {
    if (bytes.length === 0) return
    const first = this.#first
    if (
      first !== undefined &&
      first.buffer === bytes.buffer &&
      first.byteOffset + this.#length === bytes.byteOffset
    ) {
      this.#length += bytes.length
      return
    }
    this.flush()
    this.#first = bytes
    this.#length = bytes.length
  }

  flush(): void {
    const first = this.#first
    this.#first = undefined
    if (first === undefined) return
    const isWhole = first.length === this.#length
    this.#push(isWhole ? first : Buffer.from(first.buffer, first.byteOffset, this.#length))
  }
}
