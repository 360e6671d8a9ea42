import { expect, it } from 'vitest'
import { hasTerminal } from '../../src/cli/foreground.ts'

it.each([
  ['the group in the foreground', '42 (node) S 1 42 7 34816 42 4194304 1 2', true],
  ['another one', '42 (node) S 1 42 7 34816 77 4194304 1 2', false],
  ['a name like a line of its own', '42 (a) S 1 9) S 1 42 7 34816 42 4194304 1 2', true],
  ['no terminal at all', '42 (node) S 1 42 7 0 -1 4194304 1 2', true],
  ['nothing of the kind', 'x', true],
])('%s', (_, stat, expected) => {
  expect(hasTerminal(stat)).toBe(expected)
})
