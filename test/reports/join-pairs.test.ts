import { expect, it } from 'vitest'
import { joinPairs } from '../../src/reports/join-pairs.ts'

it('joins neighbours two by two, and leaves an odd one as it is', () => {
  const joined = (items: number[]): string[] =>
    joinPairs(items.map(String), (one, other) => `${one}+${other}`)
  expect(joined([1, 2, 3, 4])).toEqual(['1+2', '3+4'])
  expect(joined([1, 2, 3])).toEqual(['1+2', '3'])
  expect(joined([])).toEqual([])
})
