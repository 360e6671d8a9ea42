import { type Problem, UsageError } from '../model/errors.ts'
import { SETTINGS } from './settings.ts'
import type { FileEntry } from './sources.ts'
import { suggest } from './suggest.ts'

/** Reads `key=value;key=value`; keys are those of settings, or the names of their flags. Values are checked later. */
export function parseOverride(text: string, where: string): Map<string, FileEntry> {
  const problems: Problem[] = []
  const settings = new Map<string, FileEntry>()
  for (const part of text.split(';').filter((one) => one.trim() !== '')) {
    const [name = '', ...rest] = part.split('=')
    const key = keyOf(name.trim())
    if (key === undefined || rest.length === 0) problems.push(problemOf(part, name.trim(), where))
    else settings.set(key, { input: rest.join('=').trim(), where: `${where} ${name.trim()}` })
  }
  if (problems.length > 0) throw new UsageError(problems)
  return settings
}

function keyOf(name: string): string | undefined {
  return SETTINGS.find(({ key, flags }) => key === name || flags.includes(`--${name.replace(/^--/, '')}`))
    ?.key
}

function problemOf(part: string, name: string, where: string): Problem {
  if (!part.includes('='))
    return { path: where, message: `${JSON.stringify(part)} is no setting`, hint: 'write name=value' }
  const known = SETTINGS.map(({ key }) => key)
  const hint = suggest(name, known) ?? 'docs/settings.md lists them'
  return { path: where, message: `there is no setting ${JSON.stringify(name)}`, hint }
}
