import { afterEach, describe, expect, it } from 'vitest'
import { openDeployment } from '../../src/app/deployment.ts'
import type { Deployment } from '../../src/model/deployment.ts'
import { planOf } from '../support/plan.ts'
import { startCluster } from '../e2e/support/redis-cluster.ts'
import { startSentinels } from '../e2e/support/redis-sentinel.ts'
import { startRedis } from '../e2e/support/redis-server.ts'
import { until } from '../e2e/support/until.ts'

const LIMIT_MILLIS = 2000
const NO_SECRETS = { password: null, sentinelPassword: null, tlsKeyPassphrase: null }
const opened: { stop(): Promise<void> }[] = []
const deployments: Deployment[] = []

function open(flags: Record<string, string>): Deployment {
  const deployment = openDeployment(planOf(flags).plan, NO_SECRETS)
  deployments.push(deployment)
  return deployment
}

function keep<Started extends { stop(): Promise<void> }>(started: Started): Started {
  opened.push(started)
  return started
}

afterEach(async () => {
  for (const deployment of deployments.splice(0)) deployment.close()
  await Promise.all(opened.splice(0).map((one) => one.stop()))
})

describe('a deployment', () => {
  it('is a server and its replicas', async () => {
    const master = keep(await startRedis('--repl-diskless-sync-delay', '0'))
    const replica = keep(await startRedis('--replicaof', '127.0.0.1', String(master.port)))
    const deployment = open({ 'target.port': String(master.port) })
    const nodes = await until('the replica is online', async () => {
      const found = await deployment.nodes(LIMIT_MILLIS)
      return found.length === 2 ? found : undefined
    })
    const address = `127.0.0.1:${master.port}`
    expect(nodes).toEqual([
      { address, role: 'master', master: null, slots: [], isDown: false },
      { address: `127.0.0.1:${replica.port}`, role: 'replica', master: address, slots: [], isDown: false },
    ])
    expect(await deployment.call(nodes[1]!.address, 'PING', [], LIMIT_MILLIS)).toBe('PONG')
  })

  it('is a cluster, seen from any node, also when the one that is asked first is gone', async () => {
    const cluster = keep(await startCluster({ masters: 3, replicasEach: 1 }))
    const deployment = open({ 'target.topology': 'cluster', 'target.nodes': cluster.addresses.join(',') })
    const nodes = await deployment.nodes(LIMIT_MILLIS)
    const byAddress = new Map(nodes.map((node) => [node.address, node]))
    expect([...byAddress.keys()].toSorted()).toEqual(cluster.addresses.toSorted())
    const of = (index: number): unknown => byAddress.get(cluster.addresses[index]!)
    expect(of(0)).toMatchObject({ role: 'master', master: null, slots: [[0, 5460]], isDown: false })
    expect(of(2)).toMatchObject({ role: 'master', slots: [[10_922, 16_383]] })
    expect(of(4)).toMatchObject({ role: 'replica', master: cluster.addresses[1], slots: [] })
    await cluster.nodes[0]!.crash()
    await until('the others see it', async () => {
      const now = await deployment.nodes(LIMIT_MILLIS)
      const successor = now.find(({ address }) => address === cluster.addresses[3])
      return successor?.role === 'master' && successor.slots[0]?.[1] === 5460
    })
    await cluster.restart(0)
    await until('it is back', async () => {
      const now = await deployment.nodes(LIMIT_MILLIS)
      const returned = now.find(({ address }) => address === cluster.addresses[0])
      return returned?.role === 'replica' && returned.master === cluster.addresses[3] && !returned.isDown
    })
  })

  it('is what the Sentinels say, before and after a failover', async () => {
    const watched = keep(await startSentinels({ replicas: 1 }))
    const deployment = open({
      'target.topology': 'sentinel',
      'target.sentinel.nodes': watched.sentinels.join(','),
    })
    const [first, second] = watched.servers.map(({ port }) => `127.0.0.1:${port}`) as [string, string]
    const roles = async (): Promise<string[]> =>
      (await deployment.nodes(LIMIT_MILLIS)).map(({ address, role }) => `${role} ${address}`)
    expect(await roles()).toEqual([`master ${first}`, `replica ${second}`])
    expect(deployment.sentinels).toEqual(watched.sentinels)
    await deployment.call(watched.sentinels[0]!, 'SENTINEL', ['FAILOVER', 'mymaster'], LIMIT_MILLIS)
    await until('the roles have changed', async () => {
      const now = await roles().catch(() => [])
      return now.length === 2 && now[0] === `master ${second}` && now[1] === `replica ${first}`
    })
  })
})
