import type { Random } from '../model/random.ts'

/**
 * Chooses an index with the given relative weights in constant time: Vose's alias method
 * (M. D. Vose, "A linear algorithm for generating random numbers with a given distribution", 1991).
 */
export function weightedChoice(weights: readonly number[], random: Random): () => number {
  if (weights.length === 1) return () => 0
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const scaled = weights.map((weight) => (weight * weights.length) / total)
  const probability = new Float64Array(weights.length).fill(1)
  const alias = Int32Array.from(weights.keys())
  const small = [...scaled.keys()].filter((index) => scaled[index]! < 1)
  const large = [...scaled.keys()].filter((index) => scaled[index]! >= 1)
  while (small.length > 0 && large.length > 0) {
    const less = small.pop()!
    const more = large.at(-1)!
    probability[less] = scaled[less]!
    alias[less] = more
    scaled[more] = scaled[more]! + scaled[less]! - 1
    if (scaled[more] < 1) small.push(large.pop()!)
  }
  return () => {
    const index = random.below(weights.length)
    return random.next() < probability[index]! ? index : alias[index]!
  }
}
