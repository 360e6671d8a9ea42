import type { Call } from '../model/call.ts'

/** More time for some calls. */
export interface Relaxation {
  /** Milliseconds from the send. */
  readonly timeToLiveMillis: number
  covers(call: Call): boolean
}

/**
 * The deadlines of everything in flight. All commands have the same time to live and are added in the order they were
 * sent, so one doubly linked list through the calls themselves is always sorted: a timing wheel with a single slot.
 * Adding, removing and finding the next to expire cost a few pointer writes, and nothing is allocated.
 *
 * Some may be allowed a longer time ({@link Relaxation}). That is asked only when the ordinary one is up: such calls go to
 * a second list, in the same order, so that one is sorted, too.
 */
export class DeadlineList {
  readonly #relaxation: Relaxation | undefined
  #oldestRelaxed: Call | null = null
  #newestRelaxed: Call | null = null
  readonly #timeToLiveMillis: number
  #oldest: Call | null = null
  #newest: Call | null = null

  constructor(timeToLiveMillis: number, relaxation?: Relaxation) {
    this.#relaxation = relaxation
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
    if (previous !== null) previous.following = following
    else if (this.#oldest === call) this.#oldest = following
    else this.#oldestRelaxed = following
    if (following !== null) following.previous = previous
    else if (this.#newest === call) this.#newest = previous
    else this.#newestRelaxed = previous
    call.previous = null
    call.following = null
  }

  /** Removes and returns the oldest call if its time is up, else `null`. */
  takeExpired(at: number): Call | null {
    for (;;) {
      const call = this.#oldest
      if (call === null || at - call.sentAt < this.#timeToLiveMillis) break
      this.remove(call)
      if (this.#relaxation?.covers(call) !== true) return call
      this.#relax(call)
    }
    const relaxed = this.#oldestRelaxed
    if (relaxed === null || at - relaxed.sentAt < this.#relaxation!.timeToLiveMillis) return null
    this.remove(relaxed)
    return relaxed
  }

  #relax(call: Call): void {
    call.previous = this.#newestRelaxed
    if (this.#newestRelaxed === null) this.#oldestRelaxed = call
    else this.#newestRelaxed.following = call
    this.#newestRelaxed = call
  }
}
