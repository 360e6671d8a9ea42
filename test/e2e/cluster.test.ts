import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { slotOfKey } from '../../src/model/key-slot.ts'
import { expectSums, MIXED } from './support/cluster-runs.ts'
import { profile, run, start } from './support/command-line.ts'
import { startCluster, type TestCluster } from './support/redis-cluster.ts'

let cluster: TestCluster
let target: string[]
beforeAll(async () => {
  cluster = await startCluster({ masters: 3, replicasEach: 1 })
  target = ['--topology', 'cluster', '--nodes', cluster.addresses.slice(1, 3).join(',')]
})
afterAll(() => cluster.stop())

describe('load on a cluster', () => {
  it('goes to every master, and the nodes count exactly what was sent', async () => {
    const { code, result } = await run([...target, '-w', MIXED, '--duration', '2'])
    expect(code).toBe(0)
    expect(result.audit.server).toMatchObject({ status: 'ok', reason: null })
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
    expect(result.audit.server).toMatchObject({ status: 'ok', reason: null })
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
