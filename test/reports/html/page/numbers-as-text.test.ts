import { describe, expect, it } from 'vitest'
import {
  clockText,
  numberText,
  readingText,
  timeText,
} from '../../../../src/reports/html/page/numbers-as-text.ts'

describe('numbers on the page', () => {
  it.each([
    [1234.5, '1,235'],
    [12.345, '12.35'],
    [0.123_45, '0.123'],
    [7, '7'],
    [null, '–'],
    [Number.NaN, '–'],
  ])('%s reads %s', (value, text) => expect(numberText(value)).toBe(text))

  it('shares are per cent', () => {
    expect(readingText(0.123, '%')).toBe('12.3 %')
    expect(readingText(0.0001, '%')).toBe('< 0.1 %')
    expect(readingText(0, '%')).toBe('0 %')
    expect(readingText(null, '%')).toBe('–')
  })

  it.each([
    [0, 0, '0:00'],
    [59.96, 1, '1:00.0'],
    [62.54, 1, '1:02.5'],
    [3723, 0, '1:02:03'],
    [-2.5, 1, '−0:02.5'],
  ])('%s seconds are a time', (seconds, digits, text) => expect(timeText(seconds, digits)).toBe(text))

  it('clocks are those of UTC', () => expect(clockText(1_700_000_000_000)).toBe('22:13:20 UTC'))
})
