import { describe, expect, it } from 'vitest'
import { typedRanges } from '../../src/workload/typed-ranges.ts'
import { operationOf } from '../support/operation.ts'
import { planOf } from '../support/plan.ts'

const { plan } = planOf({ 'keys.count': '20' })

describe('typedRanges', () => {
  it('takes the type from the commands that work on a range', () => {
    const operations = [
      'DEL {key zset}',
      'ZADD',
      'GET',
      'HGET user:{key 0..4}',
      'XADD',
      'EXPIRE {key zset} 5',
    ]
    expect(
      typedRanges({
        ...plan,
        operations: operations.map((command) => operationOf(command)),
        keyPrefix: 'p',
        seed: 1,
      }),
    ).toEqual([
      { range: { before: 'p:z:', after: '', count: 20 }, space: 'zset' },
      { range: { before: 'p:s:', after: '', count: 20 }, space: 'string' },
      { range: { before: 'p:user:', after: '', count: 5 }, space: 'hash' },
      { range: { before: 'p:x:', after: '', count: 1 }, space: 'stream' },
    ])
  })

  it('believes the letter of a type before the command, and nobody else', () => {
    const operations = ['ZRANDMEMBER {key zset} 3', 'HSTRLEN {key hash} {field}', 'ZRANDMEMBER board:{key} 3']
    const spec = {
      ...plan,
      operations: operations.map((command, index) => operationOf(command, 1, { name: `OP${index}` })),
      keyPrefix: 'p',
      seed: 1,
    }
    expect(typedRanges(spec).map(({ range, space }) => `${range.before} ${space}`)).toEqual([
      'p:z: zset',
      'p:h: hash',
    ])
  })
})
