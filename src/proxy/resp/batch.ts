/** Joins what lies side by side in one chunk, so that a chunk that is not changed is one write. */
export class Batch {
  readonly #push: (chunk: Buffer) => void
  #waiting: Buffer | undefined

  constructor(push: (chunk: Buffer) => void) {
    this.#push = push
  }

  add(bytes: Buffer): void {
    if (bytes.length === 0) return
    const before = this.#waiting
    if (
      before !== undefined &&
      before.buffer === bytes.buffer &&
      before.byteOffset + before.length === bytes.byteOffset
    ) {
      this.#waiting = Buffer.from(before.buffer, before.byteOffset, before.length + bytes.length)
      return
    }
    this.flush()
    this.#waiting = bytes
  }

  flush(): void {
    const bytes = this.#waiting
    this.#waiting = undefined
    if (bytes !== undefined) this.#push(bytes)
  }
}
