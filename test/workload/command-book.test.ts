import { describe, expect, it } from 'vitest'
import { commandBook } from '../../src/workload/command-book.ts'
import { USUAL_NAMES } from '../../src/workload/registry.ts'

const problemWith = (command: string): string | undefined =>
  commandBook.problemWith(command, { allowDangerous: false })

describe('commandBook', () => {
  it.each(USUAL_NAMES)('can send %s as it usually is', (name) => {
    expect(problemWith(name)).toBeUndefined()
    expect(problemWith(commandBook.templateOf(name))).toBeUndefined()
    expect(commandBook.templateOf(name).split(' ')[0]).toBe(name)
  })

  it.each([
    ['GTE {key}', 'there is no command GTE'],
    ['GETRANGE {key', 'has a { at character 10 that is never closed'],
    ['SET {kye} x', /^there is no placeholder \{kye\}; there are key, same, stream, value, int/],
    ['SET {same} x', '{same} needs a {key} before it'],
    ['SET {key 5..9} x', '{key 5..9}: a range of keys begins with 0'],
    ['SET {key} {int}', '{int} needs a range such as {int 0..99}'],
    ['SET {key} {int 9..1}', '"9..1" is not a range such as 0..99'],
    ['SET {key} {value huge}', '{value huge}: not a size such as 100 or 64..128'],
    ['SET {key} {now h}', '{now h}: the unit is s, ms or us'],
    ['SET {key} {choice}', '{choice} needs words: {choice red|green|blue}'],
    [
      'LMPOP {int 1..2} {key} {key} LEFT',
      'LMPOP: argument 1 is the number of keys, written out, and as many follow',
    ],
    ['EVAL "return 1" 2 {key}', 'EVAL: argument 2 is the number of keys, written out, and as many follow'],
    ['ZUNIONSTORE', 'ZUNIONSTORE needs its arguments written out, for example "ZUNIONSTORE {key} …"'],
    ['MULTI', 'MULTI cannot be part of a load: use `transaction:` and `watch:`'],
    ['subscribe a', 'SUBSCRIBE cannot be part of a load: use `pubsub.subscribers`'],
    ['SELECT 3', 'SELECT cannot be part of a load: it would change the connection'],
    ['FLUSHALL', 'FLUSHALL reaches beyond the keys of the run: --allow-dangerous permits it'],
  ])('says what is wrong with %j', (command, problem) => {
    if (typeof problem === 'string') expect(problemWith(command)).toBe(problem)
    else expect(problemWith(command)).toMatch(problem)
  })

  it('lets a command through that was asked for, or that a module brings', () => {
    expect(commandBook.problemWith('FLUSHALL', { allowDangerous: true })).toBeUndefined()
    expect(commandBook.isDangerous('flushall async')).toBe(true)
    expect(problemWith('JSON.SET {key} $ {value}')).toBeUndefined()
    expect(
      commandBook.problemWith('SET {same} x', { allowDangerous: false, after: 'GET {key}' }),
    ).toBeUndefined()
  })

  it.each([
    ['get {key}', 'GET'],
    ['xgroup create {stream} g $', 'XGROUP CREATE'],
    ['JSON.SET {key} $ 1', 'JSON.SET'],
    ['OBJECT ENCODING {key}', 'OBJECT ENCODING'],
  ])('names %j %s', (command, name) => {
    expect(commandBook.nameOf(command)).toBe(name)
  })

  it('knows what only reads and what may wait', () => {
    const reading = ['GET', 'get {key}', 'PING', 'XREAD', 'GEOSEARCH', 'SORT_RO {key}']
    expect(reading.filter((command) => !commandBook.isReadOnly(command))).toEqual([])
    expect(
      ['SET', 'GETEX', 'JSON.GET x', 'XREADGROUP'].filter((command) => commandBook.isReadOnly(command)),
    ).toEqual([])
    const waiting = [
      'BLPOP {key} 1',
      'BZPOPMIN',
      'XREAD BLOCK 5 STREAMS {stream} $',
      'xreadgroup GROUP g c BLOCK 5 STREAMS {stream} >',
    ]
    expect(waiting.filter((command) => !commandBook.isBlocking(command))).toEqual([])
    expect(
      ['LPOP', 'XREAD', 'XREADGROUP GROUP g c STREAMS {stream} >'].filter((command) =>
        commandBook.isBlocking(command),
      ),
    ).toEqual([])
  })
})
