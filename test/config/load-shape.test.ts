import { describe, expect, it } from 'vitest'
import type { LoadPlan, StagePlan } from '../../src/model/plan.ts'
import { describeProblem, UsageError } from '../../src/model/errors.ts'
import { planOf, PROFILE_TEXT } from '../support/plan.ts'

type Flags = Readonly<Record<string, string | boolean>>

const loadOf = (flags: Flags, profile = ''): LoadPlan =>
  planOf(prefixed(flags), { profile: `${PROFILE_TEXT}${profile}` }).plan.load

function problemsOf(flags: Flags, profile = ''): string[] {
  try {
    loadOf(flags, profile)
    return []
  } catch (error) {
    if (error instanceof UsageError) return error.problems.map(describeProblem)
    throw error
  }
}

function prefixed(flags: Flags): Flags {
  return Object.fromEntries(Object.entries(flags).map(([key, value]) => [`load.${key}`, value]))
}

/** Stages in one line each: name, milliseconds, load. */
function lines({ stages }: LoadPlan): string[] {
  return stages.map(({ name, duration_ms, from_ops_per_second: from, to_ops_per_second: to, concurrency }) =>
    [
      name,
      duration_ms ?? 'until the end',
      from === null ? `${String(concurrency)}c` : `${from}..${String(to)}`,
    ].join(' '),
  )
}

const TARGET = { target_ops_per_second: '1000' }

describe('a load without a shape', () => {
  it('has no stages', () => {
    const expected = { stages: [], repeat_stages: false, step_search: false, duration_ms: null }
    expect(loadOf({})).toMatchObject({ model: 'closed', ...expected })
    expect(loadOf(TARGET)).toMatchObject({ model: 'open', ...expected })
  })
})

describe('stages', () => {
  it('make an open loop, and a duration', () => {
    const load = loadOf({ stages: 'warm:30s:1000,climb:1m:1000..5000,off:10s:0' })
    expect(load).toMatchObject({ model: 'open', target_ops_per_second: null, duration_ms: 100_000 })
    expect(lines(load)).toEqual(['warm 30000 1000..1000', 'climb 60000 1000..5000', 'off 10000 0..0'])
  })

  it('begin where the one before ended, and have the target when they name no rate', () => {
    expect(lines(loadOf({ stages: ':1s:..50,:1s:..20,:1s:70,:1s:..10' }))).toEqual([
      'stage-1 1000 0..50',
      'stage-2 1000 50..20',
      'stage-3 1000 70..70',
      'stage-4 1000 70..10',
    ])
    expect(lines(loadOf({ ...TARGET, stages: 'a:1s,b:1s:..500,c:1s' }))).toEqual([
      'a 1000 1000..1000',
      'b 1000 1000..500',
      'c 1000 1000..1000',
    ])
  })

  it('are cut by a shorter duration; in a longer one, the last rate is held or they are repeated', () => {
    const stages = 'a:1s:0..5,b:2s:5..9'
    expect(loadOf({ stages, duration: '2s' })).toMatchObject({ duration_ms: 2000, repeat_stages: false })
    const held = loadOf({ stages, duration: '60s' })
    expect(lines(held)).toEqual(['a 1000 0..5', 'b 2000 5..9', 'b until the end 9..9'])
    expect(held.duration_ms).toBe(60_000)
    const repeated = loadOf({ stages, duration: '60s', repeat_stages: true })
    expect(repeated).toMatchObject({ duration_ms: 60_000, repeat_stages: true })
    expect(repeated.stages).toHaveLength(2)
    expect(loadOf({ stages, repeat_stages: true }).duration_ms).toBeNull()
  })

  it('of a closed loop have slots', () => {
    const load = loadOf({ stages: 'few:1s:2c,many:1s:50c,some:1s' })
    expect(load).toMatchObject({ model: 'closed', concurrency: 50, duration_ms: 3000 })
    expect(lines(load)).toEqual(['few 1000 2c', 'many 1000 50c', 'some 1000 10c'])
  })

  it('come from a profile as a list, with the line of a mistake', () => {
    const profile =
      'load:\n  stages:\n    - {name: a, duration: 5s, rate: 10}\n    - {duration: 1s, ramp_to: 20}\n'
    expect(lines(loadOf({}, profile))).toEqual(['a 5000 10..10', 'stage-2 1000 10..20'])
    expect(problemsOf({}, 'load:\n  stages:\n    - {duration: 5s, rate: fast}\n')).toEqual([
      'test.yaml:7:28: load.stages.0.rate: expected a number from 0 to 10000000, got "fast"',
    ])
  })

  it('of a flag replace the shape of a profile, and none takes it away', () => {
    const profile = 'load: {target_ops_per_second: 100, sine: {period: 10s}}\n'
    expect(loadOf({}, profile).stages).toHaveLength(72)
    expect(lines(loadOf({ stages: 'a:1s:5' }, profile))).toEqual(['a 1000 5..5'])
    expect(loadOf({ stages: 'none' }, profile)).toMatchObject({
      stages: [],
      repeat_stages: false,
      duration_ms: null,
    })
  })
})

describe('the other shapes', () => {
  it('ramp: from 0 to the target, then steady until the end', () => {
    const load = loadOf({ ...TARGET, ramp: '30s' })
    expect(lines(load)).toEqual(['ramp 30000 0..1000', 'steady until the end 1000..1000'])
    expect(load).toMatchObject({ duration_ms: null, repeat_stages: false })
  })

  it('spikes above the target', () => {
    const load = loadOf({ ...TARGET, 'spike.every': '60s', 'spike.duration': '5s', 'spike.rate': '9000' })
    expect(lines(load)).toEqual(['base 55000 1000..1000', 'spike 5000 9000..9000'])
    expect(load.repeat_stages).toBe(true)
  })

  it('a sine around the target', () => {
    const load = loadOf({ ...TARGET, 'sine.period': '72s', 'sine.amplitude': '20%' })
    expect(new Set(load.stages.map(({ name }) => name))).toEqual(new Set(['sine']))
    const rateAt = (index: number): number => load.stages[index]!.from_ops_per_second!
    expect([rateAt(0), rateAt(18), rateAt(54)]).toEqual([1000, 1200, 800])
    expect(load.stages.every(({ to_ops_per_second: to }, index) => to === rateAt((index + 1) % 72))).toBe(
      true,
    )
    expect(load.repeat_stages).toBe(true)
  })

  it('on and off, in an open and in a closed loop', () => {
    const times = { on: '10s', off: '20s' }
    expect(lines(loadOf({ ...TARGET, ...times }))).toEqual(['on 10000 1000..1000', 'off 20000 0..0'])
    const closed = loadOf({ ...times, concurrency: '7' })
    expect(closed).toMatchObject({ model: 'closed', concurrency: 7, repeat_stages: true })
    expect(lines(closed)).toEqual(['on 10000 7c', 'off 20000 0c'])
  })

  it('steps, named after their rate', () => {
    const load = loadOf({ 'step.from': '100', 'step.by': '0.1', 'step.to': '100.3', 'step.every': '1s' })
    expect(lines(load)).toEqual([
      'step-100 1000 100..100',
      'step-100.1 1000 100.1..100.1',
      'step-100.2 1000 100.2..100.2',
      'step-100.3 1000 100.3..100.3',
    ])
    expect(load).toMatchObject({ model: 'open', step_search: true, duration_ms: 4000 })
    const stairs = loadOf({ ...TARGET, 'step.by': '400', 'step.search': false })
    expect(lines(stairs)).toEqual(['step-400 10000 400..400', 'step-800 10000 800..800'])
    expect(stairs.step_search).toBe(false)
  })

  it('never leave a time without a stage', () => {
    const longest = (stages: readonly StagePlan[]): number =>
      Math.max(...stages.map(({ duration_ms }) => duration_ms ?? 0))
    expect(longest(loadOf({ ...TARGET, ramp: '1h', duration: '10s' }).stages)).toBe(3_600_000)
  })
})

describe('what makes no sense', () => {
  it.each<[string, Flags, string]>([
    [
      'two shapes',
      { ...TARGET, ramp: '5s', on: '5s', off: '5s' },
      'flag --load.on: load.on: on and off, and ramp as well (a load has one shape: choose one)',
    ],
    [
      'a ramp to nowhere',
      { ramp: '5s' },
      'default: load.target_ops_per_second: is missing (a ramp goes from 0 to it)',
    ],
    [
      'a spike without a rate',
      { ...TARGET, 'spike.every': '5s', 'spike.duration': '1s' },
      'default: load.spike.rate: is missing (commands per second in a spike)',
    ],
    [
      'a spike that never ends',
      { ...TARGET, 'spike.every': '5s', 'spike.duration': '5s', 'spike.rate': '5000' },
      'flag --load.spike.duration: load.spike.duration: spikes of 5000 ms every 5000 ms leave no time between them (make them shorter or rarer)',
    ],
    [
      'a sine without a period',
      { ...TARGET, 'sine.amplitude': '0.5' },
      'default: load.sine.period: is missing (the length of one wave)',
    ],
    ['on without off', { on: '5s' }, 'default: load.off: is missing (how long the load is off)'],
    [
      'steps without a height',
      { 'step.to': '500' },
      'default: load.step.by: is missing (how much a step is higher than the one before)',
    ],
    [
      'steps without an end',
      { 'step.by': '500' },
      'default: load.step.to: is missing (the highest step; or give a target)',
    ],
    [
      'steps downwards',
      { 'step.from': '500', 'step.by': '100', 'step.to': '100' },
      'flag --load.step.to: load.step.to: 100 is below the first step of 500 (raise it)',
    ],
    [
      'too many steps',
      { 'step.by': '1', 'step.to': '5000' },
      'flag --load.step.by: load.step.by: 5000 steps, more than 1000 (make the steps higher)',
    ],
    [
      'a rate and slots',
      { stages: 'a:1s:5,b:1s:5c' },
      'flag --load.stages: load.stages: b: concurrency, in a load with a rate (open loop: rates; closed loop: concurrency)',
    ],
    [
      'a stage without a rate',
      { stages: 'a:1s:5,b:1s' },
      'flag --load.stages: load.stages: b: no rate (give each stage a rate, or a target for those without)',
    ],
    [
      'only pauses',
      { stages: 'a:1s:0,b:1s:0' },
      'flag --load.stages: load.stages: every stage is a pause (give at least one a load above 0)',
    ],
    [
      'repetition of nothing',
      { repeat_stages: true },
      'flag --load.repeat_stages: load.repeat_stages: there are no stages to repeat (give load.stages as well)',
    ],
    [
      'time to think in an open loop',
      { ...TARGET, think_time: '5ms' },
      'flag --load.think_time: load.think_time: an open loop waits for no answer, so there is no time to think after one (leave it out, or leave out the rates)',
    ],
  ])('%s', (_, flags, problem) => {
    expect(problemsOf(flags)).toEqual([problem])
  })
})
