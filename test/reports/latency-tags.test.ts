import { describe, expect, it } from 'vitest'
import type { OperationResult, RunResult } from '../../src/model/result.ts'
import { taggedLatencies, tagOf } from '../../src/reports/latency-tags.ts'

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

describe('distributions of a result', () => {
  const latency = (hdr: string, count = 1): OperationResult['service']['success'] =>
    ({ count, hdr }) as OperationResult['service']['success']
  const operation = (name: string, change: Partial<OperationResult> = {}): OperationResult =>
    ({
      operation: name,
      shape: 'single',
      service: { success: latency(`${name} service`), error: latency(`${name} failed service`, 0) },
      response: { success: latency(`${name} response`), error: latency(`${name} failed response`, 0) },
      ...change,
    }) as OperationResult
  const tagsOf = (...operations: OperationResult[]): Record<string, readonly string[]> =>
    Object.fromEntries(
      taggedLatencies({ operations } as unknown as RunResult).map(({ tag, encoded }) => [tag, encoded]),
    )

  it('are response times, and service times apart', () => {
    expect(tagsOf(operation('GET'), operation('SET'))).toEqual({
      '': ['GET response', 'SET response'],
      GET: ['GET response'],
      'GET:service': ['GET service'],
      SET: ['SET response'],
      'SET:service': ['SET service'],
    })
    expect(tagsOf(operation('GET', { response: null }))).toEqual({
      '': ['GET service'],
      GET: ['GET service'],
    })
  })

  it('leave batches, and what waits by itself, out of those of all operations', () => {
    const tags = tagsOf(
      operation('GET'),
      operation('MULTI', { shape: 'batch' }),
      operation('BLPOP', { waits: true }),
    )
    expect(tags['']).toEqual(['GET response'])
    expect([tags['MULTI'], tags['BLPOP']]).toEqual([['MULTI response'], ['BLPOP response']])
  })
})
