import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DueHeap } from '../../src/engine/due-heap.ts'

describe('DueHeap', () => {
  it('is empty at first', () => {
    const heap = new DueHeap()
    expect(heap.size).toBe(0)
    expect(heap.nextAt).toBe(Number.POSITIVE_INFINITY)
    expect(heap.pop()).toBeUndefined()
  })

  it('gives the earliest first, whatever the order of entry', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant(-1))), (steps) => {
        const heap = new DueHeap()
        const model: number[] = []
        for (const step of steps) {
          if (step >= 0) {
            heap.push(step, step * 10)
            model.push(step)
          } else {
            const earliest = model.length === 0 ? undefined : Math.min(...model)
            expect(heap.nextAt).toBe(earliest ?? Number.POSITIVE_INFINITY)
            expect(heap.pop()).toBe(earliest === undefined ? undefined : earliest * 10)
            if (earliest !== undefined) model.splice(model.indexOf(earliest), 1)
          }
          expect(heap.size).toBe(model.length)
        }
      }),
    )
  })
})
