import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Deck } from '../../src/workload/deck.ts'

function operationsOf(
  weights: readonly number[],
  seed: number,
  draws: number,
): { operation: number; ordinal: number }[] {
  const deck = new Deck(weights, seed)
  return Array.from({ length: draws }, (_, draw) => {
    deck.seek(draw)
    return { operation: deck.operation, ordinal: deck.ordinal }
  })
}

function countsOf(weights: readonly number[], draws: number): number[] {
  const counts = weights.map(() => 0)
  for (const { operation } of operationsOf(weights, 3, draws)) counts[operation]!++
  return counts
}

describe('Deck', () => {
  it.each([
    [[1], 1000, [1000]],
    [[0.4, 0.5, 0.1], 1000, [400, 500, 100]],
    [[1, 1, 1], 3000, [1000, 1000, 1000]],
    [[1, 2, 0], 300, [100, 200, 0]],
    [[0.0005, 0.9995], 20_000, [10, 19_990]],
  ])('deals weights %j in %d draws as %j', (weights, draws, counts) => {
    expect(countsOf(weights, draws)).toEqual(counts)
  })

  it('is never off by more than one after any whole deck, whatever the weights', () => {
    const weights = fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1, maxLength: 20 })
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 30 }), (given, decks) => {
        const total = given.reduce((sum, weight) => sum + weight, 0)
        fc.pre(total > 1e-6)
        const counts = countsOf(given, 100 * decks)
        for (const [operation, weight] of given.entries())
          expect(Math.abs(counts[operation]! - (weight / total) * 100 * decks)).toBeLessThanOrEqual(1 + 1e-6)
      }),
    )
  })

  it('numbers the draws of each operation from 0 on', () => {
    const seen = [0, 0, 0]
    for (const { operation, ordinal } of operationsOf([3, 2, 1], 5, 5000))
      expect(ordinal).toBe(seen[operation]!++)
  })

  it('shuffles by the seed', () => {
    const order = (seed: number): string =>
      operationsOf([1, 1], seed, 200)
        .map(({ operation }) => operation)
        .join('')
    expect(order(1)).toBe(order(1))
    expect(order(1)).not.toBe(order(2))
    expect(order(1).slice(0, 100)).not.toBe(order(1).slice(100))
  })

  it('finds its way when draws are left out', () => {
    const all = operationsOf([0.4, 0.35, 0.25], 7, 2000)
    const deck = new Deck([0.4, 0.35, 0.25], 7)
    for (let draw = 3; draw < 2000; draw += 8) {
      deck.seek(draw)
      expect({ operation: deck.operation, ordinal: deck.ordinal }).toEqual(all[draw])
    }
  })
})
