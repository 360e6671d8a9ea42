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

/** A seed for one part of a run, so that parts do not share a sequence. */
export function deriveSeed(seed: number, ...parts: readonly number[]): number {
  return parts.reduce((mixed, part) => splitmix32(mixed ^ Math.imul(part + 1, 0x9e3779b9))(), seed >>> 0)
}

function splitmix32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let mixed = state ^ (state >>> 16)
    mixed = Math.imul(mixed, 0x21f0aaad)
    mixed ^= mixed >>> 15
    mixed = Math.imul(mixed, 0x735a2d97)
    return (mixed ^ (mixed >>> 15)) >>> 0
  }
}
