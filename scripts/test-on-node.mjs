// Runs the tests on another version of Node.js, from the npm package `node`: node scripts/test-on-node.mjs 24
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const [major] = process.argv.slice(2)
if (!/^\d+$/.test(major ?? '')) {
  console.error('usage: node scripts/test-on-node.mjs MAJOR')
  process.exit(2)
}
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = mkdtempSync(join(tmpdir(), 'redis-test-node-'))

function run(command, args, options) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', ...options })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`)
}

try {
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, `node@${major}`])
  const node = join(folder, 'node_modules/node/bin/node')
  run(node, ['--version'])
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` }
  run(node, [join(root, 'node_modules/vitest/vitest.mjs'), 'run'], { cwd: root, env })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
