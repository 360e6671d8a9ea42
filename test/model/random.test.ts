import { describe, expect, it } from 'vitest'
import { createIndexedRandom, createRandom, deriveSeed } from '../../src/model/random.ts'

describe('createRandom', () => {
  it('gives the same sequence for the same seed', () => {
    const first = createRandom(42)
    const second = createRandom(42)
    for (let draw = 0; draw < 100; draw++) expect(first.next()).toBe(second.next())
  })

  it('gives different sequences for neighbouring seeds', () => {
    const firsts = Array.from({ length: 100 }, (_, seed) => createRandom(seed).next())
    expect(new Set(firsts).size).toBe(100)
  })

  it('is uniform: chi-square over 100 cells, 99.9 % level', () => {
    const random = createRandom(7)
    const cells = new Array<number>(100).fill(0)
    const draws = 100_000
    for (let draw = 0; draw < draws; draw++) cells[random.below(100)]! += 1
    const expected = draws / 100
    const chiSquare = cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // 99 degrees of freedom: 148.2 is exceeded once in a thousand times.
    expect(chiSquare).toBeLessThan(148.2)
  })

  it('stays in [0, 1) and in [0, bound)', () => {
    const random = createRandom(3)
    for (let draw = 0; draw < 10_000; draw++) {
      const value = random.next()
      expect(value >= 0 && value < 1).toBe(true)
      expect(random.below(3)).toBeLessThan(3)
    }
  })
})

describe('deriveSeed', () => {
  it('depends on every part and on their order', () => {
    const seeds = [
      deriveSeed(1),
      deriveSeed(1, 0),
      deriveSeed(1, 1),
      deriveSeed(1, 0, 1),
      deriveSeed(1, 1, 0),
      deriveSeed(2, 0),
    ]
    expect(new Set(seeds).size).toBe(seeds.length)
  })
})

describe('createIndexedRandom', () => {
  const at = (seed: number, index: number, draws = 5): number[] => {
    const random = createIndexedRandom(seed)
    random.seek(index)
    return Array.from({ length: draws }, () => random.next())
  }

  it('draws the same at an index, whatever was drawn before', () => {
    const random = createIndexedRandom(1)
    for (const index of [5, 0, 5, 2 ** 40, 5]) {
      random.seek(index)
      expect(Array.from({ length: 5 }, () => random.next())).toEqual(at(1, index))
    }
    expect(at(1, 5)).not.toEqual(at(2, 5))
    expect(at(1, 5)).not.toEqual(at(1, 5 + 2 ** 32))
  })

  it.each(['first', 'second', 'third'])('is uniform over the indices in the %s draw', (which) => {
    const position = ['first', 'second', 'third'].indexOf(which)
    const random = createIndexedRandom(9)
    const [cells, draws] = [200, 200_000]
    const seen = new Float64Array(cells)
    for (let index = 0; index < draws; index++) {
      random.seek(index)
      for (let skipped = 0; skipped < position; skipped++) random.next()
      seen[random.below(cells)]!++
    }
    const expected = draws / cells
    const chiSquare = seen.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // 199 degrees of freedom, 99.9 %.
    expect(chiSquare).toBeLessThan(267.5)
  })

  it('has neighbours that know nothing of each other', () => {
    const draws = 100_000
    let product = 0
    for (let index = 0; index < draws; index++)
      product += (at(3, index, 1)[0]! - 0.5) * (at(3, index + 1, 1)[0]! - 0.5)
    // The correlation of independent draws has a standard deviation of 1 / sqrt(n).
    expect(Math.abs((12 * product) / draws)).toBeLessThan(4 / Math.sqrt(draws))
  })
})
