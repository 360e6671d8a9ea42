import { performance } from 'node:perf_hooks'
import type { Random } from '../../src/model/random.ts'

/** Anything that is to happen at a moment. Of two at the same moment, the one of the lower rank comes first. */
export interface Moment {
  readonly at: number
  readonly rank: number
  readonly sequence: number
  readonly isOurs: boolean
  run: ((at: number) => void) | null
}

/** What Node.js does first when several things are due: timers, then sockets, then closing. */
export const TIMER = 0
export const SOCKET = 1
export const CLOSING = 2

const realSetImmediate = globalThis.setImmediate

/**
 * Time that passes only when nothing is left to do at a moment. There are two kinds of moments: those of the process under
 * test (timers, what its sockets receive), which wait while the process stalls, and those of the world around it, which do
 * not. After each one the real event loop turns once, so that promises and ticks run as they would.
 */
export class VirtualTime {
  /** As the process under test sees it, milliseconds. */
  now = 0
  /** The process does nothing before. */
  #busyUntil = 0
  #sequence = 0
  readonly #heap: Moment[] = []
  #immediates: VirtualImmediate[] = []
  /** Timers of the process that are still to fire. */
  timers = 0
  readonly #random: Random
  readonly #latestTimerMillis: number
  readonly #turnMillis: number

  constructor(
    random: Random,
    options: {
      /** A timer may be this late. */
      readonly latestTimerMillis: number
      /** Length of a turn of the event loop that only runs an immediate. */
      readonly turnMillis: number
    },
  ) {
    this.#random = random
    this.#latestTimerMillis = options.latestTimerMillis
    this.#turnMillis = options.turnMillis
  }

  /** Something in the world around the process. */
  world(at: number, run: (at: number) => void): Moment {
    return this.#push({ at, rank: SOCKET, sequence: this.#sequence++, isOurs: false, run })
  }

  /** Something that the process is told. */
  ours(at: number, rank: number, run: (at: number) => void): Moment {
    return this.#push({ at, rank, sequence: this.#sequence++, isOurs: true, run })
  }

  /** The process does nothing until then: a garbage collection, a frozen machine. */
  stall(until: number): void {
    this.#busyUntil = Math.max(this.#busyUntil, until)
  }

  get isEmpty(): boolean {
    return this.#heap.length === 0 && this.#immediates.length === 0
  }

  /** Goes on until `isOver`, nothing is left, or the limit is reached; `after` is called after each moment. */
  run(isOver: () => boolean, limitMillis: number, after: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        try {
          after()
          let stepped = isOver() ? 'nothing' : this.#step(limitMillis)
          // What the world does makes no promises and no ticks.
          while (stepped === 'world') stepped = this.#step(limitMillis)
          if (stepped === 'nothing') resolve()
          else realSetImmediate(turn)
        } catch (error) {
          reject(error)
        }
      }
      turn()
    })
  }

  readonly setTimeout = (call: (...rest: unknown[]) => void, millis = 1, ...rest: unknown[]): VirtualTimer =>
    new VirtualTimer(this, () => call(...rest), millis, false)

  readonly setInterval = (call: (...rest: unknown[]) => void, millis = 1, ...rest: unknown[]): VirtualTimer =>
    new VirtualTimer(this, () => call(...rest), millis, true)

  readonly clear = (timer: unknown): void => {
    if (timer instanceof VirtualTimer) timer.cancel()
  }

  readonly setImmediate = (call: (...rest: unknown[]) => void, ...rest: unknown[]): VirtualImmediate => {
    const immediate: VirtualImmediate = { call: () => call(...rest) }
    this.#immediates.push(immediate)
    return immediate
  }

  readonly clearImmediate = (immediate: unknown): void => {
    if (immediate !== undefined && immediate !== null) (immediate as VirtualImmediate).call = () => {}
  }

  /** As Node.js has it: whole milliseconds from the whole millisecond that the loop began in, so it may be early. */
  timerDue(millis: number): number {
    const whole = millis >= 1 ? Math.trunc(millis) : 1
    return Math.max(this.now, Math.floor(this.now) + whole + this.#random.next() * this.#latestTimerMillis)
  }

  #step(limitMillis: number): 'nothing' | 'ours' | 'world' {
    const next = this.#heap[0]
    const isDue = next !== undefined && next.at <= this.now
    // As in Node.js: first what timers and sockets have, then the immediates.
    if (this.#immediates.length > 0 && this.now >= this.#busyUntil && !isDue) {
      const immediate = this.#immediates.shift()!
      this.now += this.#turnMillis
      immediate.call()
      return 'ours'
    }
    if (next === undefined) {
      if (this.#immediates.length === 0) return 'nothing'
      this.now = Math.max(this.now, this.#busyUntil)
      return 'ours'
    }
    if (next.at > limitMillis) return 'nothing'
    this.#pop()
    if (next.run === null) return 'ours'
    if (!next.isOurs) {
      next.run(next.at)
      return 'world'
    }
    if (next.at < this.#busyUntil) this.#push({ ...next, at: this.#busyUntil }, next)
    else {
      this.now = Math.max(this.now, next.at)
      next.run(this.now)
    }
    return 'ours'
  }

  /** `origin`: the moment that this one stands for, so that cancelling it cancels this one. */
  #push(moment: Moment, origin?: Moment): Moment {
    const entry = origin === undefined ? moment : { ...moment, run: (at: number) => origin.run?.(at) }
    const heap = this.#heap
    let index = heap.length
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (isBefore(heap[parent]!, entry)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = entry
    return entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (isBefore(last, heap[child]!)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = last
  }
}

interface VirtualImmediate {
  call: () => void
}

class VirtualTimer {
  readonly #time: VirtualTime
  readonly #call: () => void
  readonly #millis: number
  readonly #repeats: boolean
  #moment: Moment | null = null

  constructor(time: VirtualTime, call: () => void, millis: number, repeats: boolean) {
    this.#time = time
    this.#call = call
    this.#millis = millis
    this.#repeats = repeats
    this.#arm()
  }

  cancel(): void {
    if (this.#moment === null) return
    this.#moment.run = null
    this.#moment = null
    this.#time.timers--
  }

  refresh(): this {
    this.cancel()
    this.#arm()
    return this
  }

  ref(): this {
    return this
  }

  unref(): this {
    return this
  }

  hasRef(): boolean {
    return true
  }

  #arm(): void {
    this.#time.timers++
    this.#moment = this.#time.ours(this.#time.timerDue(this.#millis), TIMER, () => {
      this.#moment = null
      this.#time.timers--
      if (this.#repeats) this.#arm()
      this.#call()
    })
  }
}

function isBefore(a: Moment, b: Moment): boolean {
  return a.at < b.at || (a.at === b.at && (a.rank < b.rank || (a.rank === b.rank && a.sequence < b.sequence)))
}

/**
 * Puts this time, and randomness of the seed, in the place of the timers, clocks and randomness that the process has.
 * Returns a function that puts the real ones back. `wall`: what `Date.now()` says.
 */
export function installTime(time: VirtualTime, random: Random, wall: () => number): () => void {
  const { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate } = globalThis
  const { random: realRandom } = Math
  const { now: realNow } = Date
  Object.assign(globalThis, {
    setTimeout: time.setTimeout,
    clearTimeout: time.clear,
    setInterval: time.setInterval,
    clearInterval: time.clear,
    setImmediate: time.setImmediate,
    clearImmediate: time.clearImmediate,
  })
  Math.random = () => random.next()
  Date.now = wall
  performance.now = () => time.now
  return () => {
    Object.assign(globalThis, {
      setTimeout,
      clearTimeout,
      setInterval,
      clearInterval,
      setImmediate,
      clearImmediate,
    })
    Math.random = realRandom
    Date.now = realNow
    delete (performance as { now?: unknown }).now
  }
}
