import { LATE_WRITES_WORDS, LateWrites } from './late-writes.ts'

/** Words of a register, after its state. All zero: a key that was never written. */
const ISSUED = 1
/** Writes above it and up to the next base are counted by the first number, those above that by the second. */
const PREVIOUS_BASE = 2
const CURRENT_BASE = 3
const PREVIOUS_UNSETTLED = 4
const CURRENT_UNSETTLED = 5
const FLOOR = 6
const LAST_REMOVAL = 7
const WORDS = 8

const LOCKED = 1
/** A removal may come at any time: nobody knows what became of one. */
const LATE_REMOVAL = 2
/** So may writes that the table had no room for. */
const LATE_UNKNOWN = 4

/** How far behind anything may lie that is compared: sequences wrap around. */
const FARTHEST = 2 ** 30

/** Beyond this, whoever holds the lock is dead. */
const LOCK_LIMIT_MILLIS = 5000
const SPINS = 200

export const BYTES_PER_KEY = WORDS * Int32Array.BYTES_PER_ELEMENT
/** 640 MB. */
export const MOST_VERIFIED_KEYS = 20_000_000

/** Memory for so many registers, for all load threads together. */
export function allocateRegisters(count: number): SharedArrayBuffer {
  return new SharedArrayBuffer((LATE_WRITES_WORDS + count * WORDS) * Int32Array.BYTES_PER_ELEMENT)
}

/** A write from the moment it is made until it is settled. */
export interface Write {
  register: number
  /** 32 bits that wrap around: the first write of a key is 1. */
  sequence: number
  isRemoval: boolean
  /** Every write of the key below it was settled before this one was sent. */
  floor: number
  /** The removal that was the last one before. */
  lastRemoval: number
}

/** What became of a write. */
export interface Settlement {
  /** It certainly took effect, between when it was sent and now. */
  readonly applied: boolean
  /** It may (also) take effect later. */
  readonly mayComeLate: boolean
}

/**
 * What is known of each key, in 32 bytes that all load threads share: how many writes were issued, and the **floor**: a
 * sequence below which every write was settled before some acknowledged write was sent. So whatever is read after that was
 * acknowledged is not below the floor, unless nobody knew what had become of it.
 *
 * Which writes are unsettled is kept by epochs, as in RCU: two counts, of the epoch that is being emptied and of the one
 * that is being filled. When the first is empty the second takes its place. So a key that always has writes in flight
 * still has a floor that follows them, at most two round trips behind.
 *
 * A register is changed under its lock, which is held for some nanoseconds; what readers need is read without it.
 */
export class Registers {
  readonly #words: Int32Array
  readonly #late: LateWrites

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory)
    this.#late = new LateWrites(this.#words)
  }

  /** Issues the next sequence of a key, before the write is sent. */
  begin(write: Write, register: number, isRemoval: boolean): void {
    const words = this.#words
    const at = wordOf(register)
    const state = this.#lock(at)
    const issued = words[at + ISSUED]!
    if (words[at + PREVIOUS_UNSETTLED] === 0) {
      words[at + PREVIOUS_BASE] = words[at + CURRENT_BASE]!
      words[at + PREVIOUS_UNSETTLED] = words[at + CURRENT_UNSETTLED]!
      words[at + CURRENT_BASE] = issued
      words[at + CURRENT_UNSETTLED] = 0
    }
    const settledUpTo = words[at + PREVIOUS_UNSETTLED] === 0 ? issued : words[at + PREVIOUS_BASE]!
    const sequence = (issued + 1) | 0
    words[at + CURRENT_UNSETTLED]! += 1
    Atomics.store(words, at + ISSUED, sequence)
    write.register = register
    write.sequence = sequence
    write.isRemoval = isRemoval
    write.floor = (settledUpTo + 1) | 0
    write.lastRemoval = words[at + LAST_REMOVAL]!
    if (isRemoval) Atomics.store(words, at + LAST_REMOVAL, sequence)
    this.#unlock(at, state)
  }

  settle(write: Write, { applied, mayComeLate }: Settlement): void {
    const words = this.#words
    const at = wordOf(write.register)
    let state = this.#lock(at)
    const epoch = isBelow(words[at + CURRENT_BASE]!, write.sequence) ? CURRENT_UNSETTLED : PREVIOUS_UNSETTLED
    words[at + epoch]! -= 1
    if (mayComeLate) state |= this.#expectLate(write)
    else if (!applied && write.isRemoval && words[at + LAST_REMOVAL] === write.sequence)
      Atomics.store(words, at + LAST_REMOVAL, write.lastRemoval)
    if (applied && isBelow(words[at + FLOOR]!, write.floor)) this.#raise(at, write.floor)
    this.#unlock(at, state)
  }

  /** The key holds its first value before anybody reads; returns the sequence of that. */
  fill(register: number): number {
    const at = wordOf(register)
    Atomics.store(this.#words, at + ISSUED, 1)
    Atomics.store(this.#words, at + FLOOR, 1)
    return 1
  }

  /** To be asked before a read is sent. */
  floorOf(register: number): number {
    return Atomics.load(this.#words, wordOf(register) + FLOOR)
  }

  /** To be asked once a read is answered, as the following. */
  wasIssued(register: number, sequence: number): boolean {
    return !isBelow(Atomics.load(this.#words, wordOf(register) + ISSUED), sequence)
  }

  /** Whether the write may still take effect, or have taken it later than others. */
  mayComeLate(register: number, sequence: number): boolean {
    return (
      (Atomics.load(this.#words, wordOf(register)) & LATE_UNKNOWN) !== 0 || this.#late.has(register, sequence)
    )
  }

  /** Whether a removal could be seen by a read that was sent at this floor. */
  mayBeRemoved(register: number, floor: number): boolean {
    return !isBelow(Atomics.load(this.#words, wordOf(register) + LAST_REMOVAL), floor)
  }

  /** Whether one that nobody knows anything about could. */
  mayBeRemovedLate(register: number): boolean {
    return (Atomics.load(this.#words, wordOf(register)) & LATE_REMOVAL) !== 0
  }

  #raise(at: number, floor: number): void {
    Atomics.store(this.#words, at + FLOOR, floor)
    // The last removal stays behind for ever if there is no other; it must not come to lie ahead.
    if (((floor - this.#words[at + LAST_REMOVAL]!) | 0) > FARTHEST)
      Atomics.store(this.#words, at + LAST_REMOVAL, (floor - FARTHEST / 2) | 0)
  }

  #expectLate({ isRemoval, register, sequence }: Write): number {
    if (isRemoval) return LATE_REMOVAL
    return this.#late.add(register, sequence) ? 0 : LATE_UNKNOWN
  }

  /** Returns the state before. */
  #lock(at: number): number {
    const words = this.#words
    for (let spins = 0; ; spins++) {
      const state = Atomics.load(words, at)
      if ((state & LOCKED) === 0 && Atomics.compareExchange(words, at, state, state | LOCKED) === state)
        return state
      if (spins < SPINS) continue
      // The other thread does not run: give it the processor.
      Atomics.wait(words, at, state, 1)
      if (spins > SPINS + LOCK_LIMIT_MILLIS) throw new Error('a load thread died while it held a register')
    }
  }

  #unlock(at: number, state: number): void {
    Atomics.store(this.#words, at, state & ~LOCKED)
  }
}

function wordOf(register: number): number {
  return LATE_WRITES_WORDS + register * WORDS
}

/** Whether a sequence is older than another; they wrap around. */
export function isBelow(sequence: number, other: number): boolean {
  return ((sequence - other) | 0) < 0
}
