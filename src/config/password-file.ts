import { type Problem, systemReason } from '../model/errors.ts'
import { readBounded } from './read-text.ts'
import { RANK, type Resolved } from './sources.ts'

const LARGEST_PASSWORD_BYTES = 65_536

/** Reads the password from the file that holds it. Naming it in two ways at once is a problem, not a guess. */
export function applyPasswordFile(resolved: Resolved, problems: Problem[]): void {
  const file = resolved.get('target.password_file')!
  const password = resolved.get('target.password')!
  const path = file.value
  if (typeof path !== 'string' || password.rank > file.rank) return
  const complain = (message: string, hint: string): void => {
    problems.push({ path: 'target.password_file', where: file.origin, message, hint })
  }
  if (password.rank === file.rank && password.rank !== RANK.default) {
    complain(`there is a password as well (${password.origin})`, 'give one of the two')
    return
  }
  try {
    const bytes = readBounded(path, LARGEST_PASSWORD_BYTES, { mayBePipe: true })
    if (bytes === 'not a file') return complain(`${path} is not a file`, 'check the path')
    if (bytes === 'too large') return complain(`${path} is too large for a password`, 'check the path')
    const value = withoutNewline(bytes.toString('utf8'))
    if (value === '') complain(`${path} is empty`, 'write the password into it')
    else resolved.set('target.password', { value, rank: file.rank, origin: file.origin })
  } catch (error) {
    complain(`cannot read ${path}: ${systemReason(error)}`, 'check the path')
  }
}

/** Editors and `echo` put one newline after a password that is not part of it. */
export function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, '')
}
