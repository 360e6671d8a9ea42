import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReplyGuard } from '../../src/redis/reply-guard.ts'

const CAP = 10_000

/** What a guard lets through of a text that comes in pieces, and what it has against the rest. */
function passed(
  pieces: readonly string[],
  { owed = Number.POSITIVE_INFINITY, isListener = false, onlyMessages = false, cap = CAP } = {},
): { text: string; violation: string | undefined } {
  const guard = new ReplyGuard(cap)
  guard.bind({ repliesOwed: () => owed, isListener, getsOnlyMessages: () => onlyMessages })
  const text = pieces.map((piece) => guard.admit(Buffer.from(piece, 'latin1')).toString('latin1')).join('')
  return { text, violation: guard.violation }
}

const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`
const line = fc.string({ unit: 'binary-ascii', maxLength: 20 }).map((text) => text.replaceAll(/[\r\n]/g, ' '))
const frame = fc.letrec<{ frame: string }>((tie) => ({
  frame: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    line.map((text) => `+${text}\r\n`),
    line.map((text) => `-ERR ${text}\r\n`),
    fc.integer().map((number) => `:${number}\r\n`),
    fc.string({ unit: 'binary-ascii', maxLength: 200 }).map(bulk),
    fc.constantFrom(
      '$-1\r\n',
      '*-1\r\n',
      '_\r\n',
      '#t\r\n',
      '#f\r\n',
      ',1.5\r\n',
      ',inf\r\n',
      '(123\r\n',
      '=7\r\ntxt:abc\r\n',
      '!5\r\nERR x\r\n',
      '$0\r\n\r\n',
    ),
    fc
      .tuple(fc.constantFrom('*', '~'), fc.array(tie('frame'), { maxLength: 4 }))
      .map(([type, items]) => `${type}${items.length}\r\n${items.join('')}`),
    fc
      .array(fc.tuple(tie('frame'), tie('frame')), { maxLength: 3 })
      .map((items) => `%${items.length}\r\n${items.flat().join('')}`),
  ),
})).frame

/** Cuts a text at random places. */
const inPieces = (text: string): fc.Arbitrary<string[]> =>
  fc.array(fc.nat(text.length), { maxLength: 8 }).map((cuts) => {
    const places = [0, ...cuts.toSorted((a, b) => a - b), text.length]
    return places.slice(1).map((end, index) => text.slice(places[index], end))
  })

describe('ReplyGuard', () => {
  it('lets every well-formed reply through, whole, however it is cut', () => {
    fc.assert(
      fc.property(
        fc
          .array(frame, { maxLength: 5 })
          .chain((frames) => fc.tuple(fc.constant(frames), inPieces(frames.join('')))),
        ([frames, pieces]) => {
          const text = frames.join('')
          fc.pre(frames.every((one) => one.length < CAP / 4))
          expect(passed(pieces, { owed: frames.length })).toEqual({ text, violation: undefined })
        },
      ),
      { numRuns: 2000 },
    )
  })

  it('never hands on a reply that nobody waits for, nor a part of it', () => {
    fc.assert(
      fc.property(
        fc
          .array(frame, { minLength: 2, maxLength: 5 })
          .chain((frames) => fc.tuple(fc.constant(frames), fc.nat(frames.length - 1))),
        ([frames, owed]) => {
          const { text, violation } = passed([frames.join('')], { owed })
          expect({ text, violation }).toEqual({ text: frames.slice(0, owed).join(''), violation: 'protocol' })
        },
      ),
    )
  })

  it('holds the end of a reply back until it is complete: the decoder would not wait', () => {
    const guard = new ReplyGuard(CAP)
    const admit = (text: string): string => guard.admit(Buffer.from(text)).toString()
    expect(['$-', '1\r', '\n', '+O', 'K\r', '\n:1', '\r\n'].map(admit)).toEqual([
      '',
      '',
      '$-1\r\n',
      '',
      '',
      '+OK\r\n',
      ':1\r\n',
    ])
    expect(['$5\r\nab', 'cde', '\r', '\n'].map(admit)).toEqual(['$5\r\nab', 'cd', '', 'e\r\n'])
    expect(['*2\r\n:1\r\n', '_', '\r\n'].map(admit)).toEqual(['*2\r\n:1\r\n', '', '_\r\n'])
    expect(['$0\r\n', '\r\n'].map(admit)).toEqual(['', '$0\r\n\r\n'])
    expect(guard.violation).toBeUndefined()
  })

  it.each([
    ['twelve bytes that ask for 268 MB', '*33554431\r\n', 'reply_too_large'],
    ['lists in lists', '*1000\r\n'.repeat(20), 'reply_too_large'],
    ['a map', '%2000\r\n', 'reply_too_large'],
    ['a text', '$10000\r\n', 'reply_too_large'],
    ['a line without end', `+${'x'.repeat(CAP)}`, 'reply_too_large'],
    ['a deep nest', '*1\r\n'.repeat(65), 'protocol'],
    ['a negative length', '$-2\r\n', 'protocol'],
    ['no number', '*x\r\n', 'protocol'],
    ['no length', '$\r\n', 'protocol'],
    ['a length with eleven digits', '$00000000001\r\n', 'protocol'],
    ['null where there is none', '~-1\r\n', 'protocol'],
    ['a text that is longer', '$1\r\nab\r\n', 'protocol'],
    ['a carriage return alone', '+a\rb\r\n', 'protocol'],
    ['an attribute', '|1\r\n', 'protocol'],
    ['a stream', '*?\r\n', 'protocol'],
    ['a boolean', '#true\r\n', 'protocol'],
    ['null with something behind it', '_x\r\n', 'protocol'],
    ['a verbatim text without its kind', '=3\r\nabc\r\n', 'protocol'],
    ['another protocol', 'HTTP/1.1 400 Bad Request\r\n', 'protocol'],
  ])('refuses %s, and lets through what was before', (_, text, violation) => {
    expect(passed([`+OK\r\n:5\r\n${text}`])).toEqual({ text: '+OK\r\n:5\r\n', violation })
  })

  it('lets nothing through once something was wrong', () => {
    expect(passed(['+OK\r\n', '?', '+OK\r\n'])).toEqual({ text: '+OK\r\n', violation: 'protocol' })
  })

  it('takes a reply that is as large as it may be', () => {
    const largest = bulk('x'.repeat(CAP - 9))
    expect(passed([largest.repeat(3)]).violation).toBeUndefined()
    expect(passed([bulk('x'.repeat(CAP - 3))]).violation).toBe('reply_too_large')
  })

  describe('of pushes', () => {
    const push = (...elements: string[]): string => `>${elements.length}\r\n${elements.join('')}`
    const [word, channel, one] = [bulk('message'), bulk('c'), ':1\r\n']

    it.each([
      [push(bulk('invalidate'), '_\r\n'), undefined],
      [push(bulk('MOVING'), one, one, bulk('a:1')), undefined],
      ['>0\r\n', undefined],
      [push('_\r\n'), 'protocol'],
      [push('$-1\r\n'), 'protocol'],
      [push(word, channel, bulk('hello')), undefined],
      [push(word), 'protocol'],
      [push(word, channel, one), 'protocol'],
      [push(word, '_\r\n', bulk('hello')), 'protocol'],
      [push(`*1\r\n${word}`), 'protocol'],
      [push(bulk('pmessage'), channel, channel), 'protocol'],
      [push(bulk('sunsubscribe'), channel, ':0\r\n'), undefined],
      [push(bulk('subscribe'), channel, one), 'protocol'],
    ])('%j on a connection that only asks: %s', (text, violation) => {
      expect(passed([text], { owed: 0 }).violation).toBe(violation)
    })

    it.each([
      [push(bulk('subscribe'), channel, one), undefined],
      [push(bulk('subscribe')), 'protocol'],
      [push(bulk('subscribe'), '_\r\n', one), 'protocol'],
      [`*3\r\n${bulk('subscribe')}${channel}${one}`, undefined],
      [`*3\r\n${word}${channel}${bulk('x')}`, undefined],
      ['*0\r\n', 'protocol'],
      ['*-1\r\n', 'protocol'],
      ['*1\r\n_\r\n', 'protocol'],
      ['*1\r\n$1\r\nx\r\n', 'protocol'],
      ['_\r\n', 'protocol'],
      [':5\r\n', 'protocol'],
      ['-NOPERM x\r\n', undefined],
    ])('%j on one that subscribes: %s', (text, violation) => {
      expect(passed(text.split(''), { isListener: true, onlyMessages: true }).violation).toBe(violation)
    })
  })
})
