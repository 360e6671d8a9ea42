import { expect, it } from 'vitest'
import { medianOf } from '../../src/model/median.ts'

it('is the middle of some values, in whatever order they are', () => {
  expect(medianOf([3, 1, 2, 10])).toBe(2.5)
  expect(medianOf([3, 1, 2])).toBe(2)
  expect(medianOf([7])).toBe(7)
  expect(medianOf([])).toBeNaN()
})
