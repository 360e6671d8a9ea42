import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command, folder, start } from '../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'
import { until } from '../e2e/support/until.ts'

describe('redis-test cleanup', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())
  const port = (): string[] => ['--port', String(server.port)]

  it('removes what a killed run has left, by its journal, and nothing else', async () => {
    const client = server.client()
    const others = ['redis-test', 'redis-test:', 'redis-test:12345678:s:1', 'x:redis-test:s']
    await client.mset(others.flatMap((key) => [key, '1']))
    const journal = join(folder, 'killed.ndjson')
    const running = start([
      ...['run', ...port(), '--target-ops-per-second', '500', '--warmup', '0', '--metrics-port', '0'],
      ...['--journal', journal],
    ])
    await until('keys of the run', async () => ((await client.dbsize()) > 200 ? true : undefined))
    await until('a journal', () => (readFileSync(journal, 'utf8').includes('\n') ? true : undefined))
    running.child.kill('SIGKILL')
    await running.ended
    const left = (await client.dbsize()) - others.length
    const header = JSON.parse(readFileSync(journal, 'utf8').split('\n')[0]!) as { key_prefix: string }
    const trial = await command(['cleanup', journal, '--dry-run'])
    expect(trial.stdout).toBe(`found ${left} keys that begin with ${header.key_prefix}:\n`)
    // The journal says where the run was.
    const { code, stdout } = await command(['cleanup', journal])
    expect([code, stdout]).toEqual([0, `removed ${left} keys that begin with ${header.key_prefix}:\n`])
    expect((await client.keys('*')).toSorted()).toEqual(others.toSorted())
    expect((await command(['cleanup', journal])).stdout).toContain('removed 0 keys')
  })

  it('goes on where it had to stop', async () => {
    const client = server.client()
    await client.flushall()
    const keys = Array.from({ length: 3000 }, (_, index) => `p:0123abcd:s:${index}`)
    await client.mset(['p:0123abcde', 'p:0123abcd', ...keys].flatMap((key) => [key, '1']))
    const args = ['cleanup', ...port(), '--prefix', 'p:0123abcd']
    const first = await command([...args, '--rate', '1000', '--limit', '0.5'])
    expect(first.code).toBe(1)
    expect(first.stderr).toBe(
      'redis-test: there was no time for all of them: call it again, or with a longer --limit\n',
    )
    const removed = Number(/removed (\d+) keys/.exec(first.stdout)?.[1])
    expect(removed).toBeGreaterThanOrEqual(100)
    expect(removed).toBeLessThan(2500)
    const second = await command(args)
    expect([second.code, second.stdout]).toEqual([
      0,
      `removed ${3000 - removed} keys that begin with p:0123abcd:\n`,
    ])
    expect((await client.keys('*')).toSorted()).toEqual(['p:0123abcd', 'p:0123abcde'])
  })

  it('wants to know exactly which keys', async () => {
    const client = server.client()
    await client.flushall()
    await client.mset('app:1', '1', 'other', '2')
    const cases: [string[], string][] = [
      [
        [],
        'cleanup: which keys? (give the journal of the run, or its profile, --run-id and --instance-id, or --prefix)',
      ],
      [['--prefix', ''], '--prefix: an empty prefix is every key (give that of a run)'],
      [
        ['--prefix', 'app'],
        '--prefix: "app" is not the prefix of one run (redis-test:1a2b3c4d) (--yes removes everything that begins with it)',
      ],
      [
        ['--prefix', 'a:12345678', '--limit', 'x'],
        '--limit: expected a number above 0, at most 1000000, got "x"',
      ],
      [
        ['/dev/null'],
        '/dev/null: is not a journal of redis-test (give a file that was written with --journal)',
      ],
    ]
    for (const [args, message] of cases) {
      const { code, stderr } = await command(['cleanup', ...port(), ...args])
      expect([code, stderr]).toEqual([2, `redis-test: ${message}\n`])
    }
    const agreed = await command(['cleanup', ...port(), '--prefix', 'app', '--yes'])
    expect(agreed.stdout).toBe('removed 1 keys that begin with app\n')
    expect(await client.keys('*')).toEqual(['other'])
    const named = await command(['cleanup', ...port(), '--run-id', 'r', '--instance-id', 'i'])
    expect(named.stdout).toMatch(/^removed 0 keys that begin with rw_test:[\da-f]{8}:\n$/)
  })
})

describe('the guard of production', () => {
  it('asks twice, before anybody connects', async () => {
    const { code, stderr } = await command(['run', '--host', 'redis.prod.invalid', '--metrics-port', '0'])
    expect([code, stderr.split('\n').at(-2)]).toEqual([
      2,
      'redis-test: target.host: "redis.prod.invalid" has "prod" in its name (--allow-production puts load on it all the same)',
    ])
    const dry = await command(['run', '--host', 'redis.prod.invalid', '--dry-run', '--allow-production'])
    expect(dry.code).toBe(3)
  })

  it('refuses a command that reaches beyond the keys of the run', async () => {
    const server = await startRedis()
    try {
      const args = ['run', '--port', String(server.port), '--metrics-port', '0', '--duration', '1']
      const refused = await command([...args, '--operations', 'FLUSHALL'])
      expect(refused.code).toBe(2)
      expect(refused.stderr).toContain('--allow-dangerous permits it')
    } finally {
      await server.stop()
    }
  })
})
