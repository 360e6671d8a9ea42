import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/model/random.ts'
import { weightedChoice } from '../../src/workload/weighted-choice.ts'

describe('weightedChoice', () => {
  it('follows the weights: chi-square at the 99.9 % level', () => {
    const weights = [0.4, 0.5, 0.1]
    const choose = weightedChoice(weights, createRandom(11))
    const counts = [0, 0, 0]
    const draws = 60_000
    for (let draw = 0; draw < draws; draw++) counts[choose()]! += 1
    const chiSquare = counts.reduce((sum, count, index) => {
      const expected = draws * weights[index]!
      return sum + (count - expected) ** 2 / expected
    }, 0)
    // 2 degrees of freedom: 13.8 is exceeded once in a thousand times.
    expect(chiSquare).toBeLessThan(13.8)
  })

  it('never chooses what has no weight, and always an index that exists', () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 12 })
          .filter((weights) => weights.some(Boolean)),
        fc.integer(),
        (weights, seed) => {
          const choose = weightedChoice(weights, createRandom(seed))
          for (let draw = 0; draw < 200; draw++) expect(weights[choose()]).toBeGreaterThan(0)
        },
      ),
    )
  })
})
