/** Seeded randomness: the same seed gives the same run. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number
  /** Uniform integer in [0, bound); `bound` up to 2^32. */
  below(bound: number): number
}

const UINT32 = 2 ** 32

/** xoshiro128** 1.1 (Blackman and Vigna, https://prng.di.unimi.it/), its state filled by splitmix32 from the seed. */
export function createRandom(seed: number): Random {
  const mix = splitmix32(seed)
  let a = mix()
  let b = mix()
  let c = mix()
  let d = mix() | 1
  const uint32 = (): number => {
    const product = Math.imul(b, 5)
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = (d << 11) | (d >>> 21)
    return result
  }
  return {
    next: () => ((uint32() >>> 5) * 67_108_864 + (uint32() >>> 6)) / 9_007_199_254_740_992,
    below: (bound) => Math.floor((uint32() / UINT32) * bound),
  }
}

/** Many sequences of randomness, one for each index: what is drawn at an index depends on nothing that was drawn before. */
export interface IndexedRandom extends Random {
  /** Goes to the beginning of a sequence; `index` up to 2^53. */
  seek(index: number): void
}

/**
 * xoroshiro64** (Blackman and Vigna, https://prng.di.unimi.it/), whose 64 bits of state are a hash of seed and index. Load
 * threads that share out the indices draw together exactly what one thread would.
 */
export function createIndexedRandom(seed: number): IndexedRandom {
  const [low, high] = [deriveSeed(seed, 0), deriveSeed(seed, 1)]
  let a = 1
  let b = 0
  const uint32 = (): number => {
    const product = Math.imul(a, 0x9e3779bb)
    const result = Math.imul((product << 5) | (product >>> 27), 5) >>> 0
    b ^= a
    a = ((a << 26) | (a >>> 6)) ^ b ^ (b << 9)
    b = (b << 13) | (b >>> 19)
    return result
  }
  return {
    next: () => ((uint32() >>> 5) * 67_108_864 + (uint32() >>> 6)) / 9_007_199_254_740_992,
    below: (bound) => Math.floor((uint32() / UINT32) * bound),
    seek(index) {
      const lower = index | 0
      const upper = Math.floor(index / UINT32)
      a = avalanche((low + Math.imul(lower, 0x9e3779b9)) ^ upper)
      b = avalanche(high ^ Math.imul(lower, 0x85ebca6b) ^ Math.imul(upper, 0xc2b2ae35)) | 1
    },
  }
}

/** A seed for one part of a run, so that parts do not share a sequence. */
export function deriveSeed(seed: number, ...parts: readonly number[]): number {
  return parts.reduce((mixed, part) => splitmix32(mixed ^ Math.imul(part + 1, 0x9e3779b9))(), seed >>> 0)
}

function splitmix32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    return avalanche(state)
  }
}

/** Every bit of the result depends on every bit of the input; a bijection of 32-bit integers. */
function avalanche(value: number): number {
  let mixed = value ^ (value >>> 16)
  mixed = Math.imul(mixed, 0x21f0aaad)
  mixed ^= mixed >>> 15
  mixed = Math.imul(mixed, 0x735a2d97)
  return (mixed ^ (mixed >>> 15)) >>> 0
}
