import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listProfiles } from '../../src/config/find-profile.ts'
import { EXIT_CODE_HELP } from '../../src/cli/exit-codes.ts'
import { command, folder, profile, ROOT, run } from './support/command-line.ts'
import { startRedis, type TestServer } from './support/redis-server.ts'

let server: TestServer
let target: string[]
beforeAll(async () => {
  server = await startRedis()
  target = ['--port', String(server.port)]
})
afterAll(() => server.stop())

describe('redis-test', () => {
  it('explains its exit codes', async () => {
    const { code, stdout } = await command(['--help'])
    expect(code).toBe(0)
    for (const [exitCode, meaning] of EXIT_CODE_HELP)
      expect(stdout).toContain(`${String(exitCode).padEnd(4)} ${meaning}`)
  })

  it('knows its version', async () => {
    expect((await command(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it.each([
    [['bogus'], /^redis-test: unknown command 'bogus'; see redis-test --help\n$/],
    [
      ['run', '--durration', '3'],
      /^redis-test: unknown option '--durration' \(Did you mean --duration\?\); see redis-test run --help\n$/,
    ],
    [
      ['run', '-w', 'basic_rv'],
      /^redis-test: --workload-profile: there is no profile "basic_rv" \(did you mean basic_rw\?.*\)\n$/,
    ],
    [
      ['report', '/nowhere/j.ndjson'],
      /^redis-test: \/nowhere\/j\.ndjson: cannot be read: ENOENT \(check the path\)\n$/,
    ],
    [
      ['run', '--output-file', '/proc/nope/r.json', '--metrics-port', '0'],
      /^redis-test: output\.file: cannot write \/proc\/nope\/r\.json: ENOENT \(choose another path\)\n$/,
    ],
    [
      ['run', '--journal', '/proc/nope/j', '--metrics-port', '0', '--log-level', 'warn'],
      /^redis-test: output\.journal: cannot write \/proc\/nope\/j: ENOENT \(choose another path\)\n$/,
    ],
  ])('says in one line what is wrong with %j', async (args, message) => {
    const { code, stderr, stdout } = await command(args)
    expect(stderr).toMatch(message)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('says everything that is wrong at once', async () => {
    const { code, stderr } = await command(['run', '--port', 'x', '--duration', '-1', '--threads', '0'])
    expect(code).toBe(2)
    expect(
      stderr
        .trim()
        .split('\n')
        .map((line) => /flag (--\w+)/.exec(line)?.[1]),
    ).toEqual(['--port', '--threads', '--duration'])
  })

  it('points at each mistake in a profile', async () => {
    const file = profile(
      'wrong',
      `load:
  clients: many
  warmpu: 3s
operations:
  - command: SETT
  - command: GET
    weight: -1
faults:
  - kind: client-kil
`,
    )
    for (const args of [
      ['profiles', 'validate', file],
      ['run', '-w', file],
    ]) {
      const { code, stderr } = await command(args)
      expect(code).toBe(2)
      const places = stderr
        .trim()
        .split('\n')
        .map((line) => /\.yaml:(\d+):\d+: ([\w.]+):/.exec(line)?.slice(1).join(' '))
      expect(places).toEqual([
        '4 load.clients',
        '5 load.warmpu',
        '7 operations.0.command',
        '9 operations.1.weight',
        '11 faults.0.kind',
      ])
      expect(stderr).toContain('did you mean warmup?')
    }
  })

  it('says where a server is not', async () => {
    const { code, stderr } = await command([
      'run',
      '--port',
      '1',
      '--metrics-port',
      '0',
      '--log-level',
      'warn',
    ])
    expect(code).toBe(3)
    expect(stderr).toMatch(
      /^redis-test: cannot connect to 127\.0\.0\.1:1: ECONNREFUSED \(nothing listens there: .*\)\n$/,
    )
  })

  it('does not start when its metrics port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const { port } = taken.address() as { port: number }
    const { code, stderr } = await command(['run', ...target, '--metrics-port', String(port)])
    taken.close()
    expect(code).toBe(2)
    expect(stderr).toMatch(new RegExp(`^redis-test: .*${port}.*--metrics-port.*\\n$`))
  })
})

describe('the plan', () => {
  it('comes from flags, environment, profile and defaults, in this order, and says so', async () => {
    const file = profile(
      'layers',
      'load:\n  clients: 3\n  threads: 1\nkeys:\n  count: 7\noperations:\n  - command: GET\n',
    )
    const { code, stdout } = await command(['run', '--print-plan', '-w', file, '--clients', '5'], {
      env: { TEST_CLIENTS: '4', TEST_KEY_RANGE: '8', REDIS_PASSWORD: 'hush' },
    })
    expect(code).toBe(0)
    expect(stdout).toContain('  clients: 5 # flag --clients\n')
    expect(stdout).toContain('  count: 8 # environment TEST_KEY_RANGE\n')
    expect(stdout).toContain(`  threads: 1 # profile ${file}:5:12\n`)
    expect(stdout).toContain('  port: 6379 # default\n')
    expect(stdout).toContain('  password: "***" # environment REDIS_PASSWORD\n')
    expect(stdout).not.toContain('hush')
  })

  it('reads a .env file where the command is run', async () => {
    const cwd = join(folder, 'with-env')
    mkdirSync(cwd)
    writeFileSync(join(cwd, '.env'), 'TEST_CLIENTS=6\n# a comment\nAPP_NAME="from-env"\n')
    const { stdout } = await command(['run', '--print-plan'], { cwd })
    expect(stdout).toContain('  clients: 6 # environment TEST_CLIENTS\n')
    expect(stdout).toContain('  app_name: from-env # environment APP_NAME\n')
  })
})

describe('what is wrong with a place', () => {
  it('is said before any load', async () => {
    const taken = await command([...['run', '--output-file', ROOT, '--duration', '1'], ...target.slice(0, 2)])
    expect([taken.code, taken.stderr]).toEqual([2, expect.stringContaining('is a folder')])
    const absent = await command(['check', ...target.slice(0, 2), '--db', '9999'])
    expect([absent.code, absent.stdout]).toEqual([3, ''])
    const broken = await command(['run', '--url', 'redis://u:100%@127.0.0.1:1', '--duration', '1'])
    expect(broken.code).toBe(2)
    expect(broken.stderr).not.toContain('100%@')
  })
})

describe('profiles', () => {
  const names = listProfiles(join(ROOT, 'workloads'))

  it('are listed, shown and validated', async () => {
    const { stdout } = await command(['profiles', 'list'])
    for (const name of names) expect(stdout).toMatch(new RegExp(`^${name} `, 'm'))
    expect((await command(['profiles', 'show', 'cache-aside'])).stdout).toContain('name: cache_aside')
    const files = names.map((name) => join(ROOT, 'workloads', `${name}.yaml`))
    const { code, stdout: verdict } = await command(['profiles', 'validate', ...files])
    expect(verdict.match(/: ok, profile /g)).toHaveLength(names.length)
    expect(code).toBe(0)
  })

  // All of them run in the long tier (npm run test:long), for ten seconds each.
  it.each(['basic_rw', 'high_throughput', 'transaction_heavy', 'cache_aside', 'job_queue', 'rate_limiter'])(
    '%s runs',
    async (name) => {
      const { code, result } = await run([...target, '-w', name, '--duration', '1', '--warmup', '200ms'])
      expect(code).toBe(0)
      expect(result.workload_name).toBe(name)
      expect(result.totals.ok).toBeGreaterThan(500)
      expect(result.totals.failed + result.totals.indeterminate).toBe(0)
      expect(result.audit.server.status).toBe('ok')
    },
  )
})
