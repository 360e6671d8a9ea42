import { afterEach, describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/model/result.ts'
import { profile, startRun } from '../e2e/support/command-line.ts'
import { startCluster, type TestCluster } from '../e2e/support/redis-cluster.ts'

let cluster: TestCluster
afterEach(() => cluster.stop())

const NODE_TIMEOUT_MILLIS = 1500
const MIXED = profile(
  'cluster-failures',
  'load:\n  target_ops_per_second: 1000\n  clients: 4\n  threads: 2\n  warmup: 0s\noperations:\n  - command: SET\n    weight: 3\n  - command: GET\n',
)

async function runWhile(
  args: readonly string[],
  disturb: () => Promise<void> | void,
): Promise<{ code: number | null; result: RunResult }> {
  cluster = await startCluster({ masters: 3, replicasEach: 1, nodeTimeoutMillis: NODE_TIMEOUT_MILLIS })
  const target = ['--topology', 'cluster', '--nodes', cluster.addresses.join(',')]
  const running = startRun([...target, '-w', MIXED, '--duration', '12', ...args])
  await running.sawSecond(2)
  await disturb()
  const { code } = await running.ended
  return { code, result: running.result() }
}

/** Nobody is forgotten, whatever happens to the nodes. */
function expectEquations({ totals, connections, cluster: seen, audit }: RunResult): void {
  expect(audit.checks.filter(({ ok }) => !ok)).toEqual([])
  expect(totals.in_flight_at_end).toBe(0)
  expect(connections.drops).toBe(
    connections.reconnections + connections.unfinished.length + seen!.outages_superseded,
  )
}

describe('a master that dies', () => {
  it('takes its shard down until its replica is promoted, and that is what is measured', async () => {
    const { code, result } = await runWhile([], () => cluster.nodes[1]!.crash())
    expect(code).toBe(0)
    expectEquations(result)
    // The node that died: each client lost its connection to it, and none came back.
    const dead = result.nodes.find(({ address }) => address === cluster.addresses[1])!
    expect(dead).toMatchObject({ outages: 4, reconnections: 0, connections_active: 0 })
    expect(result.cluster!.outages_superseded + result.connections.unfinished.length).toBe(4)
    // Its slots, and no others, were gone for the time that the others need to agree that it is dead.
    const longest = result.cluster!.shard_outages.toSorted((a, b) => b.duration_ms - a.duration_ms)[0]!
    expect(longest).toMatchObject({ from_slot: 5461, to_slot: 10_921, finished: true })
    expect(longest.duration_ms).toBeGreaterThan(NODE_TIMEOUT_MILLIS)
    expect(longest.duration_ms).toBeLessThan(NODE_TIMEOUT_MILLIS + 6000)
    const successor = result.nodes.find(({ address }) => address === cluster.addresses[4])!
    expect(successor.ok).toBeGreaterThan(0)
    expect(result.totals.failed).toBeGreaterThanOrEqual(longest.failures / 2)
  })

  it('and comes back before anybody noticed: its connections come back, too', async () => {
    const { code, result } = await runWhile([], () => cluster.restart(1))
    expect(code).toBe(0)
    expectEquations(result)
    expect(result.connections.drops).toBeGreaterThanOrEqual(4)
    expect(
      result.nodes.reduce((sum, { connections_active }) => sum + connections_active, 0),
    ).toBeGreaterThanOrEqual(12)
  })

  it('is hidden from an application by retries, which are counted', async () => {
    const { code, result } = await runWhile(['--preset', 'as-app'], () => cluster.nodes[1]!.crash())
    expect(code).toBe(0)
    expectEquations(result)
    expect(result.cluster!.hidden_retries).toBeGreaterThan(0)
  })
})

describe('a master that is frozen', () => {
  it('is left after the socket timeout, and commands for it are settled by their deadline at the latest', async () => {
    const { code, result } = await runWhile(['--socket-timeout', '700ms', '--command-timeout', '500ms'], () =>
      cluster.nodes[2]!.signal('SIGSTOP'),
    )
    expect(code).toBe(0)
    expectEquations(result)
    expect(result.totals.indeterminate).toBeGreaterThan(0)
    const lost = [...result.connections.outages, ...result.connections.unfinished]
    expect(Math.max(...lost.map(({ detection_ms }) => detection_ms))).toBeGreaterThanOrEqual(500)
    const longest = result.cluster!.shard_outages.toSorted((a, b) => b.duration_ms - a.duration_ms)[0]!
    expect(longest).toMatchObject({ from_slot: 10_922, to_slot: 16_383 })
  })
})
