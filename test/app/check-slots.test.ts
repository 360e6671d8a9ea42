import { describe, expect, it } from 'vitest'
import { checkSlots } from '../../src/app/check-slots.ts'
import { planOf } from '../support/plan.ts'
import { problemsOf } from '../support/problems.ts'

function problems(operations: string, flags: Record<string, string> = {}): string[] {
  const given = { 'target.topology': 'cluster', ...flags }
  const { plan } = planOf(given, { profile: `name: test\noperations:\n${operations}` })
  return problemsOf(() => checkSlots(plan))
}

const SPREAD = expect.stringMatching(/^operations\.0: .*keys in different slots of the Cluster/) as string

describe('checkSlots', () => {
  it.each([
    ['  - command: SET\n  - command: MGET\n'],
    ['  - command: MGET {{a}}x {{a}}y\n'],
    ['  - command: MGET {{a}}:{key 0..9} {{a}}:x\n'],
    ['  - command: SMOVE {key set 0..9} {key set 0..9} {member}\n'],
    ['  - command: SET {key} {value}\n    transaction: 3\n'],
    ['  - command: XADD {stream} * f {value}\n'],
  ])('lets %j pass', (operations) => {
    expect(problems(operations)).toEqual([])
  })

  it.each([
    ['  - command: MGET a b\n', {}],
    ['  - command: MGET {key} b\n', {}],
    ['  - command: MGET {key} {key}\n', { 'keys.hash_tags': '0' }],
    ['  - command: SET {key} {value}\n    transaction: 3\n', { 'keys.hash_tags': '0' }],
    ['  - command: SMOVE {key set 0..9} {key set} {member}\n', {}],
  ])('refuses %j with %j', (operations, flags) => {
    expect(problems(operations, flags as Record<string, string>)).toEqual([SPREAD])
  })

  it('refuses listeners that would not hear, consumers that would not read, and renewals', () => {
    const flags = {
      'pubsub.subscribers': '2',
      'pubsub.mode': 'sharded',
      'streams.count': '3',
      'streams.consumers': '2',
      'client.renew_after': '10',
    }
    expect(problems('  - command: SPUBLISH {channel} {message}\n', flags)).toEqual([
      expect.stringMatching(/^pubsub\.mode: /),
      expect.stringMatching(/^streams\.consumers: 2 consumers for 3 streams/),
      expect.stringMatching(/^client\.renew_after: /),
    ])
  })

  it('has nothing to say about one server', () => {
    expect(problems('  - command: MGET a b\n', { 'target.topology': 'standalone' })).toEqual([])
  })
})
