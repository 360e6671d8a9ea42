import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectSums, MIXED } from '../e2e/support/cluster-runs.ts'
import { startRun } from '../e2e/support/command-line.ts'
import { startCluster, type TestCluster } from '../e2e/support/redis-cluster.ts'
import { until } from '../e2e/support/until.ts'

let cluster: TestCluster
let target: string[]
beforeAll(async () => {
  cluster = await startCluster({ masters: 3, replicasEach: 1 })
  target = ['--topology', 'cluster', '--nodes', cluster.addresses.slice(1, 3).join(',')]
})
afterAll(() => cluster.stop())

/** How often the masters were asked for a command, whether they ran it or not. */
async function callsOf(operation: string): Promise<number> {
  let calls = 0
  for (const node of cluster.nodes.slice(0, 3)) {
    const text = await node.client().info('commandstats')
    const line = new RegExp(`cmdstat_${operation.toLowerCase()}:calls=(\\d+).*rejected_calls=(\\d+)`).exec(
      text,
    )
    calls += Number(line?.[1] ?? 0) + Number(line?.[2] ?? 0)
  }
  return calls
}

describe('a cluster that changes under load', () => {
  it('follows slots that are migrated, key by key, and counts what was redirected', async () => {
    const [from, to] = cluster.nodes as [TestCluster['nodes'][number], TestCluster['nodes'][number]]
    const [source, destination] = [from.client(), to.client()]
    const ids = await Promise.all([source, destination].map((one) => one.cluster('MYID')))
    const before = new Map<string, number>()
    for (const name of ['SET', 'GET', 'INCR']) before.set(name, await callsOf(name))
    const running = startRun([...target, '-w', MIXED, '--duration', '4'])
    await running.sawSecond(1)
    for (let slot = 0; slot < 100; slot++) {
      await destination.cluster('SETSLOT', slot, 'IMPORTING', ids[0]!)
      await source.cluster('SETSLOT', slot, 'MIGRATING', ids[1]!)
      const keys = await source.cluster('GETKEYSINSLOT', slot, 1000)
      if (keys.length > 0) await source.migrate('127.0.0.1', to.port, '', 0, 1000, 'KEYS', ...keys)
      for (const one of [destination, source]) await one.cluster('SETSLOT', slot, 'NODE', ids[1]!)
    }
    const { code } = await running.ended
    const result = running.result()
    expect(code).toBe(0)
    expect(result.totals).toMatchObject({ failed: 0, indeterminate: 0 })
    expect(result.cluster!.redirections.MOVED).toBeGreaterThan(0)
    expect(result.cluster!.shard_outages).toEqual([])
    const redirected = result.operations.reduce((sum, operation) => sum + operation.redirected, 0)
    expect(redirected).toBe(Object.values(result.cluster!.redirections).reduce((sum, count) => sum + count))
    // The test is another client, so the run cannot tell; also with redirections the masters count exactly what they are sent.
    expect(result.audit.server.reason).toMatch(/^other clients were connected/)
    for (const { operation, ok, redirected: again } of result.operations)
      expect(`${operation} ${(await callsOf(operation)) - before.get(operation)!}`).toBe(
        `${operation} ${ok + again}`,
      )
    expectSums(result)
  })

  it('loses nothing in a graceful failover, and says why it cannot be compared', async () => {
    const replica = cluster.nodes[3]!.client()
    const running = startRun([...target, '-w', MIXED, '--duration', '4'])
    await running.sawSecond(1)
    await replica.cluster('FAILOVER')
    await until('the replica is the master', async () => String(await replica.role()).startsWith('master'))
    const { code } = await running.ended
    const result = running.result()
    expect(code).toBe(0)
    expect(result.totals).toMatchObject({ failed: 0, indeterminate: 0 })
    expect(result.cluster!.redirections.MOVED).toBeGreaterThan(0)
    expect(result.audit.server).toMatchObject({
      status: 'not_comparable',
      reason: 'servers changed their roles during the run',
    })
    expect(result.nodes.find(({ address }) => address === cluster.addresses[3])!.ok).toBeGreaterThan(0)
    expectSums(result)
  })
})
