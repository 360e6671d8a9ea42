import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command, profile, run } from '../e2e/support/command-line.ts'
import { startSentinels, type TestSentinels } from '../e2e/support/redis-sentinel.ts'
import { startSentinelProcess } from '../e2e/support/sentinel-process.ts'

const LOAD = ['--target-ops-per-second', '200', '--duration', '1', '--warmup', '0', '--clients', '4']

let watched: TestSentinels
let sentinels: string
let wantsPassword: Awaited<ReturnType<typeof startSentinelProcess>>
beforeAll(async () => {
  watched = await startSentinels({ replicas: 1 })
  sentinels = watched.sentinels.join(',')
  wantsPassword = await startSentinelProcess([
    `sentinel monitor mymaster 127.0.0.1 ${watched.servers[0]!.port} 1`,
    'requirepass pass-of-the-sentinel',
  ])
})
afterAll(() => Promise.all([watched.stop(), wantsPassword.stop()]))

describe('a master that Sentinels watch', () => {
  it('gets it by a URL, with pipelines, keys that are filled before, and values that are verified', async () => {
    const url = `redis+sentinel://${sentinels}/mymaster/3`
    const { code, result } = await run([
      ...['--url', url, '-w', 'high_throughput', '--preload', '100%', '--verify'],
      ...['--duration', '1', '--warmup', '0', '--failover-detector'],
    ])
    expect(code).toBe(0)
    expect(result.plan.target).toMatchObject({ topology: 'sentinel', db: 3 })
    expect(result.totals.ok).toBeGreaterThan(500)
    expect(result.totals.failed + result.totals.indeterminate).toBe(0)
    expect(result.verification).toMatchObject({ wrong: 0, stale: 0, missing: 0 })
    expect(result.audit.server.status).toBe('ok')
    const admin = watched.servers[0]!.client({ db: 3 })
    expect(await admin.dbsize()).toBe(0)
  })

  it('takes part in publishing and in streams', async () => {
    const messages = profile(
      'sentinel-messages',
      [
        'operations:',
        '  - command: PUBLISH {channel} {value}',
        '  - command: XADD {stream} * v {value}',
        'pubsub: {channels: [news], subscribers: 2}',
        'streams: {count: 1, consumers: 2}',
      ].join('\n'),
    )
    const { code, result } = await run(['--sentinels', sentinels, '-w', messages, ...LOAD])
    expect(code).toBe(0)
    expect(result.totals.failed + result.totals.indeterminate).toBe(0)
    expect(result.pubsub).toMatchObject({ lost: 0 })
    expect(result.streams?.read).toBeGreaterThan(0)
    // Subscribers and consumers find their server in the same way.
    expect(result.connections.phases[0]).toMatchObject({ phase: 'sentinel', completed: { count: 8 } })
  })

  it('has replicas, which can be read from', async () => {
    const reads = profile('sentinel-reads', 'operations: [{command: GET}]')
    const flags = ['--sentinels', sentinels, '-w', reads, '--read-from', 'replicas', '--preload', '100%']
    const { code, result } = await run([...flags, ...LOAD])
    expect(code).toBe(0)
    expect(result.totals.ok).toBe(200)
    expect(result.operations[0]!.nil).toBe(0)
    expect(result.audit.server).toMatchObject({ status: 'ok', commands: [{ command: 'get' }] })
  })

  it('is checked, and looked at before a run', async () => {
    const checked = await command(['check', '--sentinels', sentinels])
    expect(checked.code).toBe(0)
    expect(checked.stdout).toContain('mymaster by Sentinel')
    const dry = await command(['run', '--dry-run', '--sentinels', sentinels])
    expect(dry.code).toBe(0)
    expect(dry.stdout).toContain('this machine')
  })

  it('is found behind addresses that are other ones from here', async () => {
    const other = await startSentinels({ replicas: 0, sentinels: 1 })
    try {
      const from = `127.0.0.1:${other.servers[0]!.port}`
      const to = `127.0.0.1:${watched.servers[0]!.port}`
      const flags = ['--sentinels', other.sentinels.join(','), '--nat-map', `${from}=${to}`]
      const { code, result } = await run([...flags, ...LOAD])
      expect(code).toBe(0)
      expect(result.totals.ok).toBe(200)
      const stats = await other.servers[0]!.client().info('commandstats')
      expect(stats).not.toContain('cmdstat_set:')
    } finally {
      await other.stop()
    }
  })
})

describe('what is wrong with Sentinels is one line, and what to do', () => {
  const attempt = async (...flags: readonly string[]): Promise<string> => {
    const { code, stderr } = await command(['run', '--metrics-port', '0', ...flags, ...LOAD])
    expect(code).toBe(3)
    const lines = stderr.split('\n').filter((line) => line.startsWith('redis-test: '))
    expect(lines).toHaveLength(1)
    return lines[0]!
  }

  it('nobody there', async () => {
    expect(await attempt('--sentinels', '127.0.0.1:1,127.0.0.1:2')).toMatch(
      /no Sentinel of mymaster by Sentinel 127\.0\.0\.1:1, 127\.0\.0\.1:2 says where the master is: ECONNREFUSED \(nothing listens there.*--sentinels right\?\)/,
    )
  })

  it('a server where a Sentinel should be', async () => {
    expect(await attempt('--sentinels', `127.0.0.1:${watched.servers[0]!.port}`)).toMatch(
      /says where the master is: ERR \(is that a Sentinel\?/,
    )
  })

  it('a password that they want, or do not take', async () => {
    const flags = ['--topology', 'sentinel', '--port', String(wantsPassword.port)]
    expect(await attempt(...flags)).toMatch(
      /NOAUTH \(the Sentinels want a password: set REDIS_SENTINEL_PASSWORD\)/,
    )
    expect(await attempt(...flags, '--sentinel-password', 'not-theirs')).toMatch(
      /WRONGPASS \(wrong user or password of the/,
    )
    const right = await run([...flags, ...LOAD], {
      env: { REDIS_SENTINEL_PASSWORD: 'pass-of-the-sentinel' },
    })
    expect(right.code).toBe(0)
    expect(JSON.stringify(right.result)).not.toContain('pass-of-the-sentinel')
  })
})
