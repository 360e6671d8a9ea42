import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VALUE_KINDS } from '../../../src/model/plan.ts'
import {
  DAMAGED,
  leastVerifiedBytes,
  NOT_OURS,
  OF_ANOTHER_KEY,
  VerifiedValues,
} from '../../../src/workload/verification/verified-values.ts'

const LARGEST = 2000

function valuesOf(kind: (typeof VALUE_KINDS)[number], nonce = 7): VerifiedValues {
  return new VerifiedValues({ kind, compressibility: 0.5, largestBytes: LARGEST, seed: 1, nonce })
}

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1')
const registers = fc.integer({ min: 0, max: 19_999_999 })
/** As registers count: signed, wrapping around. */
const sequences = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })

describe.each(VALUE_KINDS)('VerifiedValues of kind %s', (kind) => {
  const values = valuesOf(kind)
  const sizes = fc.integer({ min: leastVerifiedBytes(kind), max: LARGEST })

  it('have the size that is wanted and give their sequence back', () => {
    fc.assert(
      fc.property(registers, sequences, sizes, (register, sequence, size) => {
        const value = values.compose(register, sequence, size)
        expect(value).toHaveLength(size)
        expect(values.examine(bytes(value), register)).toBe(sequence >>> 0)
        expect(valuesOf(kind).compose(register, sequence, size)).toBe(value)
      }),
    )
  })

  it('are never taken for a value when any bit of them has changed, or bytes are missing or too many', () => {
    fc.assert(
      fc.property(registers, sequences, sizes, fc.nat(), fc.nat(7), (register, sequence, size, at, bit) => {
        const value = bytes(values.compose(register, sequence, size))
        const flipped = Buffer.from(value)
        flipped[at % size]! ^= 1 << bit
        expect([DAMAGED, NOT_OURS]).toContain(values.examine(flipped, register))
        expect([DAMAGED, NOT_OURS]).toContain(values.examine(value.subarray(0, at % size), register))
        expect(values.examine(Buffer.concat([value, value.subarray(0, 1 + (at % 50))]), register)).toBe(
          DAMAGED,
        )
      }),
    )
  })

  it('know their key and their run', () => {
    const value = bytes(values.compose(17, 3, 100))
    expect(values.examine(value, 18)).toBe(OF_ANOTHER_KEY)
    expect(values.ownerOf(value)).toBe(17)
    expect(valuesOf(kind, 8).examine(value, 17)).toBe(NOT_OURS)
    expect(values.examine(Buffer.alloc(0), 17)).toBe(NOT_OURS)
    expect(values.examine(Buffer.alloc(10_000, 'x'), 17)).toBe(NOT_OURS)
  })
})

describe('VerifiedValues', () => {
  it('name key and sequence for people, too', () => {
    expect(valuesOf('random').compose(17, 3, 35)).toMatch(/^000007:00000017:0000000003:[\da-z]{7}:$/)
  })

  it('stay JSON', () => {
    const value = JSON.parse(valuesOf('json').compose(17, 3, 200)) as { check: string; text: string }
    expect(value.check).toMatch(/^000007:00000017:0000000003:/)
    expect(value.text).toHaveLength(200 - leastVerifiedBytes('json'))
  })

  it('compress as far as is wanted', () => {
    const blanks = valuesOf('compressible').compose(17, 3, 1035).split(' ').length - 1
    expect(blanks).toBe(500)
  })
})
