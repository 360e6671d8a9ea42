import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/model/random.ts'
import { sequential } from '../../src/workload/distributions.ts'
import { bulkString, drawnKeys, keyTable } from '../../src/workload/keys.ts'
import { fixedSizeValues } from '../../src/workload/values.ts'

describe('bulkString', () => {
  it.each([
    ['', '$0\r\n\r\n'],
    ['abc', '$3\r\nabc\r\n'],
    ['ü☃', '$5\r\nü☃\r\n'],
  ])('counts the bytes of %j', (text, bulk) => {
    expect(bulkString(text)).toBe(bulk)
  })
})

describe('drawnKeys', () => {
  it.each([50, 200_000])('are names of %d keys as bulk strings, from a table or not', (count) => {
    const keys = drawnKeys(keyTable('p:', count), sequential(count, { thread: 0, threads: 1 }))
    expect([keys.nextBulk(), keys.nextBulk()]).toEqual(['$3\r\np:0\r\n', '$3\r\np:1\r\n'])
  })
})

describe('fixedSizeValues', () => {
  it.each([0, 1, 50, 100_000])('has exactly %d bytes of printable ASCII', (size) => {
    const values = fixedSizeValues(size, createRandom(1))
    const bulk = values.nextBulk()
    expect(bulk.startsWith(`$${size}\r\n`)).toBe(true)
    expect(Buffer.byteLength(bulk)).toBe(`$${size}\r\n`.length + size + 2)
    expect(bulk.slice(`$${size}\r\n`.length, -2)).toMatch(/^[\w-]*$/)
  })

  it('varies, and is the same for the same seed', () => {
    const draw = (seed: number): string[] => {
      const values = fixedSizeValues(20, createRandom(seed))
      return Array.from({ length: 50 }, () => values.nextBulk())
    }
    expect(new Set(draw(1)).size).toBeGreaterThan(10)
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })
})
