import { once } from 'node:events'
import { join } from 'node:path'
import { Cluster, Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createToxiproxyClient, type ToxiproxyClient } from '../../src/faults/toxiproxy-client.ts'
import { type ProxyProcess, startProxyProcess } from '../../src/proxy/start-proxy-process.ts'
import { ROOT } from '../e2e/support/command-line.ts'
import { startCluster, type TestCluster } from '../e2e/support/redis-cluster.ts'
import { startSentinels, type TestSentinels } from '../e2e/support/redis-sentinel.ts'
import { until } from '../e2e/support/until.ts'

const ENTRY = join(ROOT, 'dist/proxy/main.js')
const portOf = (address: string): number => Number(address.split(':')[1])
const ascending = (a = 0, b = 0): number => a - b

describe('a Cluster behind proxies', () => {
  let cluster: TestCluster
  let proxy: ProxyProcess
  let api: ToxiproxyClient
  let seed: number
  beforeAll(async () => {
    cluster = await startCluster()
    // One proxy is told; the others are found in replies.
    const proxies = [{ name: 'seed', upstream: cluster.addresses[0]!, rewrite: 'cluster' as const }]
    proxy = await startProxyProcess({ seed: 1, proxies, entry: ENTRY })
    api = createToxiproxyClient(proxy.apiUrl)
    seed = portOf(proxy.proxies[0]!.listen)
  })
  afterAll(async () => {
    await proxy?.stop()
    await cluster?.stop()
  })

  it.each([2, 3] as const)('keeps a client on the proxies, with RESP%i', async (protocol) => {
    const client = new Cluster([{ host: '127.0.0.1', port: seed }], {
      redisOptions: { protocol, disableClientInfo: true },
    })
    for (let index = 0; index < 300; index++) await client.set(`key-${index}`, String(index))
    expect(await client.get('key-299')).toBe('299')
    const proxies = await api.proxies()
    expect(proxies.map(({ upstream }) => upstream).toSorted()).toEqual(cluster.addresses.toSorted())
    const listening = proxies.map(({ listen }) => portOf(listen)).toSorted(ascending)
    expect(
      client
        .nodes()
        .map(({ options }) => options.port)
        .toSorted(ascending),
    ).toEqual(listening)
    // Every way to ask for nodes says the same.
    const one = new Redis(seed, '127.0.0.1', { protocol })
    const slots = await one.cluster('SLOTS')
    expect(slots.map(([, , node]) => node?.[1]).toSorted(ascending)).toEqual(listening)
    const nodes = (await one.cluster('NODES')) as string
    expect(
      [...nodes.matchAll(/ 127\.0\.0\.1:(\d+)@/g)].map(([, port]) => Number(port)).toSorted(ascending),
    ).toEqual(listening)
    const shards = JSON.stringify(await one.cluster('SHARDS'))
    for (const port of listening) expect(shards).toContain(String(port))
    for (const node of cluster.nodes) expect(shards).not.toContain(String(node.port))
    one.disconnect()
    client.disconnect()
  })

  it('rewrites redirections', async () => {
    const one = new Redis(seed, '127.0.0.1')
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) => one.get(`key-${index}`)),
    )
    one.disconnect()
    const listening = new Set((await api.proxies()).map(({ listen }) => listen))
    const moved = answers.flatMap((answer) =>
      answer.status === 'rejected' ? [/^MOVED \d+ (\S+)$/.exec((answer.reason as Error).message)![1]!] : [],
    )
    expect(moved.length).toBeGreaterThan(5)
    expect(moved.filter((address) => !listening.has(address))).toEqual([])
  })

  it('can be cut node by node', async () => {
    const client = new Cluster([{ host: '127.0.0.1', port: seed }], {
      redisOptions: { maxRetriesPerRequest: 0, disableClientInfo: true },
      retryDelayOnFailover: 0,
      maxRedirections: 1,
      enableOfflineQueue: true,
    })
    client.on('error', () => {})
    const keys = Array.from({ length: 60 }, (_, index) => `cut-${index}`)
    const setAll = async (): Promise<number> => {
      const answers = await Promise.allSettled(keys.map((key) => client.set(key, 'x')))
      return answers.filter(({ status }) => status === 'rejected').length
    }
    expect(await setAll()).toBe(0)
    const last = (await api.proxies()).find(({ upstream }) => upstream === cluster.addresses[2])!
    const direct = cluster.nodes[2]!.client()
    const onLast = (await Promise.all(keys.map((key) => direct.exists(key).catch(() => 0)))).filter(
      Boolean,
    ).length
    expect(onLast).toBeGreaterThan(0)
    await api.updateProxy(last.name, { enabled: false })
    expect(await setAll()).toBe(onLast)
    await api.updateProxy(last.name, { enabled: true })
    await until('all of it works again', async () => (await setAll()) === 0)
    client.disconnect()
  })
})

describe('Sentinel behind proxies', () => {
  let sentinels: TestSentinels
  let proxy: ProxyProcess
  let api: ToxiproxyClient
  beforeAll(async () => {
    sentinels = await startSentinels()
    const proxies = sentinels.sentinels.map((upstream, index) => ({
      name: `sentinel-${index}`,
      upstream,
      rewrite: 'sentinel' as const,
    }))
    proxy = await startProxyProcess({ seed: 1, proxies, entry: ENTRY })
    api = createToxiproxyClient(proxy.apiUrl)
  })
  afterAll(async () => {
    await proxy?.stop()
    await sentinels?.stop()
  })

  it('keeps a client on the proxies, also over a failover', async () => {
    const [first] = proxy.proxies
    const known = proxy.proxies.map(({ listen }) => ({ host: '127.0.0.1', port: portOf(listen) }))
    const client = new Redis({
      sentinels: known,
      name: 'mymaster',
      failoverDetector: true,
      disableClientInfo: true,
      sentinelRetryStrategy: () => 50,
      retryStrategy: () => 50,
    })
    client.on('error', () => {})
    await client.set('before', '1')
    const upstreamOf = async (port: number | undefined): Promise<string | undefined> =>
      (await api.proxies()).find(({ listen }) => portOf(listen) === port)?.upstream
    const oldMaster = await sentinels.master()
    expect(await upstreamOf(client.stream.remotePort)).toBe(oldMaster)

    const listener = new Redis(portOf(first!.listen), '127.0.0.1', { disableClientInfo: true })
    await listener.subscribe('+switch-master')
    const switched = once(listener, 'message') as Promise<[string, string]>
    const asking = new Redis(portOf(first!.listen), '127.0.0.1', { disableClientInfo: true })
    const replicas = JSON.stringify(await asking.call('SENTINEL', 'REPLICAS', 'mymaster'))
    for (const { port } of sentinels.servers) expect(replicas).not.toContain(`"${port}"`)
    await asking.call('SENTINEL', 'FAILOVER', 'mymaster')

    const [, message] = await switched
    const [, , oldPort, , newPort] = message.split(' ').map(Number)
    expect(await upstreamOf(oldPort)).toBe(oldMaster)
    const newMaster = await upstreamOf(newPort)
    expect(newMaster).not.toBe(oldMaster)
    expect(await asking.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster')).toEqual([
      '127.0.0.1',
      String(newPort),
    ])
    await until(
      'the client is on the new master',
      () => client.status === 'ready' && client.stream.remotePort === newPort,
    )
    expect(await client.set('after', '1')).toBe('OK')
    for (const each of [client, listener, asking]) each.disconnect()
  })
})
