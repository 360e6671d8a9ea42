import { expect, it } from 'vitest'
import { TargetOverTime } from '../../src/app/target-over-time.ts'
import { LoadTime } from '../../src/model/load-time.ts'
import { planOf } from '../support/plan.ts'

const START = 1_700_000_000_000

it('is the mean of what the plan asks for, and nothing after its end', () => {
  const { load } = planOf().plan
  const target = new TargetOverTime(
    { ...load, model: 'open', target_ops_per_second: 100, warmup_ms: 2000, duration_ms: 5000, stages: [] },
    START,
  )
  expect(target.over(START - 2000, START - 1000)).toBe(100)
  expect(target.over(START - 500, START + 500)).toBe(100)
  expect(target.over(START + 4000, START + 5000)).toBe(100)
  expect(target.over(START + 4500, START + 5500)).toBe(50)
  expect(target.over(START + 6000, START + 7000)).toBe(0)
  expect(new TargetOverTime({ ...load, model: 'closed' }, START).over(START, START + 1000)).toBeNull()
})

it('is the mean of what it was adjusted to', () => {
  const { load } = planOf({ 'load.stages': 'a:5s:100,b:5s:10', 'load.duration': '10s' }).plan
  const time = new LoadTime()
  time.add({ atMillis: 1000, factor: 0, skippedMillis: 0 })
  time.add({ atMillis: 2500, factor: 1.1, skippedMillis: 0 })
  time.add({ atMillis: 4000, factor: 1.1, skippedMillis: 1000 })
  const target = new TargetOverTime(load, START, time)
  expect(
    [0, 1, 2, 3, 4, 8, 9].map((second) => target.over(START + 1000 * second, START + 1000 * (second + 1))),
  ).toEqual([100, 0, 55, 110, 11, 11, 0].map((rate) => expect.closeTo(rate, 9) as number))
})

it('asks for nothing after an end that came nearer', () => {
  const { load } = planOf({ 'load.stages': 'a:5s:100,b:10s:10', 'load.duration': '9s' }).plan
  const time = new LoadTime()
  time.add({ atMillis: 2000, factor: 1, skippedMillis: 3000 })
  const target = new TargetOverTime(load, START, time)
  expect(target.over(START + 2000, START + 3000)).toBe(10)
  expect(
    [5, 5.5, 6].map((second) => target.over(START + 1000 * second, START + 1000 * second + 1000)),
  ).toEqual([10, 5, 0])
})
