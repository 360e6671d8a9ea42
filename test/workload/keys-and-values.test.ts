import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/model/random.ts'
import { bulkString, keyTable, uniformKeys } from '../../src/workload/keys.ts'
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

describe('uniformKeys', () => {
  it.each([50, 200_000])('draws every one of %d keys, each about equally often', (count) => {
    const keys = uniformKeys(keyTable('p:', count), createRandom(5))
    const seen = new Map<string, number>()
    const draws = Math.max(20_000, count)
    for (let draw = 0; draw < draws; draw++) {
      const bulk = keys.nextBulk()
      seen.set(bulk, (seen.get(bulk) ?? 0) + 1)
    }
    const [first] = seen.keys()
    const [, length, key] = /^\$(\d+)\r\n(p:\d+)\r\n$/.exec(first!)!
    expect(Number(length)).toBe(key!.length)
    if (count === 50) {
      expect(seen.size).toBe(50)
      const chiSquare = [...seen.values()].reduce(
        (sum, times) => sum + (times - draws / 50) ** 2 / (draws / 50),
        0,
      )
      // 49 degrees of freedom, 99.9 %.
      expect(chiSquare).toBeLessThan(85.4)
    }
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
