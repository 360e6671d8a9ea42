import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { Redis, type RedisOptions } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createToxiproxyClient, type ToxiproxyClient } from '../../src/faults/toxiproxy-client.ts'
import type { ToxicSpec } from '../../src/model/toxic.ts'
import { type ProxyProcess, startProxyProcess } from '../../src/proxy/start-proxy-process.ts'
import { freePort } from '../support/free-port.ts'
import { command, folder, ROOT, start } from './support/command-line.ts'
import { startRedis, type TestServer } from './support/redis-server.ts'
import { until } from './support/until.ts'

const ENTRY = join(ROOT, 'dist/proxy/main.js')

let server: TestServer
let proxy: ProxyProcess
let api: ToxiproxyClient
let port: number
const clients: Redis[] = []

beforeAll(async () => {
  server = await startRedis()
  const upstream = `127.0.0.1:${server.port}`
  proxy = await startProxyProcess({ seed: 11, proxies: [{ name: 'redis', upstream }], entry: ENTRY })
  api = createToxiproxyClient(proxy.apiUrl)
  port = Number(proxy.proxies[0]!.listen.split(':')[1])
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect()
  await api.reset()
})
afterAll(async () => {
  await proxy.stop()
  await server.stop()
})

/** A client that says at once what goes wrong. */
async function createClient(
  options: Pick<RedisOptions, 'socketTimeout' | 'retryStrategy'> = {},
): Promise<Redis> {
  const client = new Redis(port, '127.0.0.1', {
    retryStrategy: () => 20,
    maxRetriesPerRequest: 0,
    disableClientInfo: true,
    ...options,
  })
  client.on('error', () => {})
  clients.push(client)
  await once(client, 'ready')
  return client
}

const addToxic = (type: string, attributes: ToxicSpec['attributes'] = {}): Promise<unknown> =>
  api.addToxic('redis', { type, name: type, attributes })

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('a client through the proxy', () => {
  it('gets errors of our own, for as many commands as they are for', async () => {
    const client = await createClient()
    await addToxic('resp_error', {
      error: 'LOADING Redis is loading the dataset in memory',
      commands: ['get'],
      count: 3,
    })
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => client.get('nothing')))
    expect(
      answers.map((answer) => (answer.status === 'rejected' ? String(answer.reason) : answer.value)),
    ).toEqual([
      ...Array.from({ length: 3 }, () => 'ReplyError: LOADING Redis is loading the dataset in memory'),
      null,
      null,
    ])
  })

  it('waits while it is half open, and gets its answers afterwards', async () => {
    const client = await createClient()
    await addToxic('half_open')
    const answer = client.incr('half-open')
    const state = await Promise.race([
      answer,
      new Promise((resolve) => {
        setTimeout(() => resolve('silent'), 200)
      }),
    ])
    expect(state).toBe('silent')
    await api.removeToxic('redis', 'half_open')
    expect(await answer).toBe(1)
  })

  it('sees a freeze with its socket timeout', async () => {
    const client = await createClient({ socketTimeout: 150 })
    // Not `once` of node:events: the error before it is expected.
    const closed = new Promise((resolve) => client.once('close', resolve))
    await addToxic('half_open')
    await Promise.all([closed, expect(client.incr('frozen')).rejects.toThrow()])
    await api.removeToxic('redis', 'half_open')
    await until('it is back', () =>
      client.get('frozen').then(
        () => true,
        () => false,
      ),
    )
  })

  it('lives through pushes, which reach it between replies', async () => {
    const client = await createClient()
    const socket = connect(port, '127.0.0.1')
    let text = ''
    socket.setEncoding('latin1').on('data', (data: string) => (text += data))
    socket.write('*2\r\n$5\r\nHELLO\r\n$1\r\n3\r\n')
    await until('RESP3', () => text.includes('proto'))
    await until('both are seen', async () => (await api.connections('redis')).every(({ resp }) => resp === 3))
    text = ''
    const values = Array.from({ length: 2000 }, (_, index) => client.set(`k${index}`, 'x'.repeat(index)))
    expect(await api.push('redis', ['MOVING', 1, 2, '127.0.0.1:1'])).toBe(2)
    await addToxic('resp_push', { push: ['MIGRATING', 2, 5, ['1']] })
    expect(new Set(await Promise.all(values))).toEqual(new Set(['OK']))
    await until(
      'both pushes',
      () =>
        text ===
        '>4\r\n$6\r\nMOVING\r\n:1\r\n:2\r\n$11\r\n127.0.0.1:1\r\n>4\r\n$9\r\nMIGRATING\r\n:2\r\n:5\r\n*1\r\n$1\r\n1\r\n',
    )
    socket.destroy()
  })

  it('takes part in maintenance notifications of a server that knows none', async () => {
    const client = await createClient()
    const ask = (): Promise<unknown> => client.call('CLIENT', 'MAINT_NOTIFICATIONS', 'ON')
    await expect(ask()).rejects.toThrow('ERR')
    await addToxic('resp_maint_notifications')
    await addToxic('resp_push', { push: ['MOVING', 1], opted_in: true })
    const pushes = async (): Promise<number> => (await api.stats('redis')).applied['resp_push'] ?? 0
    const before = await pushes()
    expect(await ask()).toBe('OK')
    await until('the push', async () => (await pushes()) === before + 1)
  })

  it('loses its connection in the middle of a value', async () => {
    const client = await createClient({ retryStrategy: () => null })
    await client.set('long', 'x'.repeat(1000))
    await addToxic('resp_cut', { commands: ['get'], bytes: 500, action: 'reset' })
    const before = (await api.stats('redis')).bytes.downstream
    const closed = new Promise((resolve) => client.once('close', resolve))
    await expect(client.get('long')).rejects.toThrow()
    await closed
    const after = (await api.stats('redis')).bytes.downstream
    expect(after.sent - before.sent).toBe('$1000\r\n'.length + 500)
  })

  it('meets garbage and recovers', async () => {
    const client = await createClient()
    await addToxic('resp_garbage', { commands: ['get'], count: 1 })
    await expect(client.get('a')).rejects.toThrow()
    await until('it is back', () =>
      client.ping().then(
        () => true,
        () => false,
      ),
    )
  })

  it('does not learn of a command that was carried out', async () => {
    const client = await createClient()
    await addToxic('resp_drop_reply', { commands: ['incr'], count: 1 })
    await expect(client.incr('unknown')).rejects.toThrow()
    expect(await until('it is back', () => client.get('unknown').catch(() => undefined))).toBe('1')
  })

  it('has commands carried out twice, to the unit', async () => {
    const client = await createClient()
    const before = (await api.stats('redis')).applied['resp_duplicate'] ?? 0
    await addToxic('resp_duplicate', { share: 0.2 })
    const answers = await Promise.all(Array.from({ length: 500 }, () => client.incr('twice')))
    const duplicates = (await api.stats('redis')).applied['resp_duplicate']! - before
    expect(duplicates).toBeGreaterThan(60)
    expect(duplicates).toBeLessThan(150)
    expect(Number(await client.get('twice'))).toBe(500 + duplicates)
    expect(new Set(answers).size).toBe(500)
  })
})

describe('the process of the proxy', () => {
  it('says what is wrong when it cannot listen', async () => {
    const proxies = [{ name: 'a', listen: `127.0.0.1:${server.port}`, upstream: '127.0.0.1:1' }]
    await expect(startProxyProcess({ seed: 1, proxies, entry: ENTRY })).rejects.toThrow(
      `the fault proxy did not start: cannot listen on 127.0.0.1:${server.port}: EADDRINUSE`,
    )
  })

  it('ends when it is told to, with connections open', async () => {
    const upstream = `127.0.0.1:${server.port}`
    const one = await startProxyProcess({ seed: 1, proxies: [{ name: 'a', upstream }], entry: ENTRY })
    const socket = connect(Number(one.proxies[0]!.listen.split(':')[1]), '127.0.0.1')
    await once(socket, 'connect')
    const closed = new Promise((resolve) =>
      socket
        .resume()
        .on('error', () => {})
        .once('close', resolve),
    )
    await one.stop()
    expect(await one.ended).toBe('')
    expect(isAlive(one.pid)).toBe(false)
    await closed
  })

  it('ends when whoever started it is killed', async () => {
    const script = `import { startProxyProcess } from ${JSON.stringify(join(ROOT, 'dist/proxy/start-proxy-process.js'))}
      const { pid } = await startProxyProcess({ seed: 1, proxies: [{ name: 'a', upstream: '127.0.0.1:1' }] })
      console.log(pid); setInterval(() => {}, 1000)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(line.toString())
    expect(isAlive(pid)).toBe(true)
    parent.kill('SIGKILL')
    await until('the proxy is gone', () => !isAlive(pid))
  })
})

describe('redis-test proxy', () => {
  it('says what listens where, works, and ends with SIGINT', async () => {
    const listen = await freePort()
    const running = start([
      ...['proxy', '--listen', `127.0.0.1:${listen}`, '--upstream', `localhost:${server.port}`],
      ...['--api', '127.0.0.1:0'],
    ])
    const url = await until('it runs', () => /API at (\S+),/.exec(running.stdout())?.[1])
    expect(running.stdout()).toContain(`proxy redis: 127.0.0.1:${listen} → localhost:${server.port}\n`)
    expect(await createToxiproxyClient(url).version()).toEqual({ version: '2.12.0', isOurs: true })
    const client = new Redis(listen, '127.0.0.1')
    expect(await client.ping()).toBe('PONG')
    running.child.kill('SIGINT')
    const { code, stdout, stderr } = await running.ended
    client.disconnect()
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.endsWith('\nended\n')).toBe(true)
  })

  it.each([
    [
      ['--listen', 'x', '--upstream', '127.0.0.1:1'],
      '--listen: "x" is not an address (host:port, as in 127.0.0.1:7000)',
    ],
    [['--listen', ':0', '--upstream', 'redis:0'], '--upstream: "redis:0" has no port (as in 127.0.0.1:6379)'],
    [
      ['--listen', ':0', '--listen', ':0', '--upstream', 'redis:1'],
      '--listen: 2 of these and 1 of --upstream (each address to listen on has one server behind it)',
    ],
    [
      ['--upstream', 'redis:1'],
      "required option '--listen <host:port>' not specified; see redis-test proxy --help",
    ],
    [
      ['--listen', ':0', '--upstream', 'redis:1', '--cluster', '--sentinel'],
      "option '--cluster' cannot be used with option '--sentinel'; see redis-test proxy --help",
    ],
  ])('%j is one line', async (flags, line) => {
    expect(await command(['proxy', ...flags])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `redis-test: ${line}\n`,
    })
  })

  it('says which port is taken', async () => {
    const taken = `127.0.0.1:${server.port}`
    const { code, stderr } = await command(['proxy', '--listen', taken, '--upstream', 'localhost:1'])
    expect([code, stderr]).toEqual([
      2,
      `redis-test: cannot listen on ${taken}: EADDRINUSE (is it in use? port 0 takes any that is free)\n`,
    ])
  })
})
