import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const PRIVATE = 0o700
/** A path of a socket has room for about a hundred bytes. */
const LONGEST_NAME = 48

/** The folder of this user for what lives as long as a run. Throws when it cannot be had, or is not ours alone. */
export function runtimeFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const given = environment['XDG_RUNTIME_DIR']
  const user = process.getuid?.() ?? 0
  const folder =
    given === undefined || given === '' ? join(tmpdir(), `redis-test-${user}`) : join(given, 'redis-test')
  mkdirSync(folder, { recursive: true, mode: PRIVATE })
  const stats = lstatSync(folder)
  if (!stats.isDirectory()) throw new Error(`${folder} is no folder`)
  if (stats.uid !== user) throw new Error(`${folder} belongs to somebody else`)
  if ((stats.mode & 0o077) !== 0) chmodSync(folder, PRIVATE)
  return folder
}

/** A name of a file that belongs to a run. */
export function fileNameOf(runId: string): string {
  const isPlain = /^[\w.-]+$/.test(runId) && runId.length <= LONGEST_NAME
  return isPlain ? runId : createHash('sha256').update(runId).digest('hex').slice(0, LONGEST_NAME)
}
