import { describe, expect, it } from 'vitest'
import { hasColours } from '../../src/cli/terminal.ts'

describe('colours', () => {
  it.each([
    [{ isTTY: true }, {}, true],
    [{ isTTY: true }, { NO_COLOR: '' }, true],
    [{ isTTY: true }, { NO_COLOR: '1' }, false],
    [{ isTTY: true }, { TERM: 'dumb' }, false],
    [{ isTTY: false }, {}, false],
    [{}, {}, false],
  ])('on %j with %j: %s', (stream, environment, expected) => {
    expect(hasColours(stream, environment)).toBe(expected)
  })
})
