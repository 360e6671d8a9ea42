import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type FaultBench, openFaultBench } from '../e2e/support/fault-bench.ts'
import { startCluster } from '../e2e/support/redis-cluster.ts'
import { startSentinels } from '../e2e/support/redis-sentinel.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'
import { pause, until } from '../e2e/support/until.ts'

const opened: { stop(): Promise<void> }[] = []
const benches: FaultBench[] = []
const services: Server[] = []

function keep<Started extends { stop(): Promise<void> }>(started: Started): Started {
  opened.push(started)
  return started
}

function benchFor(flags: Record<string, string>, password?: string): FaultBench {
  const bench = openFaultBench(flags, password)
  benches.push(bench)
  return bench
}

async function withServer(
  ...args: string[]
): Promise<{ server: TestServer; bench: FaultBench; address: string }> {
  const server = keep(await startRedis(...args))
  const bench = benchFor({ 'target.port': String(server.port) })
  return { server, bench, address: `127.0.0.1:${server.port}` }
}

afterEach(async () => {
  for (const bench of benches.splice(0)) bench.close()
  for (const service of services.splice(0)) service.close()
  await Promise.all(opened.splice(0).map((one) => one.stop()))
})

describe('settings of a server', () => {
  it.each([
    ['maxmemory', { to: '1mb' }, ['maxmemory', 'maxmemory-policy'], 'OOM', '-1'],
    ['min-replicas', { to: 3 }, ['min-replicas-to-write'], 'NOREPLICAS', '3'],
    ['idle-timeout', { to: '2s' }, ['timeout'], undefined, '2'],
    ['maxclients', { to: 50 }, ['maxclients'], undefined, '50'],
    ['config-change', { name: 'maxmemory-samples', to: 9 }, ['maxmemory-samples'], undefined, '9'],
  ])(
    '%s: refused or changed meanwhile, and as they were after it',
    async (kind, params, names, code, value) => {
      const { server, bench } = await withServer('--maxmemory', '200mb', '--maxmemory-policy', 'allkeys-lru')
      const client = server.client()
      const read = async (): Promise<unknown[]> =>
        await Promise.all(names.map(async (name) => (await client.config('GET', name)) as unknown))
      const before = await read()
      const fault = await bench.begin({ kind, ...params })
      if (value !== '-1') expect(JSON.stringify(await read())).toContain(`"${value}"`)
      const refusal = await client.set('key', 'x'.repeat(2_000_000)).catch((error: Error) => error.message)
      expect(refusal.split(' ')[0]).toBe(code ?? 'OK')
      expect(await fault.end()).toMatchObject({ reverted: true, error: null })
      expect(await read()).toEqual(before)
      expect(await client.set('key', 'x')).toBe('OK')
    },
  )

  it('acl-change: NOPERM meanwhile, and every rule as it was, the password too', async () => {
    const { server, bench } = await withServer()
    const client = server.client()
    const rules = ['on', '>secret-of-u', '~a:*', '%R~b:*', '&news', '+@all', '-@dangerous', '+info']
    await client.call('ACL', 'SETUSER', 'u', ...rules)
    const before = (await client.call('ACL', 'LIST')) as string[]
    const limited = server.client({ username: 'u', password: 'secret-of-u' })
    const fault = await bench.begin({ kind: 'acl-change', user: 'u', rules: '-@write resetkeys ~c:*' })
    await expect(limited.set('a:1', '1')).rejects.toThrow('NOPERM')
    expect(await fault.end()).toMatchObject({ reverted: true })
    expect(await client.call('ACL', 'LIST')).toEqual(before)
    expect(await limited.set('a:1', '1')).toBe('OK')
    expect(JSON.stringify(bench.planned)).not.toContain('secret-of-u')
  })

  it('password-rotation: WRONGPASS for who comes, nothing for who is there, and no password anywhere', async () => {
    const server = keep(await startRedis('--requirepass', 'right-one'))
    const bench = benchFor({ 'target.port': String(server.port) }, 'right-one')
    const there = server.client({ password: 'right-one' })
    const before = await there.call('ACL', 'LIST')
    const fault = await bench.begin({ kind: 'password-rotation' })
    const comes = server.client({ password: 'right-one' })
    await expect(comes.ping()).rejects.toThrow(/WRONGPASS|closed/)
    expect(await there.ping()).toBe('PONG')
    const planned = JSON.stringify(bench.planned)
    const result = await fault.end()
    expect(result).toMatchObject({ reverted: true, error: null })
    expect(await there.call('ACL', 'LIST')).toEqual(before)
    expect(await server.client({ password: 'right-one' }).ping()).toBe('PONG')
    expect(planned + JSON.stringify(result)).not.toContain('right-one')
  })

  it('role-change: READONLY meanwhile, the data is kept', async () => {
    const { server, bench } = await withServer()
    const client = server.client()
    await client.set('kept', '1')
    const fault = await bench.begin({ kind: 'role-change' })
    await expect(client.set('key', '1')).rejects.toThrow('READONLY')
    expect(await client.get('kept')).toBe('1')
    expect(await fault.end()).toMatchObject({ reverted: true })
    expect(await client.set('key', '1')).toBe('OK')
    expect(await client.get('kept')).toBe('1')
  })
})

describe('the time of a server', () => {
  it.each([
    ['pause', { mode: 'all' }],
    ['pause', { mode: 'write' }],
    ['block', { how: 'eval' }],
    ['block', { how: 'debug-sleep' }],
  ])('%s %j: a write waits as long as it lasts', async (kind, params) => {
    const { server, bench } = await withServer('--enable-debug-command', 'yes')
    const client = server.client()
    await client.ping()
    let waited = 0
    const result = await bench.inject({ kind, for: '400ms', ...params }, () => {
      const sentAt = performance.now()
      void client.set('key', '1').then(() => {
        waited = performance.now() - sentAt
      })
    })
    expect(result).toMatchObject({ error: null, reverted: true })
    await until('the write is answered', () => waited > 0)
    // It begins a little before we are told so.
    expect(waited).toBeGreaterThan(250)
    expect(waited).toBeLessThan(1500)
  })

  it('block: a server that does not permit it says so', async () => {
    const { bench } = await withServer()
    const result = await bench.inject({ kind: 'block', how: 'debug-sleep', for: '1s' })
    expect(result.error).toContain('DEBUG command not allowed')
  })

  it('slow-replica: the replica lags, the master does not', async () => {
    const { server, bench } = await withServer('--repl-diskless-sync-delay', '0')
    const replica = keep(await startRedis('--replicaof', '127.0.0.1', String(server.port)))
    const [client, reader] = [server.client(), replica.client()]
    await until('the replica is online', async () => (await bench.deployment.nodes(1000)).length === 2)
    const fault = await bench.begin({ kind: 'slow-replica', busy: 0.9 })
    const slowest = async (one: typeof client): Promise<number> => {
      let longest = 0
      for (let asked = 0; asked < 5; asked++) {
        const sentAt = performance.now()
        await one.ping()
        longest = Math.max(longest, performance.now() - sentAt)
        await pause(30)
      }
      return longest
    }
    expect(await slowest(reader)).toBeGreaterThan(60)
    expect(await slowest(client)).toBeLessThan(100)
    expect(await fault.end()).toMatchObject({ reverted: null, error: null })
  })

  it('freeze and crash: by commands of the user, without a shell', async () => {
    const { server, bench } = await withServer()
    const client = server.client()
    const pid = /process_id:(\d+)/.exec(await client.info('server'))![1]!
    const fault = await bench.begin({
      kind: 'freeze',
      stop: `kill -STOP ${pid}`,
      continue: ['kill', '-CONT', pid],
    })
    const answer = client.ping().then(() => 'answered')
    expect(await Promise.race([answer, pause(200).then(() => 'silence')])).toBe('silence')
    expect(await fault.end()).toMatchObject({ reverted: true })
    expect(await answer).toBe('answered')
    const failed = openFaultBench({ 'target.port': String(server.port) })
    benches.push(failed)
    const result = await failed.inject({
      kind: 'crash',
      command: 'false {port}; true',
      restart: 'echo {port}',
      for: '1s',
    })
    expect(result.error).toMatch(/^false ended with 1/)
  })
})

describe('connections', () => {
  it('client-kill: as many as it says, of the type that it says', async () => {
    const { server, bench } = await withServer()
    const clients = [server.client(), server.client(), server.client(), server.client()]
    await Promise.all(clients.map((client) => client.ping()))
    await clients[0]!.subscribe('news')
    const lost = { count: 0 }
    for (const client of clients) client.on('close', () => lost.count++)
    expect(await bench.inject({ kind: 'client_kill', type: 'pubsub' })).toMatchObject({ connections: 1 })
    await until('the subscriber is gone', () => lost.count === 1)
    const half = await bench.inject({ kind: 'client-kill', type: 'normal', share: '67%' })
    expect(half).toMatchObject({ connections: 2, error: null })
    await until('two more are gone', () => lost.count === 3)
    expect(await bench.inject({ kind: 'client-kill' })).toMatchObject({
      connections: 0,
      detail: '0 connections killed (ours)',
    })
  })
})

describe('roles', () => {
  it('failover: master and replica change places', async () => {
    const { server, bench, address } = await withServer('--repl-diskless-sync-delay', '0')
    const replica = keep(await startRedis('--replicaof', '127.0.0.1', String(server.port)))
    const reader = replica.client()
    await until('the replica is online', async () =>
      (await server.client().info('replication')).includes('state=online'),
    )
    expect(await bench.inject({ kind: 'failover' })).toMatchObject({
      error: null,
      nodes: [address],
      reverted: null,
    })
    expect((await reader.role())[0]).toBe('master')
  })

  it('failover: without a replica it fails, and says why', async () => {
    const { bench } = await withServer()
    expect((await bench.inject({ kind: 'failover' })).error).toContain('connected replicas')
  })

  it('sentinel-failover: the Sentinels name another master', async () => {
    const group = keep(await startSentinels({ replicas: 1, sentinels: 3 }))
    const bench = benchFor({
      'target.topology': 'sentinel',
      'target.sentinel.nodes': group.sentinels.join(','),
    })
    const before = await group.master()
    expect(await bench.inject({ kind: 'sentinel-failover' })).toMatchObject({ error: null, nodes: [before] })
    expect(await until('another master', async () => (await group.master()) !== before)).toBe(true)
  })

  it('cluster-failover and slot-migration: asked node by node', async () => {
    const cluster = keep(await startCluster({ masters: 2, replicasEach: 1 }))
    const flags = { 'target.topology': 'cluster', 'target.nodes': cluster.addresses.join(',') }
    const bench = benchFor(flags)
    const owner = async (): Promise<string[]> => {
      const nodes = await bench.deployment.nodes(2000)
      return nodes
        .filter(({ slots }) => slots.length > 0)
        .map(({ address, slots }) => `${address} ${JSON.stringify(slots)}`)
    }
    const failover = await bench.inject({ kind: 'cluster-failover', on: 'shard:0' })
    expect(failover).toMatchObject({ error: null, nodes: [cluster.addresses[2]] })
    await until(
      'the replica has the slots',
      async () =>
        (await owner())[0]!.length > 0 &&
        (await owner()).some((line) => line.startsWith(cluster.addresses[2]!)),
    )
    const back = await bench.inject({ kind: 'cluster-failover', mode: 'takeover', on: cluster.addresses[0] })
    expect(back).toMatchObject({ error: null, nodes: [cluster.addresses[0]] })
    await until('it has them back', async () =>
      (await owner()).some((line) => line.startsWith(cluster.addresses[0]!)),
    )
    // More keys in a slot than one move takes at once; those of the other master are refused.
    const [first, second] = [cluster.nodes[0]!.client(), cluster.nodes[1]!.client()]
    const names = Array.from({ length: 30 * 110 }, (_, index) => `{tag${index % 30}}:${index}`)
    const written = await Promise.all(names.map((name) => first.set(name, name).catch(() => 'refused')))
    const count = written.filter((answer) => answer === 'OK').length
    expect(await first.dbsize()).toBe(count)
    const slots = await owner()
    const [from, to] = cluster.addresses
    const fault = await bench.begin({ kind: 'slot-migration', on: from, to, slots: 2048 })
    const moved = await second.dbsize()
    expect(moved % 110).toBe(0)
    expect([moved > 0, await first.dbsize()]).toEqual([true, count - moved])
    expect(await fault.end()).toMatchObject({ reverted: true, error: null })
    expect([await first.dbsize(), await second.dbsize()]).toEqual([count, 0])
    await until('everybody knows it', async () => JSON.stringify(await owner()) === JSON.stringify(slots))
  }, 60_000)
})

describe('what is outside of Redis', () => {
  async function service(
    answer: (request: string) => [number, string],
  ): Promise<{ url: string; asked: string[] }> {
    const asked: string[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (part: Buffer) => (body += part.toString()))
      request.on('end', () => {
        asked.push(`${request.method} ${request.url} ${body}`.trim())
        const [status, text] = answer(asked.at(-1)!)
        response.writeHead(status).end(text)
      })
    })
    services.push(server)
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
  }

  it('http: asks, waits until it is done, and asks to take it back', async () => {
    const { bench } = await withServer()
    let polls = 0
    const { url, asked } = await service((request) => {
      if (request.startsWith('POST /action')) return [200, '{"action_id": "a/7"}']
      return [
        200,
        request.startsWith('GET') && ++polls < 3 ? '{"status": "pending"}' : '{"status": "success"}',
      ]
    })
    const fault = await bench.begin({
      kind: 'http',
      url: `${url}/action`,
      body: '{"type":"failover"}',
      poll_url: `${url}/action/{action_id}`,
      poll_every: '50ms',
      revert_url: `${url}/restore`,
    })
    expect(await fault.end()).toMatchObject({ reverted: true, error: null })
    const poll = 'GET /action/a%2F7'
    expect(asked).toEqual(['POST /action {"type":"failover"}', poll, poll, poll, 'POST /restore'])
  })

  it('http: a failure of the service is one of the fault', async () => {
    const { bench } = await withServer()
    const { url } = await service(() => [503, 'busy'])
    expect((await bench.inject({ kind: 'http', url })).error).toBe(`POST ${url}: status 503`)
    const { error } = await bench.inject({ kind: 'http', url: 'http://10.1.2.3:99/' })
    expect(error).toBe('10.1.2.3:99 is not on the list of targets (--fault-target)')
  })

  it('proxy: a toxic in the proxy of the server, over the API of Toxiproxy, and removed', async () => {
    const server = keep(await startRedis())
    const { url, asked } = await service((request) => {
      if (request !== 'GET /proxies') return [200, '{}']
      const upstream = `localhost:${server.port}`
      return [200, JSON.stringify({ 'a b': { name: 'a b', listen: '127.0.0.1:1', upstream, enabled: true } })]
    })
    const bench = benchFor({ 'target.port': String(server.port), 'proxy.url': `${url}/` })
    const toxic = {
      kind: 'proxy',
      toxic: 'latency',
      latency: 100,
      jitter: 20,
      stream: 'upstream',
      for: '50ms',
    }
    expect(await bench.inject(toxic)).toMatchObject({
      reverted: true,
      detail: 'latency latency 100 jitter 20 upstream',
    })
    expect(await bench.inject({ kind: 'proxy', toxic: 'down', for: '50ms' })).toMatchObject({
      reverted: true,
    })
    const body = JSON.parse(asked[1]!.slice(asked[1]!.indexOf('{'))) as { name: string }
    expect(body).toMatchObject({
      type: 'latency',
      stream: 'upstream',
      toxicity: 1,
      attributes: { latency: 100, jitter: 20 },
    })
    expect(asked[2]).toBe(`DELETE /proxies/a%20b/toxics/${body.name}`)
    expect(asked.slice(4)).toEqual([
      'POST /proxies/a%20b {"enabled":false}',
      'POST /proxies/a%20b {"enabled":true}',
    ])
  })
})
