import { Redis } from 'ioredis'
import { afterEach, describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/model/result.ts'
import { profile, startRun } from '../e2e/support/command-line.ts'
import { startSentinels, type TestSentinels } from '../e2e/support/redis-sentinel.ts'
import type { TestServer } from '../e2e/support/redis-server.ts'
import { until } from '../e2e/support/until.ts'

let watched: TestSentinels
afterEach(() => watched.stop())

const WRITES = profile(
  'lost-on-failover',
  'load:\n  target_ops_per_second: 400\n  clients: 4\n  threads: 2\n  warmup: 0s\nkeys:\n  cleanup: false\noperations:\n  - command: SET\n',
)

/** `<list> <sequence>` of every audit write that a server ran for a client, as MONITOR told it. */
async function witness(server: TestServer): Promise<Set<string>> {
  const ran = new Set<string>()
  const monitor = await server.client().monitor()
  monitor.on('monitor', (_time: string, [command, list, ...sequences]: string[], source: string) => {
    // What a replica is told by its master comes without an address.
    if (command?.toLowerCase() !== 'rpush' || !/:\d+$/.test(source)) return
    for (const sequence of sequences) ran.add(`${list} ${sequence}`)
  })
  return ran
}

async function listsOf(client: Redis): Promise<Set<string>> {
  const found = new Set<string>()
  for (const list of await client.keys('*:acked:*'))
    for (const sequence of await client.lrange(list, 0, -1)) found.add(`${list} ${sequence}`)
  return found
}

/** A failover by command in the middle of a run; what the run says is lost, and what the witnesses of both servers say. */
async function failOver(
  args: readonly string[],
): Promise<{ acked: NonNullable<RunResult['acked_writes']>; missing: number; result: RunResult }> {
  watched = await startSentinels({ replicas: 1, downAfterMillis: 1500 })
  const ran = await Promise.all(watched.servers.map((server) => witness(server)))
  const target = ['--topology', 'sentinel', '--sentinels', watched.sentinels.join(',')]
  const audit = ['--audit-writes', '100%', '--audit-patience', '30s']
  const running = startRun([...target, ...audit, '-w', WRITES, '--duration', '20', ...args])
  await running.sawSecond(3)
  const before = await watched.master()
  const sentinel = new Redis(Number(watched.sentinels[0]!.split(':')[1]), '127.0.0.1', {
    disableClientInfo: true,
  })
  await sentinel.call('SENTINEL', 'FAILOVER', 'mymaster')
  sentinel.disconnect()
  await until('there is another master', async () => (await watched.master()) !== before)
  const { code, stderr } = await running.ended
  expect(`${code} ${code === 0 ? '' : stderr}`).toBe('0 ')
  const result = running.result()
  const master = Number((await watched.master()).split(':')[1])
  const client = watched.servers.find((server) => server.port === master)!.client()
  const there = await listsOf(client)
  const missing = [...ran[0]!, ...ran[1]!].filter((write) => !there.has(write)).length
  return { acked: result.acked_writes!, missing, result }
}

describe('SENTINEL FAILOVER', () => {
  it('loses what the old master goes on to acknowledge, to the unit; the failover detector loses less', async () => {
    const plain = await failOver([])
    expect(plain.result.audit.checks.filter(({ ok }) => !ok)).toEqual([])
    expect(plain.acked).toMatchObject({ voided_because: null, complete: true, duplicated: 0, unread: 0 })
    expect(plain.acked.lost).toBeGreaterThan(0)
    // What a server ran and nobody has now was acknowledged, or its answer was lost with a connection.
    expect(plain.missing - plain.acked.lost).toBeGreaterThanOrEqual(0)
    expect(plain.missing - plain.acked.lost).toBeLessThanOrEqual(plain.acked.not_applied)
    await watched.stop()
    const detected = await failOver(['--failover-detector'])
    expect(detected.acked).toMatchObject({ voided_because: null, complete: true, duplicated: 0, unread: 0 })
    expect(detected.missing - detected.acked.lost).toBeGreaterThanOrEqual(0)
    expect(detected.missing - detected.acked.lost).toBeLessThanOrEqual(detected.acked.not_applied)
    expect(detected.acked.lost).toBeLessThan(plain.acked.lost)
    console.log(
      `lost ${plain.acked.lost} of ${plain.acked.acknowledged} (witness ${plain.missing}, unknown ${plain.acked.unknown}); with the detector ${detected.acked.lost} of ${detected.acked.acknowledged} (witness ${detected.missing})`,
    )
  })
})
