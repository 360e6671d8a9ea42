import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BuiltPlan } from '../../src/config/build-plan.ts'
import { planOf } from '../support/plan.ts'
import { problemsOf } from '../support/problems.ts'

const PROFILE = `name: p
operations:
  - {command: SET, weight: 0.4}
  - {command: GET, weight: 0.5}
  - {command: DEL, weight: 0.1}
`

function build(flags: Record<string, string>, environment: Record<string, string> = {}): BuiltPlan {
  const given = Object.entries(flags).map(([key, value]) => [`workload.${key}`, value] as const)
  return planOf(Object.fromEntries(given), { environment, profile: PROFILE })
}

const weightsOf = (...args: Parameters<typeof build>): [string, number][] =>
  build(...args).plan.operations.map(({ name, weight }) => [name, weight])

describe('operations', () => {
  it.each([
    ['SET,GET', ['SET', 'GET']],
    [' get , incr', ['GET', 'INCR']],
    ['PING', ['PING']],
    ['ZADD board:{key} {int 0..9} {member},LPUSH', ['ZADD', 'LPUSH']],
  ])('%s replaces those of the profile, all equally often', (operations, names) => {
    expect(weightsOf({ operations })).toEqual(names.map((name) => [name, 1]))
  })

  it('are templates in the plan', () => {
    const { plan } = build({ operations: 'INCR,ZADD board:{key} 1 {member}' })
    expect(plan.operations.map(({ commands }) => commands)).toEqual([
      ['INCR {key}'],
      ['ZADD board:{key} 1 {member}'],
    ])
  })

  it.each([
    ['SET,,GET', 'expected operations with commas in between'],
    ['', 'expected operations'],
    ['SET,set', 'an operation is named twice'],
    ['SET,GTE', 'there is no command GTE (did you mean GET?)'],
    ['SET,FROBNICATE', 'there is no command FROBNICATE'],
    ['FLUSHALL', 'FLUSHALL reaches beyond the keys of the run'],
    ['BLPOP {key} 1', 'BLPOP {key} 1 may wait on the server (write a profile'],
    ['GET,GET {key}', 'two operations are named GET'],
    ['ZADD {nonsense}', '{nonsense}'],
  ])('%j is a mistake', (operations, message) => {
    const problems = problemsOf(() => build({ operations }))
    expect(problems).toEqual([expect.stringContaining(message)])
    expect(problems[0]).toMatch(/^flag --workload\.operations: workload\.operations: /)
  })
})

describe('weights', () => {
  it('name the operations as well', () => {
    expect(weightsOf({ operation_weights: '{"SET": 0.2, "INCR": 0.6}' })).toEqual([
      ['SET', 0.2],
      ['INCR', 0.6],
    ])
  })

  it('go with a list of the same rank, name by name', () => {
    expect(weightsOf({ operations: 'GET,SET', operation_weights: '{"SET": 3, "get": 1}' })).toEqual([
      ['SET', 3],
      ['GET', 1],
    ])
    expect(
      problemsOf(() => build({ operations: 'GET,SET', operation_weights: '{"SET": 3, "DEL": 1}' })),
    ).toEqual([
      expect.stringContaining('no weight for GET (name every operation of --operations)'),
      expect.stringContaining('DEL is not among --operations'),
    ])
  })

  it('or else the higher rank wins', () => {
    expect(weightsOf({ operations: 'GET' }, { TEST_OPERATION_WEIGHTS: '{"SET": 1}' })).toEqual([['GET', 1]])
    expect(weightsOf({ operation_weights: '{"SET": 2}' }, { TEST_OPERATIONS: 'GET,DEL' })).toEqual([
      ['SET', 2],
    ])
  })

  it.each([
    '{',
    '[]',
    '1',
    '{"SET": "x"}',
    '{"SET": -1}',
    '{"SET": 0}',
    '{"": 1}',
    '{"set": 1, "SET": 2}',
    'SET=1',
  ])('%s is a mistake', (operation_weights) => {
    expect(problemsOf(() => build({ operation_weights }))).toEqual([
      expect.stringContaining('expected weights as JSON'),
    ])
  })
})

describe('the share of reads', () => {
  it('is exact, whatever the weights, and leaves the rest as it was', () => {
    const weight = fc.double({ min: 0.001, max: 1000, noNaN: true })
    fc.assert(
      fc.property(
        weight,
        weight,
        weight,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (set, get, del, ratio) => {
          const operation_weights = JSON.stringify({ SET: set, GET: get, DEL: del })
          const result = Object.fromEntries(
            weightsOf({ operation_weights, read_write_ratio: ratio.toFixed(12) }),
          ) as Record<'SET' | 'GET' | 'DEL', number>
          const total = result.SET + result.GET + result.DEL
          expect(result.GET / total).toBeCloseTo(ratio, 9)
          expect(total / (set + get + del)).toBeCloseTo(1, 9)
          if (ratio < 0.999) expect(result.SET / result.DEL / (set / del)).toBeCloseTo(1, 6)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('says when there is nothing to share', () => {
    const { plan, notices } = build({ operations: 'SET,DEL', read_write_ratio: '0.7' })
    expect(plan.operations.map(({ weight }) => weight)).toEqual([1, 1])
    expect(notices).toEqual([expect.stringMatching(/without effect, the workload has only writes$/)])
    expect(build({ operations: 'GET', read_write_ratio: '70%' }).notices[0]).toContain('only reads')
  })
})
