import type { Random } from '../model/random.ts'
import type { ValueSize } from '../model/value-sizes.ts'
import { bulkString } from './keys.ts'
import { weightedChoice } from './weighted-choice.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const POOL_BYTES = 4_194_304
const LARGEST_POOL = 64

/** Where values come from, as RESP bulk strings. */
export interface ValueSource {
  nextBulk(): string
}

/** How much more text there is than the largest value: so many different values of that size. */
const SPARE_BYTES = 4096

/** Random ASCII text. The size of each value is drawn by weight, then evenly from its range. */
export function randomValues(sizes: readonly ValueSize[], random: Random): ValueSource {
  const [only] = sizes
  if (only !== undefined && sizes.length === 1 && only.minBytes === only.maxBytes)
    return fixedSizeValues(only.minBytes, random)
  const choose = weightedChoice(
    sizes.map(({ weight }) => weight),
    random,
  )
  const largest = Math.max(...sizes.map(({ maxBytes }) => maxBytes))
  const text = randomText(largest + SPARE_BYTES, random)
  return {
    nextBulk() {
      const { minBytes, maxBytes } = sizes[choose()]!
      const size = minBytes + random.below(maxBytes - minBytes + 1)
      const from = random.below(SPARE_BYTES)
      return `$${size}\r\n${text.slice(from, from + size)}\r\n`
    },
  }
}

/** Values of one size, from a small pool made at the start: a value costs nothing to choose. */
function fixedSizeValues(sizeBytes: number, random: Random): ValueSource {
  const length = Math.min(LARGEST_POOL, Math.max(1, Math.floor(POOL_BYTES / Math.max(1, sizeBytes))))
  const pool = Array.from({ length }, () => bulkString(randomText(sizeBytes, random)))
  return { nextBulk: () => pool[random.below(length)]! }
}

function randomText(sizeBytes: number, random: Random): string {
  const bytes = Buffer.allocUnsafe(sizeBytes)
  for (let at = 0; at < sizeBytes; at++) bytes[at] = ALPHABET.charCodeAt(random.below(ALPHABET.length))
  return bytes.toString('latin1')
}
