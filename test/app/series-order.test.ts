import { expect, it } from 'vitest'
import { orderOfSeries } from '../../src/app/series-order.ts'

it('lets two sides take turns, and the warm-up come first', () => {
  const written = (sides: number, repeat: number, warmUps: number): string =>
    orderOfSeries(sides, repeat, warmUps)
      .map(({ side, number, isWarmUp }) => `${isWarmUp ? '*' : ''}${'AB'[side]!}${number}`)
      .join(' ')
  expect(written(2, 4, 1)).toBe('*A1 *B1 A1 B1 B2 A2 A3 B3 B4 A4')
  expect(written(1, 3, 0)).toBe('A1 A2 A3')
})
