import type { ValuesPlan } from '../model/plan.ts'
import { createRandom, deriveSeed, type Random } from '../model/random.ts'
import { parseValueSizes, type ValueSize } from '../model/value-sizes.ts'
import { bulkString } from './keys.ts'
import { weightedChoice } from './weighted-choice.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const POOL_BYTES = 4_194_304
const LARGEST_POOL = 64
/** How much more text there is than the largest value: so many different values of that size. */
export const SPARE_BYTES = 4096

export type ValueSpec = Pick<ValuesPlan, 'size' | 'kind' | 'compressibility'>

/** Where values come from: as byte strings, or as RESP bulk strings. */
export interface ValueSource {
  nextText(): string
  nextBulk(): string
}

/**
 * Values of the sizes and the kind that are asked for. The size of each is drawn by weight, then evenly from its range;
 * `random` is where the draws come from, `seed` decides what the texts are.
 */
export function valueSource(spec: ValueSpec, random: Random, seed: number): ValueSource {
  const sizes = parseValueSizes(spec.size) ?? []
  const [only] = sizes
  const compose = composer(spec, sizes, seed)
  if (only !== undefined && sizes.length === 1 && only.minBytes === only.maxBytes)
    return pooledValues(only.minBytes, compose, random)
  const nextSize = sizeDraw(sizes, random)
  const nextText = (): string => compose(nextSize(), random.below(SPARE_BYTES))
  return {
    nextText,
    nextBulk() {
      const text = nextText()
      return `$${text.length}\r\n${text}\r\n`
    },
  }
}

/** Draws sizes: one of them by weight, then evenly from its range. */
export function sizeDraw(sizes: readonly ValueSize[], random: Random): () => number {
  const choose = weightedChoice(
    sizes.map(({ weight }) => weight),
    random,
  )
  return () => {
    const { minBytes, maxBytes } = sizes[choose()]!
    return minBytes + random.below(maxBytes - minBytes + 1)
  }
}

/** Values of one size, from a small pool made at the start: a value costs nothing to choose. */
function pooledValues(sizeBytes: number, compose: Compose, random: Random): ValueSource {
  const length = Math.min(LARGEST_POOL, Math.max(1, Math.floor(POOL_BYTES / Math.max(1, sizeBytes))))
  const step = Math.floor(SPARE_BYTES / length)
  const texts = Array.from({ length }, (_, index) => compose(sizeBytes, index * step))
  const bulks = texts.map(bulkString)
  return {
    nextText: () => texts[random.below(length)]!,
    nextBulk: () => bulks[random.below(length)]!,
  }
}

/** Makes a value of so many bytes; the second number (below {@link SPARE_BYTES}) says which. */
type Compose = (sizeBytes: number, which: number) => string

function composer(spec: ValueSpec, sizes: readonly ValueSize[], seed: number): Compose {
  const largest = Math.max(...sizes.map(({ maxBytes }) => maxBytes))
  const text = randomText(largest + SPARE_BYTES, createRandom(deriveSeed(seed, 7)))
  return composers[spec.kind](text, spec.compressibility)
}

const composers: Readonly<Record<ValuesPlan['kind'], (text: string, compressibility: number) => Compose>> = {
  random: (text) => (size, which) => text.slice(which, which + size),
  compressible: (text, compressibility) => {
    const blank = ' '.repeat(text.length)
    return (size, which) => {
      const random = Math.round(size * (1 - compressibility))
      return text.slice(which, which + random) + blank.slice(0, size - random)
    }
  },
  json: (text) => (size, which) => {
    const head = `{"id":${which},"active":${which % 2 === 0},"score":${which / 64},"text":"`
    const filler = size - head.length - 2
    if (filler >= 0) return `${head}${text.slice(which, which + filler)}"}`
    return size < 2 ? '0'.repeat(size) : `"${text.slice(which, which + size - 2)}"`
  },
}

export function randomText(sizeBytes: number, random: Random): string {
  const bytes = Buffer.allocUnsafe(sizeBytes)
  for (let at = 0; at < sizeBytes; at++) bytes[at] = ALPHABET.charCodeAt(random.below(ALPHABET.length))
  return bytes.toString('latin1')
}
