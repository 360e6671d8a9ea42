import { describe, expect, it } from 'vitest'
import { deflateSync } from 'node:zlib'
import { createRandom } from '../../src/model/random.ts'
import type { ValuesPlan } from '../../src/model/plan.ts'
import { bulkString, keyTables } from '../../src/workload/keys.ts'
import { type ValueSource, valueSource } from '../../src/workload/values.ts'

describe('bulkString', () => {
  it.each([
    ['', '$0\r\n\r\n'],
    ['abc', '$3\r\nabc\r\n'],
    ['\xff\0', '$2\r\n\xff\0\r\n'],
  ])('counts the bytes of %j', (text, bulk) => {
    expect(bulkString(text)).toBe(bulk)
  })
})

describe('keyTables', () => {
  it.each([50, 200_000])('names %d keys as bulk strings, from a table or not', (count) => {
    const table = keyTables()({ before: 'p:', after: '!', count })
    expect([table.bulkAt(0), table.bulkAt(17)]).toEqual(['$4\r\np:0!\r\n', '$5\r\np:17!\r\n'])
  })

  it('makes each table once', () => {
    const tables = keyTables()
    expect(tables({ before: 'p:', after: '', count: 5 })).toBe(tables({ before: 'p:', after: '', count: 5 }))
  })
})

const values = (size: string, seed: number, more: Partial<ValuesPlan> = {}): ValueSource =>
  valueSource({ size, kind: 'random', compressibility: 0.5, ...more }, createRandom(seed), seed)

/** Length of the text in a bulk string, whose head must say the same. */
function sizeOf(bulk: string): number {
  const [, length, text] = /^\$(\d+)\r\n([\w-]*)\r\n$/.exec(bulk)!
  expect(text).toHaveLength(Number(length))
  return text!.length
}

describe('valueSource', () => {
  it.each([0, 1, 50, 100_000])('has exactly %d bytes of printable ASCII', (size) => {
    expect(sizeOf(values(String(size), 1).nextBulk())).toBe(size)
  })

  it('draws every size of a range equally often', () => {
    const source = values('0..49', 2)
    const draws = 50_000
    const seen = new Map<number, number>()
    for (let draw = 0; draw < draws; draw++) {
      const size = sizeOf(source.nextBulk())
      seen.set(size, (seen.get(size) ?? 0) + 1)
    }
    expect([...seen.keys()].toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, size) => size))
    const expected = draws / 50
    const chiSquare = [...seen.values()].reduce((sum, times) => sum + (times - expected) ** 2 / expected, 0)
    // 49 degrees of freedom, 99.9 %.
    expect(chiSquare).toBeLessThan(85.4)
  })

  it('draws sizes by their weights', () => {
    const source = values('10:90, 1000..1001:10, 5000:0', 3)
    const sizes = Array.from({ length: 10_000 }, () => sizeOf(source.nextBulk()))
    expect(sizes.filter((size) => size === 10).length / 10_000).toBeCloseTo(0.9, 1)
    expect(new Set(sizes)).toEqual(new Set([10, 1000, 1001]))
  })

  it.each(['20', '20..21'])('varies, and is the same for the same seed (%s)', (text) => {
    const draw = (seed: number): string[] => {
      const source = values(text, seed)
      return Array.from({ length: 50 }, () => source.nextBulk())
    }
    expect(new Set(draw(1)).size).toBeGreaterThan(10)
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })

  it.each([0, 0.25, 0.9, 1])('compresses by about the share of %d', (compressibility) => {
    const text = values('20000', 4, { kind: 'compressible', compressibility }).nextText()
    expect(text).toHaveLength(20_000)
    // Six bits of each random byte are random.
    const random = 20_000 * (1 - compressibility) * 0.75
    expect(deflateSync(Buffer.from(text, 'latin1')).length).toBeGreaterThan(random * 0.98)
    expect(deflateSync(Buffer.from(text, 'latin1')).length).toBeLessThan(random * 1.03 + 100)
  })

  it.each(['0', '1', '2', '17', '60', '61..70', '5000'])('makes JSON documents of %s bytes', (size) => {
    const source = values(size, 5, { kind: 'json' })
    const texts = Array.from({ length: 40 }, () => source.nextText())
    if (size === '0') return
    for (const text of texts) expect(() => JSON.parse(text) as unknown).not.toThrow()
    if (size === '5000')
      expect(JSON.parse(texts[0]!)).toMatchObject({ id: expect.any(Number), text: expect.any(String) })
    const [low = '0', high = low] = size.split('..')
    expect(texts.every(({ length }) => length >= Number(low) && length <= Number(high))).toBe(true)
  })
})
