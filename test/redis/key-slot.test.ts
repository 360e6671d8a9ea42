import { describe, expect, it } from 'vitest'
import { slotOfArgument } from '../../src/redis/key-slot.ts'

describe('slotOfArgument', () => {
  it('finds the key in a request, whatever the arguments before it hold', () => {
    const wire = '*4\r\n$4\r\nEVAL\r\n$9\r\nr $1\r\n*{}\r\n$1\r\n1\r\n$3\r\nfoo\r\n'
    expect(slotOfArgument(wire, 3)).toBe(12_182)
    expect(slotOfArgument('*2\r\n$3\r\nGET\r\n$7\r\n{foo}.a\r\n', 1)).toBe(12_182)
    expect(slotOfArgument('*2\r\n$3\r\nGET\r\n$0\r\n\r\n', 1)).toBe(0)
  })
})
