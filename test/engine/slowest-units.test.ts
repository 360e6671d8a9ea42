import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SlowestUnits } from '../../src/engine/slowest-units.ts'

describe('SlowestUnits', () => {
  it('has the longest times as its floor, whatever their order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1000 })),
        fc.integer({ min: 1, max: 8 }),
        (times, most) => {
          const slowest = new SlowestUnits(most)
          for (const time of times) {
            const floor = slowest.floorMillis
            expect(slowest.offer(time)).toBe(time > floor)
          }
          const longest = times.toSorted((a, b) => b - a).slice(0, most)
          expect(slowest.floorMillis).toBe(longest.length < most ? 0 : longest.at(-1))
        },
      ),
    )
  })
})
