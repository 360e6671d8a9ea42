import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ProxySpec } from '../../src/model/toxic.ts'
import { createRandom } from '../../src/model/random.ts'
import { type Proxied, startProxied } from '../support/proxied.ts'
import { until } from '../e2e/support/until.ts'

// Bytes as they are: what RESP makes of them is another matter.
const TCP: Partial<ProxySpec> = { protocol: 'tcp' }

let proxied: Proxied
beforeEach(async () => {
  proxied = await startProxied(TCP)
})
afterEach(() => proxied.stop())

function randomBytes(size: number): Buffer {
  const random = createRandom(size)
  return Buffer.from(Array.from({ length: size }, () => random.below(256)))
}

describe('without toxics', () => {
  it('passes every byte both ways, and the end of each way for itself', async () => {
    const { client, server } = await proxied.connect()
    server.socket.allowHalfOpen = true
    const [up, down] = [randomBytes(300_000), randomBytes(700_000)]
    client.socket.end(up)
    expect((await server.bytes(up.length)).equals(up)).toBe(true)
    expect(await server.ended).toBe('end')
    server.socket.end(down)
    expect((await client.bytes(down.length)).equals(down)).toBe(true)
    await client.closed
    const stats = await proxied.api.stats('p')
    expect(stats.bytes).toEqual({
      upstream: { received: up.length, sent: up.length },
      downstream: { received: down.length, sent: down.length },
    })
    expect(stats.connections).toEqual({ total: 1, active: 0, failed: 0 })
  })

  it('hands on a reset', async () => {
    const { client, server } = await proxied.connect()
    server.socket.resetAndDestroy()
    expect(await client.ended).toBe('ECONNRESET')
  })

  it('holds back a sender whose receiver does not read', async () => {
    const { client, server } = await proxied.connect()
    server.socket.pause()
    const chunk = Buffer.alloc(1024 * 1024)
    let written = 0
    while (written < 256 && client.socket.write(chunk)) written++
    await until('the buffers are full', async () => {
      const { received, sent } = (await proxied.api.stats('p')).bytes.upstream
      await new Promise((resolve) => setTimeout(resolve, 100))
      const later = (await proxied.api.stats('p')).bytes.upstream
      return later.received === received && received - sent <= 1024 * 1024
    })
    for (let index = 0; index < 64; index++) client.socket.write(chunk)
    const { received } = (await proxied.api.stats('p')).bytes.upstream
    expect(received).toBeLessThan(30 * 1024 * 1024)
    server.socket.resume()
    await server.bytes(received)
  })

  it('closes the client when the server cannot be reached', async () => {
    await proxied.api.updateProxy('p', { upstream: '127.0.0.1:1' })
    const client = await proxied.connectOnly()
    await client.closed
    expect((await proxied.api.stats('p')).connections).toEqual({ total: 1, active: 0, failed: 1 })
  })
})

describe('latency', () => {
  it('delays each way for itself, existing connections too, and keeps the order', async () => {
    const { client, server } = await proxied.connect()
    await proxied.addToxic({ type: 'latency', attributes: { latency: 500, jitter: 20 } })
    const began = performance.now()
    client.socket.write('up')
    await server.bytes(2)
    expect(performance.now() - began).toBeLessThan(450)
    const sentAt = performance.now()
    for (let index = 0; index < 10; index++) server.socket.write(`<${index}>`)
    expect((await client.bytes(30)).toString()).toBe('<0><1><2><3><4><5><6><7><8><9>')
    expect(client.pieces[0]!.at - sentAt).toBeGreaterThanOrEqual(479)
    expect(performance.now() - sentAt).toBeLessThan(5000)
  })

  it('lets go of what it holds when it is removed', async () => {
    const { client, server } = await proxied.connect()
    await proxied.addToxic({ name: 'slow', type: 'latency', attributes: { latency: 60_000 } })
    server.socket.write('held')
    await until('it holds them', async () => (await proxied.api.stats('p')).bytes.downstream.received === 4)
    await proxied.api.removeToxic('p', 'slow')
    expect((await client.bytes(4)).toString()).toBe('held')
  })

  it('takes a new value for what it holds already', async () => {
    const { client, server } = await proxied.connect()
    await proxied.addToxic({ name: 'slow', type: 'latency', attributes: { latency: 60_000 } })
    server.socket.write('held')
    await until('it holds them', async () => (await proxied.api.stats('p')).bytes.downstream.received === 4)
    await proxied.api.updateToxic('p', 'slow', { attributes: { latency: 1 } })
    expect((await client.bytes(4)).toString()).toBe('held')
  })

  it('adds up in a chain', async () => {
    const { client, server } = await proxied.connect()
    for (const name of ['a', 'b'])
      await proxied.addToxic({ name, type: 'latency', attributes: { latency: 50 } })
    const began = performance.now()
    server.socket.write('x')
    await client.bytes(1)
    expect(performance.now() - began).toBeGreaterThanOrEqual(99)
  })
})

describe('bandwidth', () => {
  it('lets through so many kilobytes a second', async () => {
    const { client, server } = await proxied.connect()
    await proxied.addToxic({ type: 'bandwidth', attributes: { rate: 500 } })
    const bytes = randomBytes(200_000)
    const began = performance.now()
    server.socket.write(bytes)
    expect((await client.bytes(bytes.length)).equals(bytes)).toBe(true)
    const took = performance.now() - began
    expect(took).toBeGreaterThanOrEqual(395)
    expect(took).toBeLessThan(3000)
  })

  it('lets nothing through at 0, until it is changed', async () => {
    const { client, server } = await proxied.connect()
    await proxied.addToxic({ name: 'b', type: 'bandwidth', attributes: { rate: 0 } })
    server.socket.write('waits')
    await until('it holds them', async () => (await proxied.api.stats('p')).bytes.downstream.received === 5)
    expect(client.received().length).toBe(0)
    await proxied.api.updateToxic('p', 'b', { attributes: { rate: 10 } })
    expect((await client.bytes(5)).toString()).toBe('waits')
  })
})

describe('slicer', () => {
  it('cuts into pieces of about the given size, with time in between', async () => {
    const { client, server } = await proxied.connect()
    const attributes = { average_size: 10, size_variation: 3, delay: 3000 }
    await proxied.addToxic({ type: 'slicer', attributes })
    const bytes = randomBytes(200)
    const began = performance.now()
    server.socket.write(bytes)
    expect((await client.bytes(200)).equals(bytes)).toBe(true)
    // 200 bytes are at least 16 slices of at most 13, with 15 gaps of 3 ms.
    expect(performance.now() - began).toBeGreaterThanOrEqual(44)
    expect(client.pieces.length).toBeGreaterThan(5)
    expect(client.pieces[0]!.bytes.length).toBeGreaterThanOrEqual(7)
  })
})

describe('limit_data', () => {
  it('lets through exactly so many bytes, then closes both sides', async () => {
    await proxied.addToxic({ type: 'limit_data', attributes: { bytes: 1000 } })
    const { client, server } = await proxied.connect()
    const bytes = randomBytes(3000)
    // Bytes that nobody reads would turn the end into a reset, and cost the last bytes.
    client.socket.write(randomBytes(500))
    for (let from = 0; from < 3000; from += 300) server.socket.write(bytes.subarray(from, from + 300))
    expect(await client.ended).toBe('end')
    expect(client.received().equals(bytes.subarray(0, 1000))).toBe(true)
    await server.closed
  })
})

describe('timeout', () => {
  it('drops everything and closes the connection in time', async () => {
    const { client, server } = await proxied.connect()
    const began = performance.now()
    await proxied.addToxic({ type: 'timeout', attributes: { timeout: 100 } })
    server.socket.write('lost')
    await client.ended
    expect(performance.now() - began).toBeGreaterThanOrEqual(99)
    expect(client.received().length).toBe(0)
  })

  it('with 0 drops and keeps it open, until it is removed', async () => {
    const { client, server } = await proxied.connect()
    await proxied.addToxic({ name: 't', type: 'timeout', stream: 'upstream', attributes: { timeout: 0 } })
    client.socket.write('lost')
    await until('dropped', async () => (await proxied.api.stats('p')).bytes.upstream.received === 4)
    server.socket.write('arrives')
    expect((await client.bytes(7)).toString()).toBe('arrives')
    await proxied.api.removeToxic('p', 't')
    expect(await client.ended).toBe('end')
    expect(server.received().length).toBe(0)
  })
})

describe('reset_peer', () => {
  it('resets both sides after the first bytes', async () => {
    await proxied.addToxic({ type: 'reset_peer', attributes: { timeout: 30 } })
    const { client, server } = await proxied.connect()
    const began = performance.now()
    server.socket.write('x')
    expect(await client.ended).toBe('ECONNRESET')
    expect(await server.ended).toBe('ECONNRESET')
    expect(performance.now() - began).toBeGreaterThanOrEqual(29)
    expect(client.received().length).toBe(0)
  })
})

describe('slow_close', () => {
  it('delays the end, not the bytes', async () => {
    await proxied.addToxic({ type: 'slow_close', attributes: { delay: 500 } })
    const { client, server } = await proxied.connect()
    const began = performance.now()
    server.socket.end('bye')
    await client.bytes(3)
    expect(performance.now() - began).toBeLessThan(490)
    expect(await client.ended).toBe('end')
    expect(performance.now() - began).toBeGreaterThanOrEqual(499)
  })
})

describe('half_open', () => {
  it('is silent both ways, takes new connections, and goes on with every byte when it is removed', async () => {
    const { client, server } = await proxied.connect()
    await proxied.addToxic({ name: 'h', type: 'half_open' })
    client.socket.write('ping')
    server.socket.write('pong')
    const second = await proxied.connectOnly()
    second.socket.write('second')
    const connections = await until('both are seen', async () => {
      const found = await proxied.api.connections('p')
      return found.length === 2 && found
    })
    expect(connections.map(({ half_open }) => half_open)).toEqual([true, true])
    expect([proxied.servers.length, server.received().length, client.received().length]).toEqual([1, 0, 0])
    await proxied.api.removeToxic('p', 'h')
    expect((await server.bytes(4)).toString()).toBe('ping')
    expect((await client.bytes(4)).toString()).toBe('pong')
    const server2 = await until('the second arrives', () => proxied.servers[1])
    expect((await server2.bytes(6)).toString()).toBe('second')
    expect((await proxied.api.stats('p')).applied).toEqual({ half_open: 2 })
  })
})

describe('accept_close', () => {
  it('closes new connections at once and leaves the others', async () => {
    const { client, server } = await proxied.connect()
    await proxied.addToxic({ type: 'accept_close' })
    const second = await proxied.connectOnly()
    await second.closed
    client.socket.write('still')
    expect((await server.bytes(5)).toString()).toBe('still')
    expect(proxied.servers.length).toBe(1)
  })
})

describe('refuse', () => {
  it('lets nobody in, leaves the others, and listens again on the same port', async () => {
    const { client, server } = await proxied.connect()
    await proxied.addToxic({ name: 'r', type: 'refuse' })
    await expect(proxied.connectOnly()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    client.socket.write('still')
    expect((await server.bytes(5)).toString()).toBe('still')
    await proxied.api.removeToxic('p', 'r')
    await proxied.connect()
  })
})

describe('down', () => {
  it('is a proxy that is not enabled: closes everything, refuses, and comes back on the same port', async () => {
    const { client, server } = await proxied.connect()
    await proxied.api.updateProxy('p', { enabled: false })
    await Promise.all([client.closed, server.closed])
    await expect(proxied.connectOnly()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await proxied.api.updateProxy('p', { enabled: true })
    await proxied.connect()
  })
})

describe('toxicity', () => {
  it('picks a share of the connections, the same ones each time', async () => {
    const pick = async (): Promise<number[]> => {
      const one = await startProxied(TCP)
      try {
        await one.addToxic({ type: 'half_open', toxicity: 0.3 })
        for (let index = 0; index < 60; index++) await one.connectOnly()
        const found = await until('all are seen', async () => {
          const all = await one.api.connections('p')
          return all.length === 60 && all
        })
        return found.filter(({ half_open }) => half_open).map(({ id }) => id)
      } finally {
        await one.stop()
      }
    }
    const picked = await pick()
    expect(picked.length).toBeGreaterThan(8)
    expect(picked.length).toBeLessThan(30)
    expect(await pick()).toEqual(picked)
  })

  it('can be changed for connections that are there', async () => {
    const { client, server } = await proxied.connect()
    await proxied.addToxic({ name: 't', type: 'latency', toxicity: 0, attributes: { latency: 150 } })
    server.socket.write('a')
    await client.bytes(1)
    await proxied.api.updateToxic('p', 't', { toxicity: 1 })
    const began = performance.now()
    server.socket.write('b')
    await client.bytes(2)
    expect(performance.now() - began).toBeGreaterThanOrEqual(149)
  })
})

describe('chains', () => {
  it('stay exact while toxics come and go', async () => {
    const { client, server } = await proxied.connect()
    const bytes = randomBytes(400_000)
    for (let from = 0; from < bytes.length; from += 4000)
      server.socket.write(bytes.subarray(from, from + 4000))
    for (let round = 0; round < 6; round++) {
      await proxied.addToxic({ name: 'l', type: 'latency', attributes: { latency: 5, jitter: 5 } })
      await proxied.addToxic({
        name: 's',
        type: 'slicer',
        attributes: { average_size: 5000, size_variation: 1000, delay: 10 },
      })
      await proxied.addToxic({ name: 'b', type: 'bandwidth', attributes: { rate: 5000 } })
      await proxied.api.removeToxic('p', 's')
      await proxied.api.removeToxic('p', 'l')
      await proxied.api.removeToxic('p', 'b')
    }
    expect((await client.bytes(bytes.length)).equals(bytes)).toBe(true)
  })
})

describe('a proxy that looks at no byte', () => {
  it('takes no toxic that has to', async () => {
    await expect(proxied.addToxic({ type: 'resp_error' })).rejects.toMatchObject({
      message: expect.stringContaining('resp_error needs a proxy of protocol resp') as unknown,
      status: 400,
    })
  })
})

describe('closing connections', () => {
  it('closes one or all, also by reset', async () => {
    const first = await proxied.connect()
    const second = await proxied.connect()
    const third = await proxied.connect()
    const { id } = (await proxied.api.connections('p'))[0]!
    expect(await proxied.api.closeConnections('p', { id, reset: true })).toBe(1)
    expect(await first.client.ended).toBe('ECONNRESET')
    expect(await proxied.api.closeConnections('p')).toBe(2)
    expect(await Promise.all([second.client.ended, third.client.ended])).toEqual(['end', 'end'])
    expect(await proxied.api.connections('p')).toEqual([])
  })
})
