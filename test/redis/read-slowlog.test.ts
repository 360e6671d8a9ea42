import { describe, expect, it } from 'vitest'
import { readLatencyHistory, readLatestLatencies, readSlowlog } from '../../src/redis/read-slowlog.ts'

const reading = {
  hide: (text: string): string => text.replaceAll('s3cret', '***'),
  isOurs: (name: string): boolean => name.startsWith('redis-test:'),
}
const commandOf = (args: readonly string[], name = 'redis-test:ab:1'): string | undefined =>
  readSlowlog([[7, 1_700_000_000, 12_345, args, '127.0.0.1:5000', name]], reading)[0]?.command

describe('readSlowlog', () => {
  it('reads entries', () => {
    expect(
      readSlowlog([[7, 1_700_000_000, 12_345, ['GET', 'k'], '127.0.0.1:5000', 'redis-test:ab:1']], reading),
    ).toEqual([
      {
        id: 7,
        atSeconds: 1_700_000_000,
        usec: 12_345,
        name: 'get',
        command: 'GET k',
        client: '127.0.0.1:5000',
        clientName: 'redis-test:ab:1',
      },
    ])
  })

  it('leaves out what is none', () => {
    expect(readSlowlog('OK', reading)).toEqual([])
    expect(readSlowlog([1, [], [1, 2, 3], [1, 2, 3, []], [{}, 2, 3, ['GET']]], reading)).toEqual([])
  })

  it('keeps of our own commands a few arguments, each of them short', () => {
    expect(commandOf(['SET', 'key', 'v'.repeat(500)])).toBe(`SET key ${'v'.repeat(48)}…`)
    expect(commandOf('MSET a b c d e f g h i j'.split(' '))).toBe('MSET a b c d e f g … (3 more)')
  })

  it('keeps of commands of others the name and the key', () => {
    expect(commandOf(['SET', 'user:1', 'their value', 'EX', '3'], 'app')).toBe('SET user:1 … (3 more)')
    expect(commandOf(['PING'], 'app')).toBe('PING')
    // A text that is no key.
    expect(commandOf(['EVAL', 'return 1', '0'], 'app')).toBe('EVAL … (2 more)')
  })

  it('hides what may be a password, and the passwords that we know', () => {
    for (const args of [
      ['AUTH', 'me', 'hidden'],
      ['hello', '3', 'AUTH', 'me', 'hidden'],
      ['ACL', 'SETUSER', 'a', '>hidden'],
      ['CONFIG', 'SET', 'requirepass', 'hidden'],
      ['MIGRATE', 'h', '1', 'k', '0', '9', 'AUTH', 'hidden'],
    ])
      expect(commandOf(args)).toBe(`${args[0]!} (${args.length - 1} arguments)`)
    expect(commandOf(['SET', 'k', 's3cret'])).toBe('SET k ***')
    // Also where it would be cut in two.
    expect(commandOf(['SET', 'k', `${'x'.repeat(45)}s3cret`])).toBe(`SET k ${'x'.repeat(45)}***`)
  })

  it('lets no terminal be steered', () => {
    expect(commandOf(['SET', 'a\u001b[2Jb'])).toBe('SET a\ufffd[2Jb')
  })
})

describe('latency events', () => {
  it('are read with their newest times', () => {
    expect([
      ...readLatestLatencies([
        ['command', 1_700_000_000, 21, 30],
        ['fork', 1_700_000_001, 5, 5, 9, 9],
        ['bad\nname', 1, 2, 3],
        'x',
      ]),
    ]).toEqual([
      ['command', 1_700_000_000],
      ['fork', 1_700_000_001],
    ])
    expect(readLatestLatencies(null).size).toBe(0)
  })

  it('have a history', () => {
    expect(readLatencyHistory([[1_700_000_000, 21], [1_700_000_002, 9], ['x'], 3])).toEqual([
      { atSeconds: 1_700_000_000, millis: 21 },
      { atSeconds: 1_700_000_002, millis: 9 },
    ])
    expect(readLatencyHistory('OK')).toEqual([])
  })
})
