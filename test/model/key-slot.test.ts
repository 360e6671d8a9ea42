import { describe, expect, it } from 'vitest'
import { slotOfKey } from '../../src/model/key-slot.ts'

describe('slotOfKey', () => {
  // As `CLUSTER KEYSLOT` of Redis 7 answers.
  it.each([
    ['', 0],
    ['123456789', 12_739],
    ['foo', 12_182],
    ['foo{bar}baz', 5061],
    ['{bar}', 5061],
    ['foo{}{bar}', 8363],
    ['foo{{bar}}zap', 4015],
    ['foo{bar}{zap}', 5061],
    ['foo{bar', 15_278],
    ['a}b{c}', 7365],
  ])('of %j is %i', (key, slot) => {
    expect(slotOfKey(key)).toBe(slot)
  })
})
