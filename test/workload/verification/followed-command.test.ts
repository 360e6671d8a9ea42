import { describe, expect, it } from 'vitest'
import { commandBook } from '../../../src/workload/command-book.ts'
import { parseTemplate } from '../../../src/workload/template.ts'
import { followedCommand, keepsValues } from '../../../src/workload/verification/followed-command.ts'

const follow = (command: string): ReturnType<typeof followedCommand> =>
  followedCommand(parseTemplate(commandBook.templateOf(command)))

describe('followedCommand', () => {
  it.each([
    ['GET', 'one', 'nothing'],
    ['MGET', 'each', 'nothing'],
    ['GETEX', 'one', 'nothing'],
    ['GETDEL', 'one', 'removals'],
    ['GETSET', 'one', 'values'],
    ['SET', 'nothing', 'values'],
    ['SETEX', 'nothing', 'values'],
    ['PSETEX', 'nothing', 'values'],
    ['SETNX', 'nothing', 'values'],
    ['MSET', 'nothing', 'values'],
    ['MSETNX ({key} {value})*2', 'nothing', 'values'],
    ['SET {key} {value} GET', 'one', 'values'],
    ['set {key} {value} keepttl', 'nothing', 'values'],
    ['DEL', 'nothing', 'removals'],
    ['UNLINK {key} {key}', 'nothing', 'removals'],
  ])('%s reads %s and writes %s', (command, reads, writes) => {
    expect(follow(command)).toMatchObject({ reads, writes, problem: undefined })
  })

  it.each(['APPEND', 'INCR', 'STRLEN', 'GETRANGE', 'EXISTS', 'HSET', 'EXPIRE', 'PING'])(
    'has nothing to do with %s',
    (command) => {
      expect(follow(command)).toBeUndefined()
    },
  )

  const [nil, ok, old] = [null, Buffer.from('OK'), Buffer.from('old')]
  it.each([
    ['SET', ok, true],
    ['SET {key} {value} NX', ok, true],
    ['SET {key} {value} NX', nil, false],
    ['SET {key} {value} PX {ttl_ms} XX', nil, false],
    ['SET {key} {value} GET', nil, true],
    ['SET {key} {value} GET', old, true],
    ['SET {key} {value} NX GET', nil, true],
    ['SET {key} {value} NX GET', old, false],
    ['SET {key} {value} XX GET', old, true],
    ['SET {key} {value} XX GET', nil, false],
    ['SETNX', 1, true],
    ['SETNX', 0, false],
    ['MSETNX {key} {value}', 0, false],
    ['DEL', 0, true],
  ])('%s with the reply %s wrote: %s', (command, reply, applied) => {
    expect(follow(command)?.applied(reply)).toBe(applied)
  })

  it.each([
    ['SETEX', true],
    ['SET {key} {value} PX {ttl_ms}', true],
    ['SET {key} {value} EXAT {now s}', true],
    ['GETEX', true],
    ['GETEX {key}', false],
    ['GETEX {key} PERSIST', false],
    ['SET', false],
    ['DEL', false],
  ])('%s lets keys expire: %s', (command, expires) => {
    expect(follow(command)?.expires).toBe(expires)
  })

  it.each([
    ['SET {key} x', 'SET writes something else than {value}'],
    ['SET {key} v{value}', 'SET writes something else than {value}'],
    ['MSET {key} {value} {key} {uuid}', 'MSET writes something else than {value}'],
    ['SET {key} {value} IFEQ x', 'SET has an option that nobody can follow: IFEQ'],
    ['SET {key} {value} {choice NX|XX}', 'SET has an option that nobody can follow: {CHOICE}'],
  ])('cannot follow %s', (command, problem) => {
    expect(follow(command)?.problem).toBe(problem)
  })

  it('knows the sizes of what is written', () => {
    expect(follow('MSET {key} {value} {key} {value 64..128}')?.sizes).toEqual(['', '64..128'])
  })

  it('knows what leaves values as they are', () => {
    const kept = ['EXPIRE', 'PERSIST', 'APPEND', 'SETRANGE'].map((command) =>
      keepsValues(parseTemplate(commandBook.templateOf(command))),
    )
    expect(kept).toEqual([true, true, false, false])
  })
})
