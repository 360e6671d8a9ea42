import { describe, expect, it } from 'vitest'
import { createRandom, deriveSeed } from '../../src/model/random.ts'

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
