/** Sizes of values that are drawn with a weight: one size, or every size of a range equally often. Bytes. */
export interface ValueSize {
  readonly minBytes: number
  readonly maxBytes: number
  readonly weight: number
}

/** Redis' own limit is 512 MiB; a load of larger values than this is a load on the network. */
export const LARGEST_VALUE_BYTES = 16_777_216

const ENTRY = /^(\d{1,9})(?:\.\.(\d{1,9}))?(?::(\d{1,9}(?:\.\d{1,6})?))?$/

/**
 * Reads `100`, `64..1024` (a range), or several of them with weights: `64:90, 1024..4096:10`. Gives `undefined` for anything
 * else: a range that runs backwards, a size above {@link LARGEST_VALUE_BYTES}, or weights that come to nothing.
 */
export function parseValueSizes(text: string): readonly ValueSize[] | undefined {
  const sizes: ValueSize[] = []
  for (const entry of text.split(',')) {
    const match = ENTRY.exec(entry.trim())
    if (match === null) return undefined
    const minBytes = Number(match[1])
    const maxBytes = Number(match[2] ?? match[1])
    if (maxBytes < minBytes || maxBytes > LARGEST_VALUE_BYTES) return undefined
    sizes.push({ minBytes, maxBytes, weight: Number(match[3] ?? 1) })
  }
  return sizes.some(({ weight }) => weight > 0) ? sizes : undefined
}
