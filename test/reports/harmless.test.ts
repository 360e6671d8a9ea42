import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { harmless, harmlessText } from '../../src/reports/harmless.ts'

describe('texts of others', () => {
  it('are shown, not carried out', () => {
    expect(harmlessText('a\u001b[2Jb\r\nc\u0085\u202ed\ud800')).toBe(
      'a\\u001b[2Jb\\u000d\\u000ac\\u0085\\u202ed\\ud800',
    )
    expect(harmlessText('größer 日本 😀 →')).toBe('größer 日本 😀 →')
  })

  it('are found wherever they are', () => {
    expect(harmless({ 'a\n': ['b\n', 1, null, true, { c: '\t' }] })).toEqual({
      'a\\u000a': ['b\\u000a', 1, null, true, { c: '\\u0009' }],
    })
  })

  it('never hold a control character afterwards', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(harmlessText(text)).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
        expect(() => encodeURIComponent(harmlessText(text))).not.toThrow()
      }),
    )
  })
})
