import { describe, expect, it } from 'vitest'
import { slotOfArgument, slotOfKey } from '../../src/redis/key-slot.ts'

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
  ])('of %j is %i', (key, slot) => {
    expect(slotOfKey(key)).toBe(slot)
  })

  it('takes bytes as they are', () => {
    expect(slotOfKey(Buffer.from('grün{ö}').toString('latin1'))).toBe(slotOfKey('\u00c3\u00b6'))
  })
})

describe('slotOfArgument', () => {
  it('finds the key in a request, whatever the arguments before it hold', () => {
    const wire = '*4\r\n$4\r\nEVAL\r\n$9\r\nr $1\r\n*{}\r\n$1\r\n1\r\n$3\r\nfoo\r\n'
    expect(slotOfArgument(wire, 3)).toBe(12_182)
    expect(slotOfArgument('*2\r\n$3\r\nGET\r\n$7\r\n{foo}.a\r\n', 1)).toBe(12_182)
    expect(slotOfArgument('*2\r\n$3\r\nGET\r\n$0\r\n\r\n', 1)).toBe(0)
  })
})
