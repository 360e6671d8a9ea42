import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createToxiproxyClient, type ToxiproxyClient } from '../../src/faults/toxiproxy-client.ts'
import { type ProxyServer, startProxyServer } from '../../src/proxy/proxy-server.ts'

let server: ProxyServer
let client: ToxiproxyClient
beforeAll(async () => {
  server = await startProxyServer({ api: { host: '127.0.0.1', port: 0 }, seed: 1, proxies: [] })
  client = createToxiproxyClient(`${server.apiUrl}/`)
})
afterAll(() => server.stop())

describe('the client of Toxiproxy', () => {
  it('knows whom it talks to', async () => {
    expect(await client.version()).toEqual({ version: '2.12.0', isOurs: true })
  })

  it('does everything to proxies and toxics, whatever they are called', async () => {
    const name = 'a / b?'
    const made = await client.createProxy({ name, upstream: '127.0.0.1:1' })
    expect(await client.proxy(name)).toEqual(made)
    expect((await client.updateProxy(name, { enabled: false })).enabled).toBe(false)
    const toxic = await client.addToxic(name, { name: '50%', type: 'latency', attributes: { latency: 9 } })
    expect(await client.updateToxic(name, '50%', { toxicity: 0.5 })).toEqual({ ...toxic, toxicity: 0.5 })
    expect(await client.toxics(name)).toHaveLength(1)
    await client.removeToxic(name, '50%')
    expect(await client.proxies()).toEqual([{ ...made, enabled: false }])
    await client.reset()
    expect((await client.proxy(name)).enabled).toBe(true)
    expect(await client.connections(name)).toEqual([])
    expect(await client.closeConnections(name, { reset: true })).toBe(0)
    expect(await client.push(name, ['MOVING'])).toBe(0)
    expect(
      (await client.populate([{ name: 'c', upstream: '127.0.0.1:2' }])).map((each) => each.name),
    ).toEqual(['c'])
    await client.removeProxy(name)
    expect((await client.proxies()).map((proxy) => proxy.name)).toEqual(['c'])
  })

  it('says what was refused, and when nobody is there', async () => {
    await expect(client.proxy('x')).rejects.toMatchObject({
      message: 'GET /proxies/x: proxy not found',
      status: 404,
    })
    await expect(createToxiproxyClient('http://127.0.0.1:1').reset()).rejects.toMatchObject({
      message: expect.stringContaining('POST /reset: no answer from http://127.0.0.1:1: ') as unknown,
      status: 0,
    })
  })
})
