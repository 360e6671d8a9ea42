import { describe, expect, it } from 'vitest'
import { describeProblem } from '../../../src/model/errors.ts'
import type { OperationPlan } from '../../../src/model/plan.ts'
import type { WorkloadSpec } from '../../../src/workload/build-workload.ts'
import { verificationProblems } from '../../../src/workload/verification/problems.ts'
import { verifiedKeys } from '../../../src/workload/verification/verified-keys.ts'
import { operationOf } from '../../support/operation.ts'
import { planOf } from '../../support/plan.ts'

const { keys, values, pubsub, streams } = planOf().plan

function specOf(
  commands: readonly (string | OperationPlan)[],
  more: Partial<WorkloadSpec> = {},
): WorkloadSpec {
  return {
    operations: commands.map((command) => (typeof command === 'string' ? operationOf(command) : command)),
    batch: { kind: 'none', size: 1 },
    keyPrefix: 'p:tag',
    keys: { ...keys, count: 100 },
    values: { ...values, verify: true },
    pubsub,
    streams,
    seed: 1,
    ...more,
  }
}

const problemsWith = (spec: WorkloadSpec): string[] => verificationProblems(spec).map(describeProblem)

describe('verificationProblems', () => {
  it.each([
    [['SET', 'GET', 'DEL', 'EXPIRE', 'TTL', 'EXISTS', 'MGET', 'GETRANGE', 'PING']],
    [['SET', 'GET', 'HSET', 'LPUSH', 'DEL {key hash}', 'INCR', 'PUBLISH {channel} {value}']],
    [['SET user:{key} {value}', 'GET user:{key}', 'APPEND log:{key} x']],
    [['SET {key 0..9} {value}', 'GET']],
    [['SET config {value}', 'GET config']],
  ])('has nothing against %s', (commands) => {
    expect(problemsWith(specOf(commands))).toEqual([])
  })

  it.each([
    ['APPEND', 'its APPEND changes keys that hold values'],
    ['SETRANGE', 'its SETRANGE changes keys that hold values'],
    ['INCR {key string}', 'its INCR changes keys that hold values'],
    ['RENAME {key} other', 'its RENAME changes keys that hold values'],
    ['EVAL "return 1" 1 {key}', 'its EVAL changes keys that hold values'],
    ['APPEND s:7 x', 'its APPEND changes keys that hold values'],
    ['APPEND {key}:{member} x', 'the keys of its APPEND cannot be listed'],
    ['GET {key}:{member}', 'the keys of its GET cannot be listed'],
    ['SET {key} 1', 'SET writes something else than {value}'],
    ['FLUSHDB', 'FLUSHDB removes keys without naming them'],
  ])('names the operation that makes it impossible: %s', (command, reason) => {
    const operation = { ...operationOf(command), name: 'THIS_ONE' }
    expect(problemsWith(specOf(['SET', 'GET', operation]))).toEqual([
      `operations.2: THIS_ONE makes it impossible to verify values: ${reason} (leave the operation out, or --verify)`,
    ])
  })

  it('looks at what follows on a miss', () => {
    const readThrough = operationOf('GET', 1, { on_nil: 'SET {same} {value}' })
    const broken = operationOf('GET', 1, { on_nil: 'SET {same} {uuid}' })
    expect(problemsWith(specOf([readThrough]))).toEqual([])
    expect(problemsWith(specOf([broken]))[0]).toMatch(/^operations\.0: GET makes it impossible/)
  })

  it('wants values that have room for their label', () => {
    const sizes = (size: string, kind: 'random' | 'json' = 'random', commands = ['SET', 'GET']): string[] =>
      problemsWith(specOf(commands, { values: { ...values, size, kind } }))
    expect(sizes('35')).toEqual([])
    expect(sizes('56', 'json')).toEqual([])
    expect(sizes('34')).toEqual([
      'values.size: 34 has no room for the label of a verified value, which takes 35 bytes (make every value at least 35 bytes, or leave out --verify)',
    ])
    expect(sizes('55', 'json')).toHaveLength(1)
    expect(sizes('100:90, 8..64:10')).toHaveLength(1)
    expect(sizes('8', 'random', ['SET {key} {value 64}', 'GET', 'HSET'])).toEqual([])
    expect(sizes('64', 'random', ['SET {key} {value 8}', 'GET'])).toHaveLength(1)
  })

  it('says how many keys there may be', () => {
    const many = (count: number): string[] =>
      problemsWith(specOf(['SET', 'GET'], { keys: { ...keys, count } }))
    expect(many(20_000_000)).toEqual([])
    expect(many(20_000_001)).toEqual([
      'keys.count: 20000001 keys are more than the 20000000 that can be verified (each takes 32 bytes of memory here: take fewer keys, or leave out --verify)',
    ])
  })

  it('wants something to verify', () => {
    expect(problemsWith(specOf(['SET', 'DEL']))).toEqual([
      'values.verify: no operation reads values (add a GET, or leave out --verify)',
    ])
    expect(problemsWith(specOf(['GET']))).toEqual([
      'values.verify: nothing writes the values that are read (add a SET, or --preload 1)',
    ])
    expect(problemsWith(specOf(['GET'], { keys: { ...keys, preload: 1 } }))).toEqual([])
  })

  it('refuses keys that may be one and the same under two names', () => {
    const twice = problemsWith(specOf(['SET user{key} {value}', 'SET user1{key} {value}', 'GET user{key}']))
    expect(twice).toEqual([
      'operations: keys p:tag:user… and p:tag:user1… may be the same one, so that it has two histories (give one of them another name, or leave out --verify)',
    ])
    expect(
      problemsWith(specOf(['SET user:{key} {value}', 'SET user:{key}:x {value}', 'GET user:{key}'])),
    ).toEqual([])
    expect(problemsWith(specOf(['SET', 'SET s:17 {value}', 'GET']))).toHaveLength(1)
    expect(problemsWith(specOf(['SET', 'SET s:x {value}', 'GET']))).toEqual([])
  })
})

describe('verifiedKeys', () => {
  it('gives every key one register, whatever it is called by', () => {
    const spec = specOf([
      'SET {key 0..9} {value 64..128}',
      'GET',
      'SETEX user:{key} 60 {value}',
      'SET config {value}',
      'HSET',
    ])
    expect(verifiedKeys(spec)).toEqual({
      ranges: [
        { before: 'p:tag:s:', after: '', count: 100, isSingle: false, firstRegister: 0, expires: false },
        { before: 'p:tag:user:', after: '', count: 100, isSingle: false, firstRegister: 100, expires: true },
        { before: 'p:tag:config', after: '', count: 1, isSingle: true, firstRegister: 200, expires: false },
      ],
      count: 201,
      largestBytes: 128,
    })
  })

  it('knows that keys expire when anything gives them a time to live', () => {
    const expires = (spec: WorkloadSpec): boolean[] => verifiedKeys(spec).ranges.map((range) => range.expires)
    expect(expires(specOf(['SET', 'GET', 'EXPIRE']))).toEqual([true])
    expect(expires(specOf(['SET', 'GET', 'EXPIRE {key hash} 10']))).toEqual([false])
    expect(
      expires(specOf(['SET', 'GET'], { keys: { ...keys, count: 1, ttl: { min_ms: 1, max_ms: 2 } } })),
    ).toEqual([true])
  })
})
