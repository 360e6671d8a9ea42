import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { basename, join, sep } from 'node:path'
import { output } from './run.ts'
import { ROOT } from './tools.ts'

const NOT_SOURCE = new Set(['.git', 'node_modules', 'dist', '.env'])

/**
 * A copy of the working tree as a fresh clone would have it: the stack is started there, so that nobody's `.env` takes
 * part in a test or is written by it.
 */
export async function makeCheckout(folder: string): Promise<string> {
  mkdirSync(folder)
  if (existsSync(join(ROOT, '.git'))) {
    const copy = `git ls-files -z --cached --others --exclude-standard | tar --null --ignore-failed-read -T - -c | tar -x -C "$0"`
    await output(['sh', '-c', copy, folder], { cwd: ROOT })
    return folder
  }
  cpSync(ROOT, folder, {
    recursive: true,
    filter: (path) => !NOT_SOURCE.has(basename(path)) && !path.includes(`${sep}node_modules${sep}`),
  })
  return folder
}
