import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { output } from './run.ts'
import { CACHE, type Tools } from './tools.ts'

const SUITE = 'bookworm'

/** The real programs behind the stand-in images, and what their entrypoints need. */
const PACKAGES = [
  'busybox',
  'ca-certificates',
  'prometheus',
  'prometheus-alertmanager',
  'prometheus-node-exporter',
  'prometheus-redis-exporter',
  'redis-server',
  'redis-tools',
]

/** Nothing that a container needs, and half of the size. */
const LEFT_OUT = [
  'proc',
  'sys',
  'dev',
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
  'usr/share/javascript',
  'var/cache/apt',
  'var/lib/apt/lists',
]

/** Changes whenever the contents would. */
const rootKey = createHash('sha256')
  .update(JSON.stringify([SUITE, PACKAGES, LEFT_OUT]))
  .digest('hex')
  .slice(0, 12)

/** A Debian root as a tar file; made by debootstrap once, then taken from the cache. */
export async function debianRoot(tools: Tools): Promise<string> {
  const file = join(CACHE, `debian-${SUITE}-${rootKey}.tar`)
  if (existsSync(file)) return file
  mkdirSync(CACHE, { recursive: true })
  const folder = mkdtempSync(join(CACHE, 'debian-'))
  try {
    const root = join(folder, 'root')
    const include = `--include=${PACKAGES.join(',')}`
    await output([tools.debootstrap, '--variant=minbase', include, SUITE, root], { limitMillis: 480_000 })
    const excluded = LEFT_OUT.map((path) => `--exclude=./${path}`)
    await output(['tar', '-C', root, ...excluded, '-cf', join(folder, 'root.tar'), '.'])
    // Renamed when it is whole: an interrupted run leaves nothing that looks ready.
    renameSync(join(folder, 'root.tar'), file)
    return file
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
