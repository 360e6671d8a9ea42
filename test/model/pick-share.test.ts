import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pickShare } from '../../src/model/pick-share.ts'
import { createRandom } from '../../src/model/random.ts'

describe('pickShare', () => {
  it('picks so many, each once, and leaves the list alone', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(), { maxLength: 50 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(),
        (items, share, seed) => {
          const before = [...items]
          const picked = pickShare(items, share, createRandom(seed))
          expect(picked).toHaveLength(Math.round(share * items.length))
          expect(new Set(picked).size).toBe(picked.length)
          expect(picked.every((item) => items.includes(item))).toBe(true)
          expect(items).toEqual(before)
        },
      ),
    )
  })

  it('picks each as often as the others', () => {
    const random = createRandom(1)
    const times = [0, 0, 0, 0]
    for (let round = 0; round < 4000; round++)
      for (const item of pickShare([0, 1, 2, 3], 0.5, random)) times[item]! += 1
    // 2000 each, standard deviation 32.
    for (const count of times) expect(Math.abs(count - 2000)).toBeLessThan(160)
  })
})
