import { describe, expect, it } from 'vitest'
import { planSeries } from '../../src/workload/series.ts'
import { operationOf } from '../support/operation.ts'

const NONE = { kind: 'none', size: 1 } as const
const BOTH = [operationOf('SET'), operationOf('GET')]

describe('planSeries', () => {
  it.each([
    ['none', 1, ['SET single', 'GET single']],
    ['pipeline', 10, ['SET pipeline', 'GET pipeline', 'PIPELINE batch']],
    ['transaction', 5, ['SET transaction', 'GET transaction', 'MULTI batch']],
  ] as const)('knows the lines of batch kind %s', (kind, size, lines) => {
    const { series } = planSeries({ operations: BOTH, batch: { kind, size } })
    expect(series.map(({ operation, shape }) => `${operation} ${shape}`)).toEqual(lines)
  })

  it('puts audit writes last, so that nobody else is moved, and none where there are none', () => {
    const planned = { operations: BOTH, batch: { kind: 'pipeline', size: 10 } } as const
    const without = planSeries(planned)
    const { series, ackedWrite, ...others } = planSeries({ ...planned, acked_writes: { share: 0.01 } })
    expect(series).toEqual([
      ...without.series,
      { operation: 'ACKED_WRITE', shape: 'single', command: 'rpush' },
    ])
    expect(ackedWrite).toBe(without.series.length)
    expect({ ...others, series: without.series, ackedWrite: -1 }).toEqual(without)
    expect(without.ackedWrite).toBe(-1)
  })

  it('names a batch of one command after it', () => {
    const { series } = planSeries({ operations: [operationOf('GET')], batch: { kind: 'pipeline', size: 2 } })
    expect(series.at(-1)!.operation).toBe('PIPELINE GET')
  })

  it('gives every shape of an operation a line of its own, and no line twice', () => {
    const operations = [
      { ...operationOf('GET'), on_nil: 'SET {same} x' },
      operationOf('SET'),
      { ...operationOf('GET'), batch: { kind: 'pipeline' as const, size: 5 } },
      {
        ...operationOf('MOVE_MONEY'),
        commands: ['DECRBY {key} 5', 'INCRBY {key} 5'],
        batch: { kind: 'transaction' as const, size: 1 },
      },
      { ...operationOf('SCORE'), commands: ['ZADD board:{key} 1 x'] },
      { ...operationOf('GROUPS'), commands: ['XINFO GROUPS {stream}'] },
    ]
    const plan = planSeries({ operations, batch: NONE })
    expect(plan.series).toEqual([
      { operation: 'GET', shape: 'single' },
      { operation: 'SET', shape: 'single' },
      { operation: 'GET', shape: 'pipeline' },
      { operation: 'DECRBY', shape: 'transaction' },
      { operation: 'INCRBY', shape: 'transaction' },
      { operation: 'SCORE', shape: 'single', command: 'zadd' },
      { operation: 'GROUPS', shape: 'single', command: 'xinfo|groups' },
      { operation: 'PIPELINE GET', shape: 'batch' },
      { operation: 'MOVE_MONEY', shape: 'batch', command: 'exec' },
    ])
    expect(plan.operations[0]).toEqual({ commands: [0], batch: -1, watch: -1, onNil: 1 })
    expect(plan.operations[3]).toEqual({ commands: [3, 4], batch: 8, watch: -1, onNil: -1 })
  })

  it('has lines for what stream consumers send', () => {
    const plan = planSeries({ operations: BOTH, batch: NONE, streams: { consumers: 2 } })
    expect(plan.consumers).toEqual({ read: 2, acknowledge: 3 })
    expect(plan.series.slice(2)).toEqual([
      { operation: 'XREADGROUP', shape: 'single', waits: true },
      { operation: 'XACK', shape: 'single' },
    ])
    expect(planSeries({ operations: BOTH, batch: NONE }).consumers).toEqual({ read: -1, acknowledge: -1 })
  })
})
