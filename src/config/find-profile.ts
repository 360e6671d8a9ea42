import { readdirSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { UsageError } from '../model/errors.ts'
import { insideFolder } from './inside-folder.ts'
import type { SourceFile } from './placed.ts'
import { readText } from './read-text.ts'
import { suggest } from './suggest.ts'

const EXTENSION = '.yaml'

/** Names of the profiles in a folder, sorted. */
export function listProfiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(EXTENSION))
    .map((file) => basename(file, EXTENSION))
    .toSorted()
}

/**
 * Finds a profile by name, in which - and _ are the same, or by path when it looks like one; paths in a file (`from`)
 * start from its folder. Throws a {@link UsageError} when there is none.
 */
export function findProfile(nameOrPath: string, folder: string, from?: SourceFile): SourceFile {
  const isPath = /[/\\]|\.ya?ml$/.test(nameOrPath)
  if (isPath) return readProfile(nameOrPath, from)
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
  return readSource(join(folder, fileName), fileName)
}

function readProfile(path: string, from: SourceFile | undefined): SourceFile {
  if (from === undefined) return readSource(resolve(path), path)
  const inside = insideFolder(from.folder, path)
  if ('path' in inside) return readSource(inside.path, join(dirname(from.fileName), path))
  throw new UsageError([
    { path: '', where: path, message: inside.problem, hint: 'check the path of the profile' },
  ])
}

function readSource(path: string, fileName: string): SourceFile {
  const read = readText(path)
  if ('text' in read) return { text: read.text, fileName, folder: dirname(path) }
  throw new UsageError([
    { path: '', where: fileName, message: read.problem, hint: 'check the path of the profile' },
  ])
}

function normalize(name: string): string {
  return name.replaceAll('-', '_').toLowerCase()
}
