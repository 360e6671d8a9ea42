import { Redis } from 'ioredis'
import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { sentinelConnector, type SentinelPolicy } from '../../src/redis/sentinel-connector.ts'

const POLICY: SentinelPolicy = {
  coalesce: true,
  mostReplyBytes: 1_048_576,
  oneRound: true,
  failsAsAttempt: true,
}
const servers: Server[] = []
const clients: Redis[] = []
const sockets = new Set<Socket>()
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect()
  for (const socket of sockets) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

/** Answers every command in RESP2 with what `answer` gives for its words. */
async function serve(answer: (words: readonly string[]) => string): Promise<number> {
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (data) => {
      for (const request of data.toString().split(/(?=\*\d+\r\n\$)/)) {
        const words = request
          .split('\r\n')
          .filter((part, index) => index > 0 && index % 2 === 0 && part !== '')
        socket.write(
          words[0]?.toLowerCase() === 'hello'
            ? '-NOPROTO\r\n'
            : answer(words.map((word) => word.toLowerCase())),
        )
      }
    })
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Not `once` of node:events, which takes an `error` in between for a failure. */
function seen(redis: Redis, event: string): Promise<void> {
  return new Promise((resolve) => {
    redis.once(event, () => resolve())
  })
}

const bulk = (text: string): string => `$${text.length}\r\n${text}\r\n`

/** Counts how often it is asked, and names a master. */
async function startSentinel(asked: string[], name: string, master: () => number): Promise<number> {
  return await serve(([command, sub]) => {
    if (command !== 'sentinel') return '+OK\r\n'
    if (sub === 'sentinels') return '*0\r\n'
    asked.push(name)
    return `*2\r\n${bulk('127.0.0.1')}${bulk(String(master()))}`
  })
}

function startServer(role: 'master' | 'slave'): Promise<number> {
  return serve(([command]) => (command === 'info' ? bulk(`role:${role}\r\nloading:0\r\n`) : '+OK\r\n'))
}

function connect(ports: readonly number[], policy = POLICY): { redis: Redis; errors: string[] } {
  const redis = new Redis({
    sentinels: ports.map((port) => ({ host: '127.0.0.1', port })),
    name: 'mymaster',
    lazyConnect: true,
    protocol: 2,
    disableClientInfo: true,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 1000,
    disconnectTimeout: 50,
    sentinelRetryStrategy: () => null,
    retryStrategy: () => 10,
    Connector: sentinelConnector(policy),
  })
  const errors: string[] = []
  redis.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? error.message))
  clients.push(redis)
  return { redis, errors }
}

describe('sentinelConnector', () => {
  it('asks the Sentinels in turn, each dial the next one', async () => {
    const asked: string[] = []
    const master = await startServer('master')
    const ports = [
      await startSentinel(asked, 'a', () => master),
      await startSentinel(asked, 'b', () => master),
    ]
    const { redis, errors } = connect(ports)
    for (let dial = 0; dial < 5; dial++) {
      if (dial === 0) redis.connect().catch(() => {})
      else redis.disconnect(true)
      await seen(redis, 'ready')
    }
    expect(asked).toEqual(['a', 'b', 'a', 'b', 'a'])
    expect(errors).toEqual([])
  })

  it('takes no answer for a failed attempt, and tries again after the backoff', async () => {
    const { redis, errors } = connect([1, 2])
    redis.connect().catch(() => {})
    await seen(redis, 'close')
    await seen(redis, 'close')
    expect(errors.slice(0, 2)).toEqual(['sentinel_unreachable', 'sentinel_unreachable'])
    expect(redis.status).toBe('reconnecting')
  })

  it('says when they know no such master', async () => {
    const port = await serve(([command]) => (command === 'sentinel' ? '*-1\r\n' : '+OK\r\n'))
    const { redis, errors } = connect([1, port])
    redis.connect().catch(() => {})
    await seen(redis, 'close')
    expect(errors).toEqual(['sentinel_no_server'])
  })

  it('leaves a server that has another role, with a code, for what the next Sentinel says', async () => {
    const asked: string[] = []
    const old = await startServer('slave')
    const master = await startServer('master')
    const ports = [
      await startSentinel(asked, 'behind', () => old),
      await startSentinel(asked, 'right', () => master),
    ]
    const { redis, errors } = connect(ports)
    redis.connect().catch(() => {})
    await seen(redis, 'ready')
    expect(errors).toEqual(['wrong_role'])
    expect(redis.stream.remotePort).toBe(master)
  })

  it('survives being disconnected while it asks', async () => {
    const port = await serve(() => '')
    const { redis, errors } = connect([port])
    redis.connect().catch(() => {})
    await seen(redis, 'connecting')
    redis.disconnect(true)
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => {
      setTimeout(resolve, 50)
    })
    for (const socket of sockets) socket.destroy()
    if (redis.status !== 'reconnecting') await seen(redis, 'reconnecting')
    expect(errors[0]).toBe('closed')
  })
})
