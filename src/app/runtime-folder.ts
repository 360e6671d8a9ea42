import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunPlan } from '../model/plan.ts'

const PRIVATE = 0o700
/** A path of a socket has room for about a hundred bytes. */
const LONGEST_NAME = 36

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

/** A name of a file that belongs to a run: its id, as far as there is room, and what tells it from all others. */
export function fileNameOf({ run_id, instance_id }: RunPlan['identity']): string {
  const tag = createHash('sha256').update(`${run_id}\n${instance_id}`).digest('hex').slice(0, 8)
  return `${run_id.replaceAll(/[^\w.-]/g, '_').slice(0, LONGEST_NAME)}-${tag}`
}
