import { describe, expect, it } from 'vitest'
import { describeProblem } from '../../src/model/errors.ts'

describe('describeProblem', () => {
  it('says where, what and what to do, as far as that is known', () => {
    expect(describeProblem({ path: 'load.clients', message: 'is wrong' })).toBe('load.clients: is wrong')
    expect(describeProblem({ path: '', where: 'p.yaml:1:2', message: 'is wrong', hint: 'do this' })).toBe(
      'p.yaml:1:2: is wrong (do this)',
    )
  })

  it('is one line of bounded length, whatever the user wrote', () => {
    expect(describeProblem({ path: 'a\nb', message: 'got "\u001b[2J\u009b"' })).toBe(
      'a\\nb: got "\\u001b[2J\ufffd"',
    )
    expect(describeProblem({ path: '', message: 'x'.repeat(5000) })).toHaveLength(2001)
  })
})
