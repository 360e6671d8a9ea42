import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { systemReason, UsageError } from '../model/errors.ts'
import { type Profile, parseProfile } from './profile.ts'
import { suggest } from './suggest.ts'

const EXTENSION = '.yaml'

/** Names of the profiles in a folder, sorted. */
export function listProfiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => basename(file, EXTENSION))
    .toSorted()
}

/** A profile's text and where it came from. */
export interface ProfileText {
  readonly text: string
  readonly fileName: string
}

/**
 * Finds a profile by name, in which - and _ are the same, or by path when it looks like one. Throws a
 * {@link UsageError} when there is none.
 */
export function findProfile(nameOrPath: string, folder: string): ProfileText {
  const isPath = /[/\\]|\.ya?ml$/.test(nameOrPath)
  if (isPath) return { text: readProfile(nameOrPath), fileName: nameOrPath }
  const names = listProfiles(folder)
  const found = names.find((name) => normalize(name) === normalize(nameOrPath))
  if (found === undefined)
    throw new UsageError([
      {
        path: '--workload-profile',
        message: `there is no profile ${JSON.stringify(nameOrPath)}`,
        hint:
          suggest(normalize(nameOrPath), names) ??
          `there are ${names.join(', ')}; a path such as ./my.yaml works too`,
      },
    ])
  const fileName = `${found}${EXTENSION}`
  return { text: readFileSync(join(folder, fileName), 'utf8'), fileName }
}

/** Finds, parses and checks a profile. */
export function loadProfile(nameOrPath: string, folder: string, operationNames: readonly string[]): Profile {
  const { text, fileName } = findProfile(nameOrPath, folder)
  return parseProfile(text, fileName, operationNames)
}

function readProfile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const reason = existsSync(path) ? systemReason(error) : 'no such file'
    throw new UsageError([{ path: '', where: path, message: reason, hint: 'check the path of the profile' }])
  }
}

function normalize(name: string): string {
  return name.replaceAll('-', '_').toLowerCase()
}
