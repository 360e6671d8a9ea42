import { afterEach, describe, expect, it } from 'vitest'
import { profile, run, startRun } from '../e2e/support/command-line.ts'
import { startCluster, type TestCluster } from '../e2e/support/redis-cluster.ts'
import { restartRedis, startRedis, type TestServer } from '../e2e/support/redis-server.ts'

let cluster: TestCluster | undefined
let server: TestServer | undefined
afterEach(async () => {
  await cluster?.stop()
  await server?.stop()
  cluster = undefined
  server = undefined
})

const MIXED = profile(
  'server-side-long',
  'load:\n  target_ops_per_second: 600\n  clients: 3\n  warmup: 0s\noperations:\n  - command: SET\n  - command: GET\n',
)

describe('the servers of a Cluster', () => {
  it('are all looked at, also when a master dies and its replica takes over', async () => {
    cluster = await startCluster({ masters: 3, replicasEach: 1 })
    const { addresses } = cluster
    const nodes = ['--topology', 'cluster', '--nodes', addresses.join(',')]
    const running = startRun([...nodes, '-w', MIXED, '--duration', '14'])
    await running.saw(/measure +3\/14s/)
    await cluster.nodes[1]!.crash()
    expect((await running.ended).code).toBe(0)
    const { server_samples: samples, server_commands: commands, operations } = running.result()
    expect(samples!.servers.map((one) => one.server).toSorted()).toEqual([...addresses].toSorted())
    const at = (index: number): NonNullable<typeof samples>['servers'][number] =>
      samples!.servers.find((one) => one.server === addresses[index])!
    expect(at(0).roles.map(({ role }) => role)).toEqual(['master'])
    expect(at(1).unanswered).toBeGreaterThan(0)
    expect(at(4).roles.map(({ role }) => role)).toEqual(['replica', 'master'])
    expect(at(3).columns.replication_lag_bytes!.some((lag) => lag !== null)).toBe(true)
    expect(at(3).columns.master_link_up!.at(-1)).toBe(1)
    for (const index of [0, 2, 4]) expect(at(index).totals.commands).toBeGreaterThan(500)
    // What masters ran is what was sent: replicas run it once more, and that is not counted.
    const set = operations.find(({ operation }) => operation === 'SET')!
    const counted = commands.find(({ command }) => command === 'set')!.calls
    expect(counted).toBeLessThanOrEqual(1.2 * set.count)
    expect(counted).toBeGreaterThanOrEqual(0.5 * set.ok)
  })
})

describe('a server that dies', () => {
  it('is counted as silent, and looked at again when it is back', async () => {
    server = await startRedis()
    const running = startRun(['--port', String(server.port), '-w', MIXED, '--duration', '12'])
    await running.saw(/measure +3\/12s/)
    await server.crash()
    await running.saw(/measure +6\/12s/)
    server = await restartRedis(server)
    expect((await running.ended).code).toBe(0)
    const { server_samples: samples, audit, totals } = running.result()
    const [one] = samples!.servers
    expect(one!.unanswered).toBeGreaterThanOrEqual(2)
    expect(one!.looks).toBeGreaterThanOrEqual(4)
    // Both lives together; what the server ran between the last look and its death nobody knows.
    expect(one!.totals.commands).toBeGreaterThan(0.5 * totals.ok)
    expect(audit.ok).toBe(true)
    expect(audit.server).toMatchObject({
      status: 'not_comparable',
      reason: 'the server restarted during the run',
    })
  })
})

describe('--server-metrics off', () => {
  it('asks nobody, over no connection', async () => {
    server = await startRedis()
    const { result, stdout } = await run([
      ...['--port', String(server.port), '--duration', '1', '--warmup', '0', '--server-metrics', 'off'],
      ...['--target-ops-per-second', '100', '--clients', '1'],
    ])
    expect([result.server_samples, result.slowlog, result.server_commands]).toEqual([null, [], []])
    expect(stdout).not.toContain('server side')
    const asked = await server.client().info('commandstats')
    expect(asked).not.toContain('cmdstat_slowlog')
    expect(asked).not.toContain('cmdstat_latency')
  })
})
