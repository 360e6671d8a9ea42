import { describe, expect, it } from 'vitest'
import { createIndexedRandom } from '../../src/model/random.ts'
import { type CompiledCommand, compileCommand } from '../../src/workload/compile-command.ts'
import { createDraw } from '../../src/workload/draw.ts'
import { keyTables } from '../../src/workload/keys.ts'
import type { Kit } from '../../src/workload/placeholders.ts'
import { parseTemplate } from '../../src/workload/template.ts'
import { planOf } from '../support/plan.ts'
import { parseRequest } from '../support/resp.ts'

function compile(text: string, kit: Partial<Kit> = {}): CompiledCommand {
  const random = createIndexedRandom(1)
  random.seek(7)
  const whole: Kit = {
    draw: { ...createDraw(random), ordinal: 41 },
    keys: { ...planOf().plan.keys, count: 10, members: 5 },
    isWrite: true,
    space: 'string',
    values: () => ({ nextText: () => 'vvv', nextBulk: () => '$3\r\nvvv\r\n' }),
    channels: ['p:news'],
    streams: 3,
    now: () => 1_700_000_000_123.4,
    nextMessage: () => 'm',
    lastKey: undefined,
    keyDraws: 0,
    ...kit,
  }
  return compileCommand(parseTemplate(text), 'x', { kit: whole, keyPrefix: 'p', tables: keyTables() })
}

const argumentsOf = (text: string, kit: Partial<Kit> = {}): string[] =>
  parseRequest(compile(text, kit).next())

describe('compileCommand', () => {
  it.each([
    ['PING', ['PING']],
    ['SET {key} {value}', ['SET', /^p:s:\d$/, 'vvv']],
    ['ZADD board:{key}:x {int 5..5} {member}', ['ZADD', /^p:board:\d:x$/, '5', /^m:[0-4]$/]],
    ['SET counter {value}', ['SET', 'p:counter', 'vvv']],
    ['SET {key users} a-{value}-b', ['SET', /^p:users:\d$/, 'a-vvv-b']],
    ['HSET {key hash} {field} {float 1..1}', ['HSET', /^p:h:\d$/, /^f:[0-4]$/, '1.000000']],
    ['SET {key 0..0} {now}', ['SET', 'p:s:0', '1700000000123']],
    ['SET {key} {now s}', ['SET', /^p:s:\d$/, '1700000000']],
    ['SET {key} {now us}', ['SET', /^p:s:\d$/, '1700000000123400']],
    ['SET {key} {seq}', ['SET', /^p:s:\d$/, '41']],
    [
      'SET s:{uuid} {choice a|b}',
      ['SET', /^p:s:[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/, /^[ab]$/],
    ],
    [
      'GEOADD {key geo} {lon} {lat} x',
      ['GEOADD', /^p:g:\d$/, /^-?\d{1,3}\.\d{6}$/, /^-?\d{1,2}\.\d{6}$/, 'x'],
    ],
    ['PUBLISH {channel} {message}', ['PUBLISH', 'p:news', 'm']],
    ['SPUBLISH {channel} {message}', ['SPUBLISH', 'p:news', 'm']],
    ['PUBLISH other {message}', ['PUBLISH', 'p:other', 'm']],
    ['XADD {stream} * f {message}', ['XADD', /^p:x:[0-2]$/, '*', 'f', 'm']],
    ['EVALSHA abc 2 {key} lock arg', ['EVALSHA', 'abc', '2', /^p:s:\d$/, 'p:lock', 'arg']],
    ['JSON.SET {key} $ {value}', ['JSON.SET', /^p:s:\d$/, '$', 'vvv']],
    ['JSON.MSET {key} $ 1 {key} $ 2', ['JSON.MSET', /^p:s:\d$/, '$', '1', /^p:s:\d$/, '$', '2']],
    ['SETEX {key} {ttl} x', ['SETEX', /^p:s:\d$/, '60', 'x']],
    [
      'XREADGROUP GROUP g c STREAMS {stream} >',
      ['XREADGROUP', 'GROUP', 'g', 'c', 'STREAMS', /^p:x:\d$/, '>'],
    ],
  ])('makes %j', (text, expected) => {
    const made = argumentsOf(text)
    expect(made).toHaveLength(expected.length)
    for (const [index, part] of expected.entries())
      expect(made[index]).toEqual(typeof part === 'string' ? part : expect.stringMatching(part))
  })

  it('means the same key by {same}, as a key or as its number', () => {
    for (let time = 0; time < 20; time++) {
      const [, first, , second, third] = argumentsOf(
        'MSET user:{key}:a {same} {same} {value}'.replace('{same} {same}', 'x {same}'),
      )
      expect(second).toBe(first)
      expect(third).toBe('vvv')
    }
    const [, key, number] = argumentsOf('SET {key} {same}')
    expect(key).toBe(`p:s:${number}`)
  })

  it('knows the keys it names', () => {
    expect(compile('MSET {key} 1 fixed 2 b:{key 0..4}:x 3 s:{uuid} 4').keys).toEqual([
      { before: 'p:s:', after: '', count: 10 },
      'p:fixed',
      { before: 'p:b:', after: ':x', count: 5 },
      undefined,
    ])
  })

  it('draws afresh each time', () => {
    const { next } = compile('SET {key} {int 0..1000000}')
    expect(new Set(Array.from({ length: 50 }, () => next())).size).toBe(50)
  })
})
