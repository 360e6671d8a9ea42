import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SequenceWindows } from '../../src/workload/sequence-windows.ts'

describe('SequenceWindows', () => {
  it('tells the next, the late and the repeated apart', () => {
    const windows = new SequenceWindows(2)
    expect([1, 2, 5, 4, 4, 5, 3, 6].map((number) => windows.see(1, number))).toEqual([
      'next',
      'next',
      'next',
      'late',
      'repeated',
      'repeated',
      'late',
      'next',
    ])
    expect(windows.see(0, 1)).toBe('next')
  })

  it('takes what is older than it remembers for repeated', () => {
    const windows = new SequenceWindows(1)
    expect([300, 45, 44].map((number) => windows.see(0, number))).toEqual(['next', 'late', 'repeated'])
  })

  it('agrees with a set of all numbers as far back as it remembers', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 400 }), (numbers) => {
        const windows = new SequenceWindows(1)
        const all = new Set<number>()
        let highest = 0
        for (const number of numbers) {
          const isForgotten = number <= highest - 256
          const expected = number > highest ? 'next' : isForgotten || all.has(number) ? 'repeated' : 'late'
          expect(windows.see(0, number)).toBe(expected)
          all.add(number)
          highest = Math.max(highest, number)
        }
      }),
    )
  })
})
