import { describe, expect, it } from 'vitest'
import { LoadTime } from '../../src/model/load-time.ts'
import { targetRate } from '../../src/schedule/target-rate.ts'
import { planOf } from '../support/plan.ts'

describe('targetRate', () => {
  it('follows warm-up and stages', () => {
    const { load } = planOf({ 'load.stages': 'up:2s:100..300,flat:2s:50', 'load.warmup': '1s' }).plan
    let now = -500
    const target = targetRate(load, () => now, new LoadTime())
    expect(target()).toBe(100)
    now = 1000
    expect(target()).toBe(200)
    now = 2000
    expect(target()).toBe(50)
  })

  it('is what it is adjusted to', () => {
    const { load } = planOf({ 'load.stages': 'a:10s:100,b:10s:50' }).plan
    const time = new LoadTime()
    let now = 1999
    const target = targetRate(load, () => now, time)
    time.add({ atMillis: 2000, factor: 1.5, skippedMillis: 0 })
    time.add({ atMillis: 3000, factor: 0, skippedMillis: 0 })
    time.add({ atMillis: 4000, factor: 2, skippedMillis: 6000 })
    const rates = [1999, 2000, 3000, 4000].map((millis) => {
      now = millis
      return target()
    })
    expect(rates).toEqual([100, 150, 0, 100])
  })

  it('is 0 in a closed loop', () => {
    expect(targetRate(planOf().plan.load, () => 100, new LoadTime())()).toBe(0)
  })
})
