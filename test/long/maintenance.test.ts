import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AnnouncingProxy, startAnnouncingProxy } from '../e2e/support/announcing-proxy.ts'
import { startRun } from '../e2e/support/command-line.ts'
import { startCluster } from '../e2e/support/redis-cluster.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'

describe('observe', () => {
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

  it('changes no deadline, and counts apart what went wrong meanwhile', async () => {
    const running = startRun([
      ...['--port', String(proxy.port), '--maintenance-notifications', 'observe'],
      ...['--clients', '4', '--target-ops-per-second', '200', '--warmup', '0', '--duration', '4'],
      ...['--command-timeout', '400ms', '--socket-timeout', '400ms'],
    ])
    await running.sawSecond(1)
    await proxy.announce('FAILING_OVER', '1', '5', '1')
    await server.client().call('CLIENT', 'PAUSE', '1000', 'ALL')
    await running.sawSecond(3)
    await proxy.announce('FAILED_OVER', 2, '1')
    const { code } = await running.ended
    const { maintenance, totals, connections } = running.result()
    expect(code).toBe(0)
    expect(maintenance!.mode).toBe('observe')
    expect(maintenance!.notifications).toMatchObject({ FAILING_OVER: 4, MIGRATING: 0 })
    const { commands } = maintenance!
    expect(commands.rescued).toBe(0)
    expect(commands.indeterminate).toBe(totals.indeterminate)
    expect(commands.indeterminate).toBeGreaterThan(0)
    expect(connections.drop_causes.map(({ code: cause }) => cause)).toContain('socket_timeout')
    const [failing] = maintenance!.announcements
    expect(failing).toMatchObject({ notification: 'FAILING_OVER', time_ms: 5000, subject: '1', lost: 4 })
  })
})

describe('a Cluster', () => {
  it('announces node by node', async () => {
    const cluster = await startCluster()
    const proxies = await Promise.all(cluster.nodes.map((node) => startAnnouncingProxy(node)))
    try {
      const reached = proxies.map(({ port }) => `127.0.0.1:${port}`)
      const natMap = cluster.addresses.map((address, index) => `${address}=${reached[index]}`).join(',')
      const running = startRun([
        ...['--topology', 'cluster', '--nodes', reached.join(','), '--nat-map', natMap],
        ...['--clients', '2', '--target-ops-per-second', '300', '--warmup', '0', '--duration', '3'],
        ...['--maintenance-notifications', 'relax'],
      ])
      await running.sawSecond(1)
      await proxies[1]!.announce('SMIGRATING', 4, '0-99,500')
      await running.sawSecond(2)
      await proxies[1]!.announce('SMIGRATED', 5, [
        ['a:1', 'b:2', '0-99'],
        ['a:1', 'c:3', '500'],
      ])
      const { code } = await running.ended
      const { maintenance, nodes, totals } = running.result()
      expect(code).toBe(0)
      expect(maintenance).toMatchObject({ accepted: 6, refused: 0, malformed: 0, irregular: 0 })
      expect(maintenance!.announcements).toMatchObject([
        {
          notification: 'SMIGRATING',
          sequence: 4,
          server: reached[1],
          subject: '0-99,500',
          notifications: 2,
        },
        {
          notification: 'SMIGRATED',
          server: reached[1],
          subject: 'a:1 b:2 0-99; a:1 c:3 500',
          notifications: 2,
        },
      ])
      const { commands } = maintenance!
      const node = nodes.find(({ address }) => address === reached[1])!
      expect(commands.ok).toBeGreaterThan(0)
      expect(commands.ok).toBeLessThan(node.ok)
      expect(totals.failed + totals.indeterminate).toBe(0)
    } finally {
      for (const each of proxies) await each.close()
      await cluster.stop()
    }
  })
})
