import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/model/random.ts'
import { sequential } from '../../src/workload/distributions.ts'
import { bulkString, drawnKeys, keyTable } from '../../src/workload/keys.ts'
import { parseValueSizes, type ValueSize } from '../../src/model/value-sizes.ts'
import { randomValues } from '../../src/workload/values.ts'

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

const fixed = (size: number): ValueSize[] => [{ minBytes: size, maxBytes: size, weight: 1 }]

/** Length of the text in a bulk string, whose head must say the same. */
function sizeOf(bulk: string): number {
  const [, length, text] = /^\$(\d+)\r\n([\w-]*)\r\n$/.exec(bulk)!
  expect(text).toHaveLength(Number(length))
  return text!.length
}

describe('randomValues', () => {
  it.each([0, 1, 50, 100_000])('has exactly %d bytes of printable ASCII', (size) => {
    const values = randomValues(fixed(size), createRandom(1))
    expect(sizeOf(values.nextBulk())).toBe(size)
  })

  it('draws every size of a range equally often', () => {
    const values = randomValues(parseValueSizes('0..49')!, createRandom(2))
    const draws = 50_000
    const seen = new Map<number, number>()
    for (let draw = 0; draw < draws; draw++) {
      const size = sizeOf(values.nextBulk())
      seen.set(size, (seen.get(size) ?? 0) + 1)
    }
    expect([...seen.keys()].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, size) => size))
    const expected = draws / 50
    const chiSquare = [...seen.values()].reduce((sum, times) => sum + (times - expected) ** 2 / expected, 0)
    // 49 degrees of freedom, 99.9 %.
    expect(chiSquare).toBeLessThan(85.4)
  })

  it('draws sizes by their weights', () => {
    const values = randomValues(parseValueSizes('10:90, 1000..1001:10, 5000:0')!, createRandom(3))
    const sizes = Array.from({ length: 10_000 }, () => sizeOf(values.nextBulk()))
    expect(sizes.filter((size) => size === 10).length / 10_000).toBeCloseTo(0.9, 1)
    expect(new Set(sizes)).toEqual(new Set([10, 1000, 1001]))
  })

  it.each(['20', '20..21'])('varies, and is the same for the same seed (%s)', (text) => {
    const draw = (seed: number): string[] => {
      const values = randomValues(parseValueSizes(text)!, createRandom(seed))
      return Array.from({ length: 50 }, () => values.nextBulk())
    }
    expect(new Set(draw(1)).size).toBeGreaterThan(10)
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })
})
