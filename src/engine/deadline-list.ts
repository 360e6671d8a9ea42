import type { Call } from '../model/call.ts'

/**
 * The deadlines of everything in flight. All commands have the same time to live and are added in the order they were
 * sent, so one doubly linked list through the calls themselves is always sorted: a timing wheel with a single slot.
 * Adding, removing and finding the next to expire cost a few pointer writes, and nothing is allocated.
 */
export class DeadlineList {
  readonly #timeToLiveMillis: number
  #oldest: Call | null = null
  #newest: Call | null = null

  constructor(timeToLiveMillis: number) {
    this.#timeToLiveMillis = timeToLiveMillis
  }

  add(call: Call): void {
    call.previous = this.#newest
    call.following = null
    if (this.#newest === null) this.#oldest = call
    else this.#newest.following = call
    this.#newest = call
  }

  remove(call: Call): void {
    const { previous, following } = call
    if (previous === null) this.#oldest = following
    else previous.following = following
    if (following === null) this.#newest = previous
    else following.previous = previous
    call.previous = null
    call.following = null
  }

  /** Removes and returns the oldest call if its time is up, else `null`. */
  takeExpired(at: number): Call | null {
    const call = this.#oldest
    if (call === null || at - call.sentAt < this.#timeToLiveMillis) return null
    this.remove(call)
    return call
  }
}
