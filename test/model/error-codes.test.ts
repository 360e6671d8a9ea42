import { describe, expect, it } from 'vitest'
import { ERROR_CODES, errorCodeAt, errorCodeIndex, findErrorCode } from '../../src/model/error-codes.ts'
import { ERROR_TYPES } from '../../src/model/outcome.ts'

describe('ERROR_CODES', () => {
  it('begins with no error and has no code twice', () => {
    expect(ERROR_CODES[0]).toMatchObject({ code: 'none', errorType: 'none' })
    const codes = ERROR_CODES.map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
  })

  it('uses only the shared error types', () => {
    for (const { errorType } of ERROR_CODES) expect(ERROR_TYPES).toContain(errorType)
  })

  it.each([
    ['OOM', 'memory_error', 'OOM'],
    ['WRONGPASS', 'auth_error', 'WRONGPASS'],
    ['MOVED', 'cluster_error', 'MOVED'],
    ['READONLY', 'cluster_error', 'READONLY'],
    ['LOADING', 'connection_error', 'LOADING'],
    ['WRONGTYPE', 'command_error', 'WRONGTYPE'],
    ['maxclients', 'connection_error', 'ERR'],
    ['ECONNRESET', 'connection_error', undefined],
    ['command_deadline', 'timeout', undefined],
  ])('puts %s under %s', (code, errorType, statusCode) => {
    expect(errorCodeAt(errorCodeIndex(code))).toMatchObject({ code, errorType })
    expect(errorCodeAt(errorCodeIndex(code)).statusCode).toBe(statusCode)
  })

  it('does not invent codes', () => {
    expect(findErrorCode('MYERR')).toBeUndefined()
    expect(() => errorCodeIndex('MYERR')).toThrow('MYERR')
    expect(() => errorCodeAt(10_000)).toThrow('10000')
  })
})
