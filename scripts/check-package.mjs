// Packs the package, installs it globally into a folder of its own, and runs it from somewhere else, as a user would.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = mkdtempSync(join(tmpdir(), 'redis-test-package-'))

function run(command, args, options = {}) {
  const { status, stdout } = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${stdout}`)
  return stdout
}

try {
  const [{ filename, files }] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root }),
  )
  console.log(`${filename}: ${files.length} files`)
  const prefix = join(folder, 'global')
  run('npm', ['install', '--global', '--no-audit', '--no-fund', '--prefix', prefix, join(folder, filename)])
  const program = join(prefix, 'bin/redis-test')
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  if (run(program, ['--version']).trim() !== version) throw new Error('another version')
  if (!run(program, ['profiles', 'list']).includes('reconnect-storm'))
    throw new Error('the profiles are missing')
  const result = join(folder, 'result.json')
  const load = ['--target-ops-per-second', '500', '--duration', '2', '--metrics-port', '0']
  const page = join(folder, 'report.html')
  run(program, ['run', '--embedded-redis', ...load, '--output-file', result, '--html', page])
  if (!readFileSync(page, 'utf8').includes('redisTestCharts')) throw new Error('the report has no scripts')
  const { totals, audit } = JSON.parse(readFileSync(result, 'utf8'))
  if (totals.ok !== 1000 || audit.server.status !== 'ok') throw new Error(JSON.stringify({ totals, audit }))
  // Profiles need an optional package, which is not there: one clear line, and no load.
  const args = [
    'run',
    '--embedded-redis',
    '--metrics-port',
    '0',
    '--pyroscope-server-address',
    'http://127.0.0.1:1',
  ]
  const refused = spawnSync(program, args, { cwd: folder, encoding: 'utf8' })
  if (refused.status !== 2 || !refused.stderr.includes('npm install @pyroscope/nodejs'))
    throw new Error(`without @pyroscope/nodejs: ${refused.status} ${refused.stderr}`)
  console.log('installed globally it runs, with its profiles and an embedded server')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
