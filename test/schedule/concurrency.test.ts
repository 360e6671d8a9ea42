import { describe, expect, it } from 'vitest'
import { concurrencyOverTime } from '../../src/schedule/concurrency.ts'
import { planOf } from '../support/plan.ts'

describe('concurrencyOverTime', () => {
  const { load } = planOf({
    'load.stages': 'off:1s:0c,few:2s:2c,many:1s:9c',
    'load.repeat_stages': true,
  }).plan
  const at = concurrencyOverTime(load, [0, 1, 5])

  it.each([
    [-500, 1, 0],
    [0, 0, 1000],
    [1000, 1, 3000],
    [3500, 5, 4000],
    [4000, 0, 5000],
  ])('at %d ms is %d until %d ms', (millis, units, untilMillis) => {
    expect(at(millis)).toEqual({ units, untilMillis })
  })
})
