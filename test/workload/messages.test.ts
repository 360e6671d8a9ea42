import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMessages, parseMessage } from '../../src/workload/messages.ts'

const NOW = 1_700_000_000_123.456
const PADDING = 'x'.repeat(200)

describe('messages', () => {
  it('say when they were made, by whom, and as its how-manieth', () => {
    const next = createMessages(() => NOW)
    const messages = [next(3, PADDING), next(3, PADDING), next(7, PADDING)].map((text) =>
      parseMessage(Buffer.from(text, 'latin1')),
    )
    expect(messages).toEqual([
      { stampMicros: 1_700_000_000_123_456, publisher: 3, sequence: 1 },
      { stampMicros: 1_700_000_000_123_456, publisher: 3, sequence: 2 },
      { stampMicros: 1_700_000_000_123_456, publisher: 7, sequence: 1 },
    ])
  })

  it.each([100, 1000, 100_000])('are as long as a value of %d bytes', (size) => {
    const text = createMessages(() => NOW)(1, 'v'.repeat(size))
    expect(text).toHaveLength(size)
    expect(text.endsWith('v')).toBe(true)
    expect(parseMessage(Buffer.from(text))).toBeDefined()
  })

  it('are never shorter than what they have to say', () => {
    const text = createMessages(() => NOW)(12, '')
    expect(text).toMatch(/^RT1 [\da-f]{8} 1700000000123456 12 1 $/)
    expect(parseMessage(Buffer.from(text))).toMatchObject({ publisher: 12 })
  })

  it('are refused when a single byte is other, too many or too few', () => {
    const whole = Buffer.from(createMessages(() => NOW)(5, PADDING))
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const other = Buffer.from(whole)
        other[at]! ^= change
        expect(parseMessage(other)).toBeUndefined()
      }),
    )
    for (let length = 0; length < whole.length; length++)
      expect(parseMessage(whole.subarray(0, length))).toBeUndefined()
    expect(parseMessage(Buffer.concat([whole, whole]))).toBeUndefined()
  })

  it.each(['', 'hello', 'RT1 ', 'RT1 00000000 1 1 1', PADDING])(
    'are not mistaken for what others send: %j',
    (text) => {
      expect(parseMessage(Buffer.from(text))).toBeUndefined()
    },
  )
})
