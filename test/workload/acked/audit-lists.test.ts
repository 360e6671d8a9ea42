import { describe, expect, it } from 'vitest'
import { slotOfKey } from '../../../src/model/key-slot.ts'
import { AuditLists, sequenceOf } from '../../../src/workload/acked/audit-lists.ts'

const SPEC = { keyPrefix: 'p:tag', topology: 'standalone', clients: 10 } as const

describe('AuditLists', () => {
  it('has one list for each connection of a single server', () => {
    const lists = new AuditLists(SPEC)
    expect(lists.perConnection).toBe(1)
    expect(lists.keyOf(3, 0, 12)).toBe('p:tag:acked:3:12')
    expect(new AuditLists({ ...SPEC, topology: 'sentinel' }).perConnection).toBe(1)
  })

  it.each([
    [1, 16],
    [16, 16],
    [50, 6],
    [1000, 4],
  ])('has, of %i clients of a Cluster, %i lists for each, evenly over the slots', (clients, expected) => {
    const lists = new AuditLists({ ...SPEC, topology: 'cluster', clients })
    expect(lists.perConnection).toBe(expected)
    for (const connection of [0, clients - 1])
      for (let list = 0; list < expected; list++) {
        const slot = slotOfKey(lists.keyOf(connection, list, 0))
        expect(Math.floor((slot * expected) / 16_384)).toBe(list)
        expect(slotOfKey(lists.keyOf(connection, list, 999))).toBe(slot)
      }
  })

  it('makes do with one slot when the prefix of the keys has a hash tag', () => {
    const lists = new AuditLists({ keyPrefix: '{here}:tag', topology: 'cluster', clients: 64 })
    const keys = Array.from({ length: lists.perConnection }, (_, list) => lists.keyOf(5, list, 0))
    expect(new Set(keys).size).toBe(4)
    expect(new Set(keys.map((key) => slotOfKey(key)))).toEqual(new Set([slotOfKey('here')]))
  })
})

describe('sequenceOf', () => {
  it('goes on from segment to segment', () => {
    expect([sequenceOf(0, 255), sequenceOf(1, 0), sequenceOf(3, 1)]).toEqual([255, 256, 769])
  })
})
