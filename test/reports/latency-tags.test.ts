import { describe, expect, it } from 'vitest'
import { tagOf } from '../../src/reports/latency-tags.ts'

describe('tags of operations', () => {
  const one = { operation: 'GET', shape: 'single' } as const

  it('are names, and tell apart what has the same', () => {
    expect(tagOf(one, [one], 'ok')).toBe('GET')
    expect(tagOf(one, [one], 'failed')).toBe('GET:failed')
    const other = { operation: 'GET', shape: 'pipeline' } as const
    expect(tagOf(other, [one, other], 'service')).toBe('GET(pipeline):service')
  })

  it('hold nothing that a log would take for its own', () => {
    const hostile = { operation: 'a, b\r\n"c"%\u0000\u2028', shape: 'single' } as const
    expect(tagOf(hostile, [hostile], 'ok')).toBe('a%2C%20b%0D%0A%22c%22%25%00%E2%80%A8')
  })
})
