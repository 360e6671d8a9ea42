import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LARGEST_VALUE_BYTES, parseValueSizes } from '../../src/model/value-sizes.ts'

describe('parseValueSizes', () => {
  it.each([
    ['100', [{ minBytes: 100, maxBytes: 100, weight: 1 }]],
    ['0', [{ minBytes: 0, maxBytes: 0, weight: 1 }]],
    ['64..1024', [{ minBytes: 64, maxBytes: 1024, weight: 1 }]],
    [
      '64:90, 1024..4096:7.5,16777216:0',
      [
        { minBytes: 64, maxBytes: 64, weight: 90 },
        { minBytes: 1024, maxBytes: 4096, weight: 7.5 },
        { minBytes: 16_777_216, maxBytes: 16_777_216, weight: 0 },
      ],
    ],
  ])('reads %s', (text, sizes) => {
    expect(parseValueSizes(text)).toEqual(sizes)
  })

  it.each([
    '',
    'big',
    '-1',
    '1.5',
    '10..5',
    '16777217',
    '1,',
    '1:0',
    '1:-1',
    '1..2..3',
    '1 2',
    '1:2:3',
    '0x10',
  ])('does not read %j', (text) => {
    expect(parseValueSizes(text)).toBeUndefined()
  })

  it('reads what it is given, or nothing: never a size outside its limits', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\d.:, ]{0,24}$/), (text) => {
        for (const { minBytes, maxBytes, weight } of parseValueSizes(text) ?? []) {
          expect(minBytes).toBeLessThanOrEqual(maxBytes)
          expect(maxBytes).toBeLessThanOrEqual(LARGEST_VALUE_BYTES)
          expect(weight).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })
})
