import { describe, expect, it } from 'vitest'
import { planOf } from '../support/plan.ts'

const tagsOf = (operations: string, flags: Record<string, string> = {}): number =>
  planOf({ 'target.topology': 'cluster', ...flags }, { profile: `name: test\noperations:\n${operations}` })
    .plan.keys.hash_tags

describe('hash tags of keys', () => {
  it.each([
    ['  - command: SET\n  - command: GET\n', 0],
    ['  - command: MGET\n', 64],
    ['  - command: SMOVE {key set} {key set} {member}\n', 64],
    ['  - command: SET {key} {value}\n    transaction: 3\n', 64],
    ['  - command: SET {key} {value}\n    pipeline: 3\n', 0],
    ['  - command: HMGET\n', 0],
  ])('%j are %i in a Cluster', (operations, tags) => {
    expect(tagsOf(operations)).toBe(tags)
  })

  it('are no more than there are keys', () => {
    expect(tagsOf('  - command: MGET\n', { 'keys.count': '10' })).toBe(10)
  })

  it('are what somebody says', () => {
    expect(tagsOf('  - command: MGET\n', { 'keys.hash_tags': '3' })).toBe(3)
    expect(tagsOf('  - command: GET\n', { 'keys.hash_tags': '5' })).toBe(5)
  })

  it('are none on one server', () => {
    expect(tagsOf('  - command: MGET\n', { 'target.topology': 'standalone' })).toBe(0)
  })
})
