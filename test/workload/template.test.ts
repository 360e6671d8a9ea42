import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTemplate, TemplateError } from '../../src/workload/template.ts'

/** Back to text, so that a test can be read. */
function shown(text: string): string[] {
  return parseTemplate(text).map((parts) =>
    parts
      .map((part) =>
        'text' in part
          ? part.text
          : `<${part.placeholder}${part.argument === '' ? '' : ` ${part.argument}`}>`,
      )
      .join(''),
  )
}

describe('parseTemplate', () => {
  it.each([
    ['PING', ['PING']],
    ['  SET   {key}\t{value}\n', ['SET', '<key>', '<value>']],
    ['ZADD board:{key} {int 0..1000} {member}', ['ZADD', 'board:<key>', '<int 0..1000>', '<member>']],
    ['SET {key users 0..9}:name x', ['SET', '<key users 0..9>:name', 'x']],
    ['SET a "two words\\n\\"\\x00\\\\"', ['SET', 'a', 'two words\n"\0\\']],
    ["SET a 'it is {not} a \\ placeholder'", ['SET', 'a', 'it is {not} a \\ placeholder']],
    ['SET {{tag}}:{key} ""', ['SET', '{tag}:<key>', '']],
    ['MSET ({key} {value})*2', ['MSET', '<key>', '<value>', '<key>', '<value>']],
    ['X ((a)*2 b)*2 c', ['X', 'a', 'a', 'b', 'a', 'a', 'b', 'c']],
    [
      'EVAL "return redis.call(\'GET\', KEYS[1])" 1 {key}',
      ['EVAL', "return redis.call('GET', KEYS[1])", '1', '<key>'],
    ],
    ['SET a f(x)', ['SET', 'a', 'f(x)']],
    ['SET a "\\xff"', ['SET', 'a', '\xff']],
    ['SET a ü', ['SET', 'a', Buffer.from('ü').toString('latin1')]],
    ['SET a à', ['SET', 'a', Buffer.from('à').toString('latin1')]],
  ])('reads %j', (text, args) => {
    expect(shown(text)).toEqual(args)
  })

  it.each([
    ['', 'is empty'],
    ['   ', 'is empty'],
    ['{key}', 'must begin with the name of a command'],
    ['GET {key', 'has a { at character 5 that is never closed'],
    ['GET key}', 'has a } without a { at character 8; }} stands for a brace'],
    ['SET a "b', 'has a " at character 7 that is never closed'],
    ["SET a 'b", "has a ' at character 7 that is never closed"],
    ['SET a "\\xg0"', '\\x needs two hexadecimal digits'],
    ['MSET ({key} {value}', 'a ( is never closed'],
    ['MSET ({key} {value})', 'after ) comes *n, how often the arguments are repeated'],
    ['MSET ({key} {value})*x', 'after ) comes *n, how often the arguments are repeated'],
    ['DEL ({key})*10001', 'has more than 10000 arguments'],
    ['DEL ((({key})*100)*100)*100', 'has more than 10000 arguments'],
    ['A (((((a)*1)*1)*1)*1)*1', 'nests ( ) too deep'],
    [`SET a ${'x'.repeat(65_536)}`, 'is longer than 65536 characters'],
  ])('does not read %j', (text, message) => {
    expect(() => parseTemplate(text)).toThrow(new TemplateError(message))
  })

  it('reads or refuses whatever it is given', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '(',
      ')',
      '*',
      '2',
      '"',
      "'",
      '\\',
      ' ',
      'a',
      'key',
      'ü',
      '\0',
      '\n',
    )
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        try {
          expect(parseTemplate(parts.join('')).length).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
