import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../src/config/duration.ts'

describe('parseDuration', () => {
  it.each([
    [30, 30_000],
    [0.5, 500],
    ['30', 30_000],
    ['30s', 30_000],
    ['1.5s', 1500],
    ['500ms', 500],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
    ['1h30m', 5_400_000],
    ['1m30s500ms', 90_500],
    ['PT1M', 60_000],
    ['PT1H30M', 5_400_000],
    ['PT0.5S', 500],
    ['P1DT1S', 86_401_000],
    ['pt10s', 10_000],
    [' 7s ', 7000],
    ['0', 0],
  ])('%j is %d ms', (input, millis) => {
    expect(parseDuration(input)).toBe(millis)
  })

  it.each([
    '',
    'abc',
    '10x',
    '-5',
    '5 m',
    'PT',
    'P',
    'P1',
    'PT1',
    '1m30',
    'forever',
    Number.NaN,
    -1,
    Number.POSITIVE_INFINITY,
  ])('%j is none', (input) => {
    expect(parseDuration(input)).toBeUndefined()
  })
})
