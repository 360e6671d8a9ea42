import { describe, expect, it } from 'vitest'
import { stagesSchema, stagesText } from '../../src/config/stages.ts'

const { schema } = stagesText()

describe('stages in one line', () => {
  it.each([
    ['warm:30s:1000', [{ name: 'warm', duration: 30_000, rate: 1000 }]],
    [
      'warm:30s:1000,climb:1m:1000..5000,off:10s:0',
      [
        { name: 'warm', duration: 30_000, rate: 1000 },
        { name: 'climb', duration: 60_000, rate: 1000, ramp_to: 5000 },
        { name: 'off', duration: 10_000, rate: 0 },
      ],
    ],
    [
      ' a:PT1M:0.5 , b:500ms ',
      [
        { name: 'a', duration: 60_000, rate: 0.5 },
        { name: 'b', duration: 500 },
      ],
    ],
    ['up:5:..200', [{ name: 'up', duration: 5000, ramp_to: 200 }]],
    ['few:1s:8c', [{ name: 'few', duration: 1000, concurrency: 8 }]],
    [':1s:5', [{ duration: 1000, rate: 5 }]],
    ['none', []],
  ])('%s', (text, stages) => {
    expect(schema.parse(text)).toEqual(stages)
  })

  it.each([
    ['', 'expected name:duration:load'],
    ['warm', 'expected name:duration:load'],
    ['a:1s:5:6', 'expected name:duration:load'],
    ['a:1s:x', 'expected name:duration:load'],
    ['a:1s:5..', 'expected name:duration:load'],
    ['a:1s:-5', 'expected name:duration:load'],
    ['a:1s:5,,b:1s:5', 'expected name:duration:load'],
    ['a:1s:5,b:soon:5', 'stage 2: expected a duration such as'],
    ['a:10ms:5', 'stage 1: expected a duration such as'],
    ['a b:1s:5', 'stage 1: expected 1 to 64 characters'],
    ['a:1s:99999999', 'stage 1: expected a number from 0 to 10000000'],
  ])('refuses %j', (text, message) => {
    const { error } = schema.safeParse(text)
    expect(error?.issues[0]?.message).toContain(message)
    expect(error?.issues).toHaveLength(1)
  })
})

describe('stages of a profile', () => {
  it('say where a mistake is', () => {
    const { error } = stagesSchema.safeParse([{ duration: '1s', rate: 5 }, { duration: '1s', rte: 5 }, {}])
    expect(error?.issues.map(({ path }) => path)).toEqual([[1], [2, 'duration']])
  })

  it('are limited in number', () => {
    const stage = { duration: '1s', rate: 1 }
    expect(stagesSchema.safeParse(Array.from({ length: 1000 }, () => stage)).success).toBe(true)
    expect(stagesSchema.safeParse(Array.from({ length: 1001 }, () => stage)).success).toBe(false)
  })
})
