const SLOTS = 65_536
/** A table that is half full still finds what it looks for at once. */
const MOST = SLOTS / 2
const WORDS_PER_SLOT = 2
const LOCK = 0
const COUNT = 1
const FIRST_SLOT = 2

/** How many 32-bit words the table needs. */
export const LATE_WRITES_WORDS = FIRST_SLOT + SLOTS * WORDS_PER_SLOT

/**
 * The writes that may take effect at any time from now on, because nobody knows what became of them: a hash table that all
 * load threads share. It only grows. An entry is visible to whoever learns of anything that happened after it was added.
 */
export class LateWrites {
  readonly #words: Int32Array

  /** `words` begins with the table. */
  constructor(words: Int32Array) {
    this.#words = words
  }

  /** `false` when there is no room. */
  add(register: number, sequence: number): boolean {
    const words = this.#words
    while (Atomics.compareExchange(words, LOCK, 0, 1) !== 0) Atomics.wait(words, LOCK, 1, 1)
    const hasRoom = words[COUNT]! < MOST
    if (hasRoom) {
      words[COUNT]! += 1
      let slot = firstSlot(register, sequence)
      while (words[wordOf(slot)] !== 0) slot = (slot + 1) % SLOTS
      words[wordOf(slot) + 1] = sequence
      Atomics.store(words, wordOf(slot), register + 1)
    }
    Atomics.store(words, LOCK, 0)
    return hasRoom
  }

  has(register: number, sequence: number): boolean {
    const words = this.#words
    for (let slot = firstSlot(register, sequence); ; slot = (slot + 1) % SLOTS) {
      const owner = Atomics.load(words, wordOf(slot))
      if (owner === 0) return false
      if (owner === register + 1 && words[wordOf(slot) + 1] === sequence) return true
    }
  }
}

function wordOf(slot: number): number {
  return FIRST_SLOT + slot * WORDS_PER_SLOT
}

function firstSlot(register: number, sequence: number): number {
  const mixed = Math.imul(register ^ Math.imul(sequence, 0x9e3779b9), 0x85ebca6b)
  return (mixed ^ (mixed >>> 15)) & (SLOTS - 1)
}
