import type { Pending } from './pending.ts'

/** Requests without their replies, oldest first. */
export class PendingQueue {
  #items: Pending[] = []
  #first = 0

  get oldest(): Pending | undefined {
    return this.#items[this.#first]
  }

  get size(): number {
    return this.#items.length - this.#first
  }

  add(item: Pending): void {
    this.#items.push(item)
  }

  removeOldest(): void {
    this.#first++
    if (this.#first === this.#items.length) this.clear()
    else if (this.#first === 4096) {
      this.#items = this.#items.slice(this.#first)
      this.#first = 0
    }
  }

  clear(): void {
    this.#items = []
    this.#first = 0
  }
}
