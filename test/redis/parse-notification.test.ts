import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NOTIFICATIONS } from '../../src/model/maintenance.ts'
import { parseNotification } from '../../src/redis/parse-notification.ts'

/** As ioredis decodes a frame: texts are buffers. */
function frame(...values: readonly unknown[]): unknown[] {
  return values.map((value): unknown => {
    if (typeof value === 'string') return Buffer.from(value)
    return Array.isArray(value) ? frame(...(value as readonly unknown[])) : value
  })
}

const NOTHING = { timeMillis: null, endpoint: null, subject: '' }

describe('what is announced', () => {
  it.each([
    [['MOVING', 1, 15, '10.0.0.1:12000'], { timeMillis: 15_000, endpoint: '10.0.0.1:12000' }],
    [['MOVING', 1, 15, null], { timeMillis: 15_000 }],
    [['MIGRATING', 1, 2, '7'], { timeMillis: 2000, subject: '7' }],
    [['MIGRATING', 1, 2, [1, '2']], { timeMillis: 2000, subject: '1 2' }],
    [['MIGRATED', 1, '7'], { subject: '7' }],
    [['FAILING_OVER', 1, 0, [3]], { timeMillis: 0, subject: '3' }],
    [['FAILED_OVER', 1, [3]], { subject: '3' }],
    [['SMIGRATING', 1, '0-99,500'], { subject: '0-99,500' }],
    [['SMIGRATED', 1, [['a:1', 'b:2', '0-99']]], { subject: 'a:1 b:2 0-99' }],
    [
      [
        'SMIGRATED',
        1,
        [
          ['b:2', '0-99'],
          ['c:3', '7'],
        ],
      ],
      { subject: 'b:2 0-99; c:3 7' },
    ],
  ])('%j has what belongs to it', (values, expected) => {
    expect(parseNotification(frame(...values))).toEqual({
      notification: values[0],
      sequence: 1,
      ...NOTHING,
      ...expected,
      isRegular: true,
    })
  })

  it.each([
    [
      ['moving', '1', '1.5', 'h:1'],
      { notification: 'MOVING', timeMillis: 1500, endpoint: 'h:1', isRegular: true },
    ],
    [['MOVING', 1, 15], { notification: 'MOVING', timeMillis: 15_000, isRegular: false }],
    [['MOVING', 1, 15, ['x']], { notification: 'MOVING', timeMillis: 15_000, isRegular: false }],
    [['MIGRATING', 1], { notification: 'MIGRATING', isRegular: false }],
    [
      ['MIGRATING', 1, '7', '7', 'more'],
      { notification: 'MIGRATING', timeMillis: 7000, subject: '7', isRegular: false },
    ],
    [['MIGRATING', 1, 'soon', '7'], { notification: 'MIGRATING', subject: '7', isRegular: false }],
    [['FAILED_OVER', 1], { notification: 'FAILED_OVER', isRegular: false }],
    [['SMIGRATED', 1, []], { notification: 'SMIGRATED', isRegular: false }],
  ])('%j is understood although it is not as expected', (values, expected) => {
    expect(parseNotification(frame(...values))).toEqual({ sequence: 1, ...NOTHING, ...expected })
  })
})

describe('what cannot be used', () => {
  it.each([
    [['MOVING']],
    [['MOVING', 1]],
    [['MOVING', 1, null, 'h:1']],
    [['MOVING', 'x', 1, 'h:1']],
    [['MIGRATED']],
  ])('%j is malformed', (values) => {
    expect(parseNotification(frame(...values))).toBe('malformed')
  })

  it.each([
    [['MIGRATED', -1]],
    [['MIGRATED', 1.5]],
    [['MIGRATED', [1]]],
    [['MIGRATED', '9'.repeat(40), '1']],
  ])('%j has no number', (values) => {
    expect(parseNotification(frame(...values))).toBe('malformed')
  })

  it.each([[[]], [[null]], [['invalidate', null]], [[1, 2]], [[['MOVING', 1]]]])(
    '%j is about something else',
    (values) => {
      expect(parseNotification(frame(...values))).toBe('unknown')
    },
  )

  it('never throws, and never says more than fits', () => {
    const name = fc.oneof(fc.constantFrom(...NOTIFICATIONS), fc.anything())
    fc.assert(
      fc.property(
        name,
        fc.array(fc.anything({ withBigInt: true, withNullPrototype: true })),
        (kind, rest) => {
          const parsed = parseNotification([typeof kind === 'string' ? Buffer.from(kind) : kind, ...rest])
          if (typeof parsed === 'string') return
          expect(parsed.subject.length).toBeLessThanOrEqual(200)
          expect(Number.isInteger(parsed.sequence)).toBe(true)
        },
      ),
    )
  })

  it('keeps control characters and long texts from terminals', () => {
    const text = `\u001B[31m${'x'.repeat(1000)}`
    const parsed = parseNotification(frame('MOVING', 1, 1, text))
    expect(parsed).toMatchObject({ endpoint: `?[31m${'x'.repeat(195)}` })
  })
})
