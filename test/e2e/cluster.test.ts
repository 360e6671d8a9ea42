import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/model/result.ts'
import { slotOfKey } from '../../src/model/key-slot.ts'
import { profile, run, start, startRun } from './support/command-line.ts'
import { startCluster, type TestCluster } from './support/redis-cluster.ts'
import { until } from './support/until.ts'

let cluster: TestCluster
let target: string[]
beforeAll(async () => {
  cluster = await startCluster({ masters: 3, replicasEach: 1 })
  target = ['--topology', 'cluster', '--nodes', cluster.addresses.slice(1, 3).join(',')]
})
afterAll(() => cluster.stop())

const MIXED = profile(
  'cluster-mixed',
  'load:\n  target_ops_per_second: 1000\n  clients: 4\n  threads: 2\n  warmup: 0s\noperations:\n  - command: SET\n    weight: 3\n  - command: GET\n  - command: INCR\n',
)

/** What was sent to each node adds up to what was sent. */
function expectSums({ nodes, totals }: RunResult): void {
  const sum = (part: 'ok' | 'failed' | 'indeterminate'): number =>
    nodes.reduce((total, node) => total + node[part], 0)
  expect(sum('ok')).toBe(totals.ok)
  expect(sum('indeterminate')).toBe(totals.indeterminate)
}

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

describe('load on a cluster', () => {
  it('goes to every master, and the nodes count exactly what was sent', async () => {
    const { code, result } = await run([...target, '-w', MIXED, '--duration', '2'])
    expect(code).toBe(0)
    expect(result.audit.server.status).toBe('ok')
    expect(result.totals).toMatchObject({ ok: 2000, failed: 0, indeterminate: 0 })
    expectSums(result)
    const masters = result.nodes.filter(({ ok }) => ok > 0).map(({ address }) => address)
    expect(masters.toSorted()).toEqual(cluster.addresses.slice(0, 3).toSorted())
    for (const { address, ok, connections_active, outages } of result.nodes) {
      if (!masters.includes(address)) continue
      // A third of the keys each: 2000 draws, five standard deviations.
      expect(Math.abs(ok - 2000 / 3)).toBeLessThan(5 * Math.sqrt(2000 * (1 / 3) * (2 / 3)))
      expect(connections_active).toBe(4)
      expect(outages).toBe(0)
    }
    expect(result.cluster).toEqual({
      redirections: { MOVED: 0, ASK: 0, TRYAGAIN: 0, CLUSTERDOWN: 0 },
      hidden_retries: 0,
      outages_superseded: 0,
      shard_outages: [],
    })
  })

  it('leaves nothing behind', async () => {
    for (const node of cluster.nodes.slice(0, 3)) {
      const client = node.client()
      expect(await client.dbsize()).toBe(0)
      // A run that finds other clients does not compare itself with the servers.
      await client.quit()
    }
  })

  it('keeps the keys of a command and of a transaction in one slot', async () => {
    const file = profile(
      'cluster-tags',
      'load:\n  target_ops_per_second: 600\n  warmup: 0s\nkeys:\n  preload: 1\n  count: 1000\noperations:\n  - command: MGET\n  - name: MOVE\n    commands: [SET, INCR]\n    transaction: true\n',
    )
    const { code, result } = await run([...target, '-w', file, '--duration', '1'])
    expect(code).toBe(0)
    expect(result.plan.keys.hash_tags).toBe(64)
    expect(result.totals).toMatchObject({ failed: 0, indeterminate: 0 })
    expect(result.audit.server.status).toBe('ok')
    expect(result.nodes.filter(({ ok }) => ok > 0)).toHaveLength(3)
    // Every key was filled: no MGET has missed.
    expect(result.operations.find(({ operation }) => operation === 'MGET')).toMatchObject({ failed: 0 })
  })

  it('knows the slots of keys as the server does', async () => {
    const client = cluster.nodes[0]!.client()
    const keys = ['', 'a', 'foo{bar}', '{}{a}', '{}}', 'a{b}{c}', 'redis-test:{17}:17', 'ü', '{ü}x']
    for (const key of keys)
      expect(`${key} ${slotOfKey(Buffer.from(key).toString('latin1'))}`).toBe(
        `${key} ${await client.cluster('KEYSLOT', key)}`,
      )
  })

  it('refuses what could never be in one slot, in one line and before any load', async () => {
    const file = profile('cluster-slots', 'operations:\n  - command: MGET a b\n')
    const { code, stderr } = await start(['run', ...target, '-w', file, '--duration', '1']).ended
    expect(code).toBe(2)
    expect(stderr).toContain('MGET: a command has keys in different slots of the Cluster')
  })
})

describe('a cluster that changes under load', () => {
  it('follows slots that are migrated, key by key, and counts what was redirected', async () => {
    const [from, to] = cluster.nodes as [TestCluster['nodes'][number], TestCluster['nodes'][number]]
    const [source, destination] = [from.client(), to.client()]
    const ids = await Promise.all([source, destination].map((one) => one.cluster('MYID')))
    const before = new Map<string, number>()
    for (const name of ['SET', 'GET', 'INCR']) before.set(name, await callsOf(name))
    const running = startRun([...target, '-w', MIXED, '--duration', '4'])
    await running.saw(/measure +1\/4s/)
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
    await running.saw(/measure +1\/4s/)
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
