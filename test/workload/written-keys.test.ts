import { describe, expect, it } from 'vitest'
import type { OperationPlan } from '../../src/model/plan.ts'
import { isReadOnly, writtenKeys } from '../../src/workload/written-keys.ts'
import { operationOf } from '../support/operation.ts'
import { planOf } from '../support/plan.ts'

const { plan } = planOf({ 'keys.count': '100' })
const { streams } = plan
const written = (...operations: OperationPlan[]): ReturnType<typeof writtenKeys> =>
  writtenKeys({ ...plan, operations, keyPrefix: 'p', seed: 1 })

describe('writtenKeys', () => {
  it('lists what commands write, once, and nothing that they only read', () => {
    expect(
      written(operationOf('SET'), operationOf('GET'), operationOf('APPEND'), operationOf('INCR')),
    ).toEqual({
      ranges: [
        { before: 'p:s:', after: '', count: 100 },
        { before: 'p:c:', after: '', count: 100 },
      ],
      single: [],
      hasOthers: false,
    })
    expect(written(operationOf('GET'), operationOf('PING'))).toEqual({
      ranges: [],
      single: [],
      hasOthers: false,
    })
  })

  it('takes the longest of ranges that begin alike', () => {
    expect(written(operationOf('SET {key 0..9} x'), operationOf('SET {key 0..499} x')).ranges).toEqual([
      { before: 'p:s:', after: '', count: 500 },
    ])
  })

  it('knows single keys, keys that cannot be listed, and those of follow-ups and transactions', () => {
    expect(written(operationOf('SET lock 1'))).toEqual({ ranges: [], single: ['p:lock'], hasOthers: false })
    expect(written(operationOf('SET s:{uuid} 1')).hasOthers).toBe(true)
    const readThrough = { ...operationOf('GET'), on_nil: 'SET {same} {value}' }
    expect(written(readThrough).ranges).toEqual([{ before: 'p:s:', after: '', count: 100 }])
    const watched: OperationPlan = {
      ...operationOf('CAS'),
      commands: ['SET {same} x'],
      watch: ['acc:{key}'],
      batch: { kind: 'transaction', size: 1 },
      connections: 1,
    }
    expect(written(watched).ranges).toEqual([{ before: 'p:acc:', after: '', count: 100 }])
  })
})

describe('a workload with stream consumers', () => {
  const consumed = { ...streams, count: 3, consumers: 1 }

  it('has the streams among its keys, whether anybody adds to them or not', () => {
    const keys = writtenKeys({
      ...plan,
      operations: [operationOf('GET')],
      streams: consumed,
      keyPrefix: 'p',
      seed: 1,
    })
    expect(keys.ranges).toEqual([{ before: 'p:x:', after: '', count: 3 }])
  })

  it('writes', () => {
    expect(isReadOnly({ operations: [operationOf('GET')], streams: consumed })).toBe(false)
  })
})

describe('isReadOnly', () => {
  it('knows whether a replica would run all of it', () => {
    expect(isReadOnly({ streams, operations: [operationOf('GET'), operationOf('PING')] })).toBe(true)
    expect(isReadOnly({ streams, operations: [operationOf('GET'), operationOf('SET')] })).toBe(false)
    expect(isReadOnly({ streams, operations: [operationOf('GET')], acked_writes: { share: 0.01 } })).toBe(
      false,
    )
    expect(isReadOnly({ streams, operations: [{ ...operationOf('GET'), on_nil: 'SET {same} x' }] })).toBe(
      false,
    )
  })
})

describe('writtenKeys of a workload that only reads', () => {
  it('are those that were filled before it', () => {
    const { keys } = planOf({ 'keys.count': '100', 'keys.preload': '0.5' }).plan
    const spec = {
      ...plan,
      keys,
      operations: [operationOf('GET'), operationOf('HGET')],
      keyPrefix: 'p',
      seed: 1,
    }
    expect(writtenKeys(spec).ranges.map(({ before }) => before)).toEqual(['p:s:', 'p:h:'])
  })
})
