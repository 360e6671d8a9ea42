import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Redis } from 'ioredis'
import type { DryRunReport } from '../../src/model/dry-run-report.ts'
import { command, profile, type StartOptions } from '../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'
import { until } from '../e2e/support/until.ts'

const servers: TestServer[] = []
async function serverWith(...args: string[]): Promise<TestServer> {
  const server = await startRedis(...args)
  servers.push(server)
  return server
}
afterAll(async () => {
  for (const server of servers) await server.stop()
})

let server: TestServer
let client: Redis
beforeAll(async () => {
  server = await serverWith()
  client = server.client()
})

const mixed = profile(
  'mixed',
  `operations:
  - command: SET
  - command: GET
  - command: DEL
  - command: EXISTS
  - command: INCR
`,
)

async function dryRun(
  { port }: Pick<TestServer, 'port'>,
  args: readonly string[] = [],
  options: StartOptions = {},
): Promise<{ code: number | null; report: DryRunReport; stderr: string }> {
  const { code, stdout, stderr } = await command(
    [...['run', '--dry-run', '--json', '--port', String(port), '--log-level', 'warn', '-w', mixed], ...args],
    options,
  )
  return { code, stderr, report: (stdout === '' ? {} : JSON.parse(stdout)) as DryRunReport }
}

/** Executed and rejected commands by name, since the last CONFIG RESETSTAT. */
async function commandCounts(redis: Redis): Promise<Record<string, number>> {
  const text = await redis.info('commandstats')
  return Object.fromEntries(
    [...text.matchAll(/cmdstat_([^:]+):calls=(\d+).*?rejected_calls=(\d+)/g)].map(
      ([, name, calls, rejected]) => [name!, Number(calls) + Number(rejected)],
    ),
  )
}

describe('--dry-run', () => {
  it('executes no command of the workload, and leaves nothing behind', async () => {
    await client.flushall()
    await client.config('RESETSTAT')
    const { code, report, stderr } = await dryRun(server, ['--clients', '50'])
    expect(stderr).toBe('')
    expect(code).toBe(0)
    const counts = await commandCounts(client)
    // Eight samples of strings, one of counters.
    expect(counts['set']).toBe(9)
    expect(counts['memory|usage']).toBe(9)
    expect(counts['unlink']).toBe(2)
    expect(counts).not.toHaveProperty('get')
    expect(counts).not.toHaveProperty('del')
    expect(counts).not.toHaveProperty('exists')
    expect(counts).not.toHaveProperty('incr')
    expect(counts['multi']).toBe(1)
    expect(counts['discard']).toBe(1)
    expect(counts).not.toHaveProperty('exec')
    expect(await client.dbsize()).toBe(0)
    expect(report.permissions.every(({ allowed }) => allowed)).toBe(true)
    const names = report.permissions.map(({ command: name }) => name)
    expect(names.toSorted()).toEqual(['CLIENT LIST', 'DEL', 'EXISTS', 'GET', 'INCR', 'INFO', 'SET', 'UNLINK'])
    // One connection alone.
    expect(await client.info('stats')).toContain('total_connections_received:1\r\n')
  })

  it('estimates what a load then takes', async () => {
    await client.flushall()
    const sizes = ['--value-size', '64:3,200..1000:1', '--key-range', '5000']
    const { report } = await dryRun(server, [
      ...sizes,
      '-w',
      profile('sets', 'operations:\n  - command: SET\n'),
    ])
    const [space] = report.key_spaces
    expect(space).toMatchObject({ keys: 5000, element_bytes: 198, overhead_from: 'measured', samples: 8 })
    const usedBefore = Number(/used_memory:(\d+)/.exec(await client.info('memory'))![1])
    const pipeline = client.pipeline()
    for (let key = 0; key < 5000; key++)
      pipeline.set(
        `${space!.pattern.slice(0, -1)}${key}`,
        'x'.repeat(key % 4 === 0 ? (200 + (key * 800) / 5000) | 0 : 64),
      )
    await pipeline.exec()
    const grown = Number(/used_memory:(\d+)/.exec(await client.info('memory'))![1]) - usedBefore
    await client.flushall()
    expect(space!.total_bytes! / grown).toBeGreaterThan(0.85)
    expect(space!.total_bytes! / grown).toBeLessThan(1.15)
  })

  it('reads well', async () => {
    await client.set('of-others', '1')
    const { code, stdout } = await command([
      ...['run', '--dry-run', '--port', String(server.port), '-w', mixed, '--key-range', '100'],
      ...['--target-ops-per-second', '1000', '--duration', '30', '--log-level', 'warn'],
    ])
    await client.del('of-others')
    expect(code).toBe(0)
    expect(stdout).toContain(`dry run       mixed on 127.0.0.1:${server.port}; no load was sent\n`)
    expect(stdout).toMatch(/keys +at most 200\n/)
    expect(stdout).toMatch(
      /100 keys × \(100 bytes of value \+ [\d.]+ bytes of name and overhead, measured on 8/,
    )
    expect(stdout).toMatch(/bandwidth +[\d.]+ KiB\/s sent = 1,000 ops\/s × [\d.]+ bytes\n/)
    expect(stdout).toContain('warning       there is 1 key of others on this server\n')
    expect(stdout).toContain('warning       1 other client is connected')
    expect(stdout.endsWith('\nit can run\n')).toBe(true)
  })

  it('works on a server of its own', async () => {
    const { code, stdout } = await command(['run', '--dry-run', '--json', '--embedded-redis', '-w', mixed])
    expect(code).toBe(0)
    expect((JSON.parse(stdout) as DryRunReport).warnings).toEqual([])
  })

  it('warns of too little room', async () => {
    const small = await serverWith('--maxmemory', '3mb', '--maxclients', '32')
    const { code, report } = await dryRun(small, ['--key-range', '20000', '--clients', '28'])
    expect(code).toBe(0)
    expect(report.warnings.join('\n')).toMatch(/of 3\.00 MiB \(maxmemory\): writes will fail with OOM/)
    expect(report.warnings.join('\n')).toMatch(/with 28 connections 29 of at most 32 clients are connected/)
    const tooMany = await dryRun(small, ['--clients', '40'])
    expect(tooMany.code).toBe(3)
    expect(tooMany.report.obstacles).toEqual([
      '40 connections do not fit: 1 of at most 32 clients are connected (maxclients)',
    ])
  })

  it('cannot run what the user may not do, and does not try it', async () => {
    await client.call(
      'ACL',
      'SETUSER',
      'reader',
      'on',
      '>hush',
      '~*',
      '+@all',
      '-incr',
      '-set',
      '-memory',
      '-acl',
    )
    await client.config('RESETSTAT')
    const { code, report } = await dryRun(server, ['--username', 'reader'], {
      env: { REDIS_PASSWORD: 'hush' },
    })
    expect(code).toBe(3)
    expect(report.can_run).toBe(false)
    expect(report.obstacles.toSorted()).toEqual([
      'the server refuses INCR (NOPERM): every INCR of the load would fail',
      'the server refuses SET (NOPERM): every SET of the load would fail',
    ])
    expect(report.key_spaces.map(({ overhead_from: from }) => from)).toEqual(['formula', 'formula'])
    expect(await commandCounts(client)).not.toHaveProperty('get')
    expect(JSON.stringify(report)).not.toContain('hush')
  })

  it('asks ACL DRYRUN when there are no transactions', async () => {
    await client.call('ACL', 'SETUSER', 'plain', 'on', 'nopass', '~*', '+@all', '-multi', '-get')
    const { code, report } = await dryRun(server, ['--username', 'plain', '--password', 'x'])
    expect(code).toBe(3)
    expect(report.obstacles).toEqual(['the server refuses GET (NOPERM): every GET of the load would fail'])
    expect(report.permissions_unknown).toEqual([])
  })

  it('does not write to a replica, and reads from it with a warning', async () => {
    const replica = await serverWith('--replicaof', '127.0.0.1', String(server.port))
    const follower = replica.client()
    await until('replication', async () => (await follower.info('replication')).includes('link_status:up'))
    const writing = await dryRun(replica)
    expect(writing.code).toBe(3)
    expect(writing.report.obstacles[0]).toMatch(/the server is a replica, and the workload writes/)
    const reading = await dryRun(replica, ['-w', profile('reads', 'operations:\n  - command: GET\n')])
    expect(reading.code).toBe(0)
    expect(reading.report.warnings).toContain('the server is a replica: what is read may be stale')
    expect(reading.report.key_spaces).toEqual([])
  })

  it('says of a cluster node that it is a topology of its own', async () => {
    const node = await serverWith('--cluster-enabled', 'yes')
    const { code, report } = await dryRun(node)
    expect(code).toBe(3)
    expect(report.obstacles[0]).toMatch(/node of a Redis Cluster \(use --topology cluster\)/)
    expect(report.state.cluster_enabled).toBe(true)
  })

  it('is what --json is for', async () => {
    const { code, stderr } = await command(['run', '--json', '-w', mixed])
    expect(code).toBe(2)
    expect(stderr).toBe(
      'redis-test: --json: belongs to --dry-run (a run writes its result with --output-file)\n',
    )
  })

  it('ends with 3 when nobody is there, and with 2 when the plan is wrong, before it connects', async () => {
    const nobody = await dryRun({ port: 1 })
    expect(nobody.code).toBe(3)
    expect(nobody.stderr).toMatch(/^redis-test: cannot connect to 127\.0\.0\.1:1: ECONNREFUSED/)
    let connections = 0
    const listener = createServer(() => connections++).listen(0, '127.0.0.1')
    await new Promise((resolve) => listener.once('listening', resolve))
    const { port } = listener.address() as { port: number }
    const wrong = await dryRun({ port }, ['--threshold', 'p99(ZADD) < 1ms'])
    const unwritable = await dryRun({ port }, ['--journal', '/proc/nope/j'])
    listener.close()
    expect([wrong.code, unwritable.code, connections]).toEqual([2, 2, 0])
    expect(wrong.stderr).toContain('the workload has no operation ZADD')
    expect(unwritable.stderr).toContain('cannot write /proc/nope/j')
  })
})
