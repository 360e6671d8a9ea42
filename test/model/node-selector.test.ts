import { describe, expect, it } from 'vitest'
import { isAddress, isNodeSelector, selectNodes } from '../../src/model/node-selector.ts'
import { createRandom } from '../../src/model/random.ts'
import { node } from '../support/fault-target.ts'

const NODES = [
  node('h:3', { slots: [[9000, 16_383]] }),
  node('h:1', {
    slots: [
      [0, 100],
      [300, 400],
    ],
  }),
  node('h:2', { slots: [[101, 299]], isDown: false }),
  node('h:4', { role: 'replica', master: 'h:1' }),
  node('h:5', { role: 'replica', master: 'h:2', isDown: true }),
  node('h:6'),
]

const select = (selector: string, seed = 1): string[] =>
  selectNodes(selector, NODES, createRandom(seed)).map(({ address }) => address)

describe('selectNodes', () => {
  it.each([
    ['masters', ['h:1', 'h:2', 'h:3']],
    ['replicas', ['h:4']],
    ['all', ['h:3', 'h:1', 'h:2', 'h:4', 'h:6']],
    ['shard:0', ['h:1']],
    ['shard:2', ['h:3']],
    ['h:5', ['h:5']],
  ])('%s', (selector, expected) => {
    expect(select(selector)).toEqual(expected)
  })

  it.each(['master', 'replica', 'random', 'random-master', 'random-replica'])(
    '%s is one of those that qualify, the same for the same seed, each some time',
    (selector) => {
      const drawn = Array.from({ length: 200 }, (_, seed) => select(selector, seed))
      expect(drawn).toEqual(Array.from({ length: 200 }, (_, seed) => select(selector, seed)))
      const all = { master: 3, 'random-master': 3, random: 5, replica: 1, 'random-replica': 1 }[selector]
      expect(drawn.every((one) => one.length === 1)).toBe(true)
      expect(new Set(drawn.flat()).size).toBe(all)
    },
  )

  it('says so when there is none', () => {
    expect(() => select('shard:3')).toThrow('no server of the deployment is shard:3')
    expect(() => select('h:9')).toThrow('no server of the deployment is h:9')
  })
})

describe('isNodeSelector', () => {
  it('knows words, shards and addresses', () => {
    for (const text of ['master', 'random-replica', 'shard:0', '10.0.0.1:6379', '[::1]:6379', 'redis:6379'])
      expect(isNodeSelector(text)).toBe(true)
    for (const text of ['', 'nobody', 'shard:', 'shard:x', 'host', 'host:0', 'a b:1'])
      expect(isNodeSelector(text)).toBe(false)
    expect([isAddress('shard:1'), isAddress('h:1'), isAddress('all')]).toEqual([false, true, false])
  })
})
