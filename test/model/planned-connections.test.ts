import { describe, expect, it } from 'vitest'
import { plannedConnections } from '../../src/model/planned-connections.ts'
import { operationOf } from '../support/operation.ts'
import { planOf } from '../support/plan.ts'

const { plan } = planOf({
  'load.clients': '10',
  'pubsub.subscribers': '3',
  'streams.consumers': '2',
})

describe('plannedConnections', () => {
  it('counts the shared ones, those of single operations, and listeners', () => {
    expect(plannedConnections(plan)).toBe(15)
    const own = operationOf('BLPOP', 1, { connections: 4 })
    expect(plannedConnections({ ...plan, operations: [operationOf('GET'), own] })).toBe(19)
    expect(plannedConnections({ ...plan, operations: [own] })).toBe(9)
  })
})
