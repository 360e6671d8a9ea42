import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/model/result.ts'
import { command, folder, startRun } from './support/command-line.ts'
import { startRedis, type TestServer } from './support/redis-server.ts'
import { pause, until } from './support/until.ts'

let server: TestServer
let target: string[]
beforeAll(async () => {
  server = await startRedis()
  target = ['--port', String(server.port)]
})
afterAll(() => server.stop())

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('close', () => socket.destroy())
    setTimeout(() => socket.destroy(), 1000).unref()
  })
}

/** Commands of the workload that the server has counted. */
async function countedBy(client: Redis): Promise<number> {
  const info = await client.info('commandstats')
  return [...info.matchAll(/cmdstat_(?:set|get|del):calls=(\d+)/g)].reduce(
    (sum, [, calls]) => sum + Number(calls),
    0,
  )
}

describe('kill -9', () => {
  it.each([1200, 1900, 2650])('after %d ms leaves a journal with all but the last second', async (millis) => {
    const client = server.client()
    await client.config('RESETSTAT')
    const journal = join(folder, `killed-${millis}.ndjson`)
    const running = startRun([
      ...[
        ...target,
        '--target-ops-per-second',
        '2000',
        '--duration',
        '60',
        '--warmup',
        '0',
        '--journal',
        journal,
      ],
    ])
    await until('the first command', async () => (await countedBy(client)) > 0)
    await pause(millis)
    process.kill(running.pid, 'SIGKILL')
    await running.ended
    const sent = await countedBy(client)
    const file = join(folder, `killed-${millis}.json`)
    const page = join(folder, `killed-${millis}.html`)
    const { code, stdout } = await command(['report', journal, '--output-file', file, '--html', page])
    expect(code).toBe(0)
    expect(readFileSync(page, 'utf8')).toMatch(/>CUT SHORT<[\s\S]* data-chart="rate"/)
    const result = JSON.parse(readFileSync(file, 'utf8')) as RunResult
    expect(result).toMatchObject({ partial: true, end_reason: 'killed' })
    expect(stdout).toMatch(/partial/i)
    expect(result.audit.ok).toBe(true)
    // At most a second of 2,000, and a tick that is a little late.
    expect(sent - result.total_commands_count).toBeLessThan(2000 * 1.15)
    expect(result.total_commands_count).toBeGreaterThan(2000 * (Math.floor(millis / 1000) - 0.15))
    expect(result.operations[0]!.response!.success.p50_ms).toBeGreaterThan(0)
  })
})

describe('the embedded server', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'is taken down by %s, with its folder',
    async (signal) => {
      const temporary = join(folder, signal)
      mkdirSync(temporary)
      const running = startRun(
        ['--embedded-redis', '--target-ops-per-second', '500', '--duration', '30', '--warmup', '0'],
        { env: { TMPDIR: temporary } },
      )
      const [, port] = await running.saw(/"port":(\d+),"msg":"embedded server started"/)
      await running.sawSecond(1)
      // Besides the folder of the server there is that of the socket on which the run can be told to cause faults.
      const socketFolder = `redis-test-${process.getuid!()}`
      const others = (): string[] => readdirSync(temporary).filter((name) => name !== socketFolder)
      expect(others()).toEqual([expect.stringMatching(/^redis-test-/)])
      process.kill(running.pid, signal)
      await running.ended
      await until('the server is gone', async () => !(await isListening(Number(port))))
      await until('its folder is gone', () => others().length === 0)
      if (signal === 'SIGKILL') return
      expect(running.result().audit.server.status).toBe('ok')
      expect(readdirSync(join(temporary, socketFolder))).toEqual([])
    },
  )

  it('is named as the missing piece when there is none', async () => {
    const { code, stderr } = await command(
      ['run', '--embedded-redis', '--metrics-port', '0', '--duration', '1'],
      {
        env: { REDIS_TEST_SERVER_BINARY: '/nowhere/redis-server' },
      },
    )
    expect(code).toBe(2)
    expect(stderr).toContain('REDIS_TEST_SERVER_BINARY')
    expect(stderr).not.toMatch(/ {4}at /)
  })
})

describe('a load thread that dies', () => {
  it('ends the run with what all threads had counted, and a clear error', async () => {
    const crash = join(folder, 'crash.cjs')
    writeFileSync(
      crash,
      `const { isMainThread, workerData } = require('node:worker_threads')
if (!isMainThread && workerData?.share?.thread === 1) setTimeout(() => { throw new Error('on purpose') }, 2500)`,
    )
    const running = startRun(
      [...target, '--target-ops-per-second', '1000', '--duration', '30', '--warmup', '0', '--threads', '2'],
      { env: { NODE_OPTIONS: `--require ${crash}` } },
    )
    const { code, stdout, stderr } = await running.ended
    expect(code).toBe(1)
    const result = running.result()
    expect(result.end_reason).toBe('thread_crashed')
    expect(result.error).toBe('load thread 1 died: on purpose')
    expect(stdout + stderr).toContain('load thread 1 died: on purpose')
    // Both threads had half of the load for about two seconds.
    expect(result.totals.ok).toBeGreaterThan(1000)
    expect(result.totals.scheduled).toBe(result.totals.issued)
    expect(result.measured_seconds).toBeLessThan(4)
    expect(Math.abs(result.overall_throughput - 1000)).toBeLessThan(150)
  })
})

describe('a reader that goes away', () => {
  it('does not end the run, and leaves no stack', async () => {
    const running = startRun([
      ...target,
      '--target-ops-per-second',
      '500',
      '--duration',
      '2',
      '--warmup',
      '0',
    ])
    running.child.stdout!.destroy()
    const { code, stderr } = await running.ended
    expect(code).toBe(1)
    expect(running.result().totals.ok).toBe(1000)
    expect(stderr).not.toMatch(/ {4}at /)
  })
})
