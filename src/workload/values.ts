import type { Random } from '../model/random.ts'
import { bulkString } from './keys.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const POOL_BYTES = 4_194_304
const LARGEST_POOL = 64

/** Where values come from, as RESP bulk strings. */
export interface ValueSource {
  nextBulk(): string
}

/** Random ASCII text of one size, from a small pool made at the start: a value costs nothing to choose. */
export function fixedSizeValues(sizeBytes: number, random: Random): ValueSource {
  const length = Math.min(LARGEST_POOL, Math.max(1, Math.floor(POOL_BYTES / Math.max(1, sizeBytes))))
  const pool = Array.from({ length }, () => bulkString(randomText(sizeBytes, random)))
  return { nextBulk: () => pool[random.below(length)]! }
}

function randomText(sizeBytes: number, random: Random): string {
  const bytes = Buffer.allocUnsafe(sizeBytes)
  for (let at = 0; at < sizeBytes; at++) bytes[at] = ALPHABET.charCodeAt(random.below(ALPHABET.length))
  return bytes.toString('latin1')
}
