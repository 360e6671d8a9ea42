import type { IndexedRandom } from '../model/random.ts'

/**
 * The command that is being made. What it is made of depends only on the seed, its index in the whole run and what the
 * deck says about it, so that any number of threads make the same commands together.
 */
export interface Draw {
  readonly random: IndexedRandom
  /** How many times its operation was drawn before, in the whole run. */
  ordinal: number
  /** How many keys its operation drew before, in the whole run. */
  sequence: number
  /** How many keys were written before, about. */
  written: number
  /** Index of the key that was drawn last. */
  key: number
  /** The connection on which it is sent. */
  connection: number
  /** Hash tag of the keys of what is sent as one; -1 before the first one is drawn. */
  tag: number
}

export function createDraw(random: IndexedRandom): Draw {
  return { random, ordinal: 0, sequence: 0, written: 0, key: 0, connection: 0, tag: -1 }
}
