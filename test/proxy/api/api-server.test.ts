import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ProxyServer, startProxyServer } from '../../../src/proxy/proxy-server.ts'
import { freePort } from '../../support/free-port.ts'

let server: ProxyServer
beforeEach(async () => {
  server = await startProxyServer({ api: { host: '127.0.0.1', port: 0 }, seed: 1, proxies: [] })
})
afterEach(() => server.stop())

interface Answer {
  readonly status: number
  readonly body: unknown
}

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(server.apiUrl + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text,
  }
}

const listenOf = ({ body }: Answer): string => (body as { readonly listen: string }).listen

describe('proxies', () => {
  it('are made, shown, changed and removed', async () => {
    const made = await ask('POST', '/proxies', { name: 'a', listen: '127.0.0.1:0', upstream: 'localhost:1' })
    const listen = listenOf(made)
    expect(listen).toMatch(/^127\.0\.0\.1:\d+$/)
    const proxy = { name: 'a', listen, upstream: 'localhost:1', enabled: true, toxics: [] }
    expect(made).toEqual({ status: 201, body: proxy })
    expect(await ask('GET', '/proxies')).toEqual({ status: 200, body: { a: proxy } })
    expect(await ask('GET', '/proxies/a')).toEqual({ status: 200, body: proxy })
    expect(await ask('PATCH', '/proxies/a', { enabled: false })).toEqual({
      status: 200,
      body: { ...proxy, enabled: false },
    })
    expect(await ask('POST', '/proxies/a', { enabled: true, upstream: 'localhost:2' })).toEqual({
      status: 200,
      body: { ...proxy, upstream: 'localhost:2' },
    })
    expect(await ask('DELETE', '/proxies/a')).toEqual({ status: 204, body: '' })
    expect(await ask('GET', '/proxies')).toEqual({ status: 200, body: {} })
  })

  it('may be made without listening, and say what they rewrite', async () => {
    const spec = { name: 'a', upstream: '127.0.0.1:1', enabled: false, rewrite: 'cluster', group: 'g' }
    expect((await ask('POST', '/proxies', spec)).body).toMatchObject({
      enabled: false,
      listen: '127.0.0.1:0',
      rewrite: 'cluster',
      group: 'g',
    })
  })

  it('are populated: what is the same stays, what differs is replaced', async () => {
    const port = await freePort()
    const spec = { name: 'a', listen: `127.0.0.1:${port}`, upstream: '127.0.0.1:1' }
    await ask('POST', '/populate', [spec])
    await ask('POST', '/proxies/a/toxics', { type: 'latency' })
    const again = await ask('POST', '/populate', [spec, { ...spec, name: 'b', listen: '127.0.0.1:0' }])
    expect(again.status).toBe(201)
    expect(again.body).toMatchObject({
      proxies: [{ name: 'a', toxics: [{ type: 'latency' }] }, { name: 'b' }],
    })
    const other = await ask('POST', '/populate', [{ ...spec, upstream: '127.0.0.1:2' }])
    expect(other.body).toMatchObject({ proxies: [{ upstream: '127.0.0.1:2', toxics: [] }] })
    expect(await ask('POST', '/populate', [{ name: 'c' }])).toEqual({
      status: 400,
      body: { error: 'missing required field: upstream at proxy 1', status: 400, proxies: null },
    })
  })

  it('are all on and without toxics after a reset', async () => {
    await ask('POST', '/proxies', { name: 'a', upstream: '127.0.0.1:1', enabled: false })
    await ask('POST', '/proxies/a/toxics', { type: 'refuse' })
    expect(await ask('POST', '/reset')).toEqual({ status: 204, body: '' })
    expect((await ask('GET', '/proxies/a')).body).toMatchObject({ enabled: true, toxics: [] })
  })
})

describe('toxics', () => {
  beforeEach(async () => {
    await ask('POST', '/proxies', { name: 'a', upstream: '127.0.0.1:1' })
  })

  it('are made, shown, changed and removed', async () => {
    const latency = {
      attributes: { latency: 100, jitter: 0 },
      name: 'latency_downstream',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
    }
    expect(
      await ask('POST', '/proxies/a/toxics', { type: 'latency', attributes: { latency: 100, unknown: 1 } }),
    ).toEqual({ status: 200, body: latency })
    await ask('POST', '/proxies/a/toxics', {
      name: 'up',
      type: 'bandwidth',
      stream: 'upstream',
      toxicity: 0.5,
    })
    const up = { attributes: { rate: 0 }, name: 'up', type: 'bandwidth', stream: 'upstream', toxicity: 0.5 }
    expect((await ask('GET', '/proxies/a/toxics')).body).toEqual([up, latency])
    expect((await ask('GET', '/proxies/a/toxics/up')).body).toEqual(up)
    expect(
      await ask('PATCH', '/proxies/a/toxics/latency_downstream', {
        attributes: { jitter: 5 },
        toxicity: 0.1,
      }),
    ).toEqual({
      status: 200,
      body: { ...latency, attributes: { latency: 100, jitter: 5 }, toxicity: 0.1 },
    })
    expect(await ask('DELETE', '/proxies/a/toxics/up')).toEqual({ status: 204, body: '' })
    expect((await ask('GET', '/proxies/a/toxics/up')).status).toBe(404)
  })

  it.each([
    [{ type: 'nonsense' }, 400, 'invalid toxic type'],
    [{ type: 'constructor' }, 400, 'invalid toxic type'],
    [
      { type: 'latency', stream: 'sideways' },
      400,
      'stream was invalid, can be either upstream or downstream',
    ],
    [{ type: 'latency', toxicity: 'x' }, 400, 'bad request body: toxicity must be a number'],
    [
      { type: 'latency', attributes: { latency: '100' } },
      400,
      'bad request body: attribute latency must be a whole number',
    ],
    [
      { type: 'resp_drop_reply', attributes: { action: 'explode' } },
      400,
      'bad request body: attribute action must be one of close, reset, hold',
    ],
    [[], 400, 'bad request body: it must be an object'],
  ])('%j is refused', async (toxic, status, error) => {
    expect(await ask('POST', '/proxies/a/toxics', toxic)).toEqual({ status, body: { error, status } })
    expect((await ask('GET', '/proxies/a/toxics')).body).toEqual([])
  })

  it('of one name exist once', async () => {
    await ask('POST', '/proxies/a/toxics', { type: 'latency' })
    expect(await ask('POST', '/proxies/a/toxics', { type: 'latency' })).toEqual({
      status: 409,
      body: { error: 'toxic already exists', status: 409 },
    })
  })
})

describe('what is wrong', () => {
  it.each([
    ['GET', '/proxies/x', undefined, 404, 'proxy not found'],
    ['DELETE', '/proxies/x', undefined, 404, 'proxy not found'],
    ['GET', '/proxies/x/toxics/y', undefined, 404, 'proxy not found'],
    ['POST', '/proxies', {}, 400, 'missing required field: name'],
    ['POST', '/proxies', { name: 'a' }, 400, 'missing required field: upstream'],
    ['POST', '/proxies', { name: 'a', upstream: 1 }, 400, 'bad request body: upstream must be a string'],
    [
      'POST',
      '/proxies',
      { name: 'a', upstream: 'x' },
      400,
      'bad request body: upstream must be host:port, not "x"',
    ],
    ['GET', '/nothing', undefined, 404, 'page not found'],
    ['GET', '/proxies/%ff', undefined, 404, 'page not found'],
    ['PUT', '/proxies', {}, 405, 'method not allowed'],
  ])('%s %s %j', async (method, path, body, status, error) => {
    expect(await ask(method, path, body)).toEqual({ status, body: { error, status } })
  })

  it('is JSON that is not', async () => {
    const { status, body } = await ask('POST', '/proxies', '{')
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: expect.stringMatching(/^bad request body: /) as unknown })
  })

  it('is a name that is taken, or a port', async () => {
    const { body } = await ask('POST', '/proxies', { name: 'a', upstream: '127.0.0.1:1' })
    expect((await ask('POST', '/proxies', { name: 'a', upstream: '127.0.0.1:1' })).body).toEqual({
      error: 'proxy already exists',
      status: 409,
    })
    const { listen } = body as { readonly listen: string }
    expect(await ask('POST', '/proxies', { name: 'b', listen, upstream: '127.0.0.1:1' })).toEqual({
      status: 500,
      body: { error: `cannot listen on ${listen}: EADDRINUSE`, status: 500 },
    })
    expect((await ask('GET', '/proxies/b')).status).toBe(404)
  })

  it('is a browser', async () => {
    expect((await ask('GET', '/proxies', undefined, { 'user-agent': 'Mozilla/5.0' })).status).toBe(403)
  })
})

describe('the rest', () => {
  it('says which API it is', async () => {
    expect(await ask('GET', '/version')).toEqual({
      status: 200,
      body: { version: '2.12.0', server: 'redis-test' },
    })
  })

  it('has metrics', async () => {
    const { body } = await ask('POST', '/proxies', { name: 'a"b', upstream: '127.0.0.1:1' })
    const { listen } = body as { readonly listen: string }
    const { body: text } = await ask('GET', '/metrics')
    expect(text).toContain(
      `redis_test_proxy_connections_total{proxy="a\\"b",listener="${listen}",upstream="127.0.0.1:1"} 0\n`,
    )
  })

  it('refuses pushes that are none', async () => {
    await ask('POST', '/proxies', { name: 'a', upstream: '127.0.0.1:1' })
    expect(await ask('POST', '/proxies/a/push', { push: [] })).toEqual({
      status: 400,
      body: { error: 'missing required field: push', status: 400 },
    })
    expect(await ask('POST', '/proxies/a/push', { push: ['MOVING', 1] })).toEqual({
      status: 200,
      body: { sent: 0 },
    })
    expect((await ask('DELETE', '/proxies/a/connections/1')).status).toBe(404)
  })
})
