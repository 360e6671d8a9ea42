import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AnnouncingProxy, cutLoad, startAnnouncingProxy } from './support/announcing-proxy.ts'
import { command, folder, run, startRun, unwrapped } from './support/command-line.ts'
import { startRedis, type TestServer } from './support/redis-server.ts'

let server: TestServer
let proxy: AnnouncingProxy
beforeEach(async () => {
  server = await startRedis()
  proxy = await startAnnouncingProxy(server)
})
afterEach(async () => {
  await proxy.close()
  await server.stop()
})

const LOAD = [
  ...[
    '--clients',
    '4',
    '--threads',
    '2',
    '--target-ops-per-second',
    '200',
    '--warmup',
    '0',
    '--duration',
    '5',
  ],
  ...['--command-timeout', '800ms', '--socket-timeout', '800ms', '--maintenance-relaxed-timeout', '3s'],
]
const NONE = {
  MOVING: 0,
  MIGRATING: 0,
  MIGRATED: 0,
  FAILING_OVER: 0,
  FAILED_OVER: 0,
  SMIGRATING: 0,
  SMIGRATED: 0,
}

/** The server is silent for longer than a command may take, and for less than it may take meanwhile. */
async function fallSilent(): Promise<void> {
  const client = server.client()
  await client.call('CLIENT', 'PAUSE', '1500', 'ALL')
  await client.ping()
}

describe('relax', () => {
  it('gives commands more time while a maintenance is announced, and counts what it was told to the unit', async () => {
    const journal = join(folder, 'maintenance.ndjson')
    const running = startRun([
      ...[
        '--port',
        String(proxy.port),
        ...LOAD,
        '--maintenance-notifications',
        'relax',
        '--journal',
        journal,
      ],
    ])
    await running.sawSecond(1)
    await proxy.announce('MIGRATING', 1, 5, ['1', '2'])
    // Told again; without a number; with fewer fields than usual; about something else.
    await proxy.announce('MIGRATING', 1, 5, ['1', '2'])
    await proxy.announce('MIGRATED')
    await proxy.announce('FAILED_OVER', 7)
    await proxy.announce('invalidate', null)
    await fallSilent()
    await running.sawSecond(3)
    await proxy.announce('MIGRATED', 2, ['1', '2'])
    await proxy.announce('MOVING', 3, 1, '10.1.2.3:12000')
    expect(await cutLoad(server)).toBe(4)
    const { code, stdout, stderr } = await running.ended
    const result = running.result()
    expect(code).toBe(0)
    const { maintenance, connections, totals } = result
    expect(maintenance).toMatchObject({
      mode: 'relax',
      accepted: 8,
      refused: 0,
      refusal: null,
      notifications: { ...NONE, MIGRATING: 4, MIGRATED: 4, FAILED_OVER: 4, MOVING: 4 },
      duplicates: 4,
      malformed: 4,
      irregular: 4,
      unknown_pushes: 4,
      announcements_left_out: 0,
    })
    expect(maintenance!.announcements).toMatchObject([
      { notification: 'MIGRATING', sequence: 1, time_ms: 5000, subject: '1 2', notifications: 4, lost: 0 },
      { notification: 'FAILED_OVER', sequence: 7, time_ms: null, subject: '', notifications: 4, lost: 0 },
      { notification: 'MIGRATED', sequence: 2, notifications: 4, lost: 0 },
      {
        notification: 'MOVING',
        sequence: 3,
        time_ms: 1000,
        endpoint: '10.1.2.3:12000',
        notifications: 4,
        lost: 4,
      },
    ])
    const moving = maintenance!.announcements[3]!
    expect(moving.first_lost_after_ms).toBeGreaterThanOrEqual(0)
    expect(moving.last_lost_after_ms).toBeLessThan(1000)
    // Nobody's deadline passed, and no connection was taken for dead, but those that were cut.
    const errors = result.operations.flatMap((operation) => operation.errors)
    expect(errors.filter(({ error_type }) => error_type === 'timeout')).toEqual([])
    expect(connections.drops).toBe(4)
    expect(connections.drop_causes.map(({ code: cause }) => cause)).not.toContain('socket_timeout')
    const { commands } = maintenance!
    expect(commands.rescued).toBeGreaterThan(50)
    expect(commands.slow).toBeGreaterThanOrEqual(commands.rescued)
    expect(commands.service.max_ms).toBeGreaterThan(1000)
    expect(commands.service.count).toBe(commands.ok)
    expect(commands.failed).toBeLessThanOrEqual(totals.failed)
    expect(commands.indeterminate).toBeLessThanOrEqual(totals.indeterminate)
    expect(commands.errors.reduce((sum, { count }) => sum + count, 0)).toBe(
      commands.failed + commands.indeterminate,
    )
    expect(result.audit.ok).toBe(true)
    expect(unwrapped(stdout)).toMatch(
      /maintenance +relax \(deadlines of 3 s meanwhile\) · asked for on 8 connections/,
    )
    expect(unwrapped(stdout)).toMatch(
      /MOVING 3 within 1 s to 10\.1\.2\.3:12000 on 4 connections · 4 lost after/,
    )
    expect(stderr.match(/maintenance announced/g)).toHaveLength(4)
    const rebuilt = join(folder, 'rebuilt.json')
    await command(['report', journal, '--output-file', rebuilt])
    expect((JSON.parse(readFileSync(rebuilt, 'utf8')) as typeof result).maintenance).toEqual(maintenance)
  })
})

describe('a server that knows of no notifications', () => {
  it('is no reason to fail: its refusal is counted, and said once', async () => {
    const { code, stdout, stderr, result } = await run([
      ...['--port', String(server.port), '--clients', '3', '--duration', '1', '--warmup', '0'],
      ...['--maintenance-notifications-enabled', 'true'],
    ])
    expect(code).toBe(0)
    expect(result.maintenance).toMatchObject({ mode: 'relax', accepted: 0, refused: 3, notifications: NONE })
    expect(result.maintenance!.refusal).toMatch(/^ERR unknown subcommand/i)
    expect(stderr.match(/announces no maintenance/g)).toHaveLength(1)
    expect(unwrapped(stdout)).toMatch(/maintenance +relax .* refused on 3 \(ERR unknown subcommand/i)
    expect(result.audit).toMatchObject({ ok: true, server: { status: 'ok' } })
    expect(result.totals.failed + result.totals.indeterminate).toBe(0)
  })
})
