import { describe, expect, it } from 'vitest'
import { slotOfKey } from '../../src/model/key-slot.ts'

describe('slotOfKey', () => {
  // CRC16 of 123456789 is 0x31C3 by the specification of Redis Cluster; the others are what CLUSTER KEYSLOT answers.
  it.each([
    ['123456789', 0x31_c3],
    ['', 0],
    ['foo', 12_182],
    ['bar', 5061],
    ['{foo}.a', 12_182],
    ['a{foo}b{bar}', 12_182],
    ['{}', 15_257],
    ['a{}', 6082],
    ['{}{a}', 13_650],
    ['{a', 10_276],
    ['a}{', 7586],
    ['{{a}}', 10_276],
    ['{}}', 14_790],
    ['foo{bar}{zap}', 5061],
    ['foo{bar', 15_278],
    ['a}b{c}', 7365],
  ])('of %j is %i', (key, slot) => {
    expect(slotOfKey(key)).toBe(slot)
  })

  it('takes bytes as they are', () => {
    expect(slotOfKey(Buffer.from('grün{ö}').toString('latin1'))).toBe(slotOfKey('\u00c3\u00b6'))
  })
})
