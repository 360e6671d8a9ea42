import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { planOf } from '../support/plan.ts'
import { problemsOf } from '../support/problems.ts'

const folder = mkdtempSync(join(tmpdir(), 'password-file-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (text: string): string => {
  const path = join(folder, 'password')
  writeFileSync(path, text)
  return path
}

describe('a password in a file', () => {
  it.each([
    ['geheim\n', 'geheim'],
    ['geheim\r\n', 'geheim'],
    ['geheim', 'geheim'],
    [' two words \n\n', ' two words \n'],
  ])('%j is %j', (text, password) => {
    const { secrets, plan, origins } = planOf({ 'target.password_file': file(text) })
    expect(secrets.password).toBe(password)
    expect(plan.target.password).toBe('***')
    expect(origins.get('target.password')).toBe('flag --target.password_file')
  })

  it('gives way to a password of a higher rank, and wins over one of a lower', () => {
    const path = file('from-file')
    const byFlag = planOf({ 'target.password': 'by-flag' }, { environment: { REDIS_PASSWORD_FILE: path } })
    expect(byFlag.secrets.password).toBe('by-flag')
    const environment = { REDIS_PASSWORD: 'by-variable' }
    expect(planOf({ 'target.password_file': path }, { environment }).secrets.password).toBe('from-file')
    const url = planOf({ 'target.password_file': path }, { environment: { REDIS_URL: 'redis://:url@h' } })
    expect(url.secrets.password).toBe('from-file')
  })

  it('is a mistake when it is not one password', () => {
    const environment = { REDIS_PASSWORD: 'one', REDIS_PASSWORD_FILE: file('two') }
    expect(problemsOf(() => planOf({}, { environment }))).toEqual([
      'environment REDIS_PASSWORD_FILE: target.password_file: there is a password as well (environment REDIS_PASSWORD) (give one of the two)',
    ])
    expect(problemsOf(() => planOf({ 'target.password_file': file('\n') }))[0]).toContain('is empty')
    expect(problemsOf(() => planOf({ 'target.password_file': '/nowhere/p' }))[0]).toContain(
      'cannot read /nowhere/p: ENOENT',
    )
    expect(problemsOf(() => planOf({ 'target.password_file': file('x'.repeat(70_000)) }))[0]).toContain(
      'too large',
    )
  })
})
