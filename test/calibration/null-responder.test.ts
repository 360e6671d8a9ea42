import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type NullResponder, startNullResponder } from '../../src/calibration/null-responder.ts'

let responder: NullResponder
let redis: Redis
beforeAll(async () => {
  responder = await startNullResponder(5)
  redis = new Redis({ port: responder.port, retryStrategy: () => null })
})
afterAll(async () => {
  redis.disconnect()
  await responder.close()
})

function fields(info: string): Map<string, string> {
  return new Map(info.split('\r\n').map((line) => line.split(/:(.*)/).slice(0, 2) as [string, string]))
}

describe('null responder', () => {
  it('gives every command an answer of the type that its client expects', async () => {
    expect(await redis.set('a', 'x')).toBe('OK')
    expect(await redis.get('a')).toBe('xxxxx')
    expect(await redis.incr('a')).toBe(1)
    expect(await redis.del('a')).toBe(1)
    expect(await redis.mget('a', 'b', 'c')).toEqual([null, null, null])
    expect(await redis.hgetall('h')).toEqual({})
    expect(await redis.lrange('l', 0, -1)).toEqual([])
    expect(await redis.zscore('z', 'm')).toBe('1')
    expect(await redis.scan(0)).toEqual(['0', []])
    expect(await redis.ping()).toBe('PONG')
    await expect(redis.acl('WHOAMI')).rejects.toThrow('NOPERM')
  })

  it('answers pipelines and transactions', async () => {
    expect(await redis.pipeline().set('a', 'x').get('a').incr('n').exec()).toEqual([
      [null, 'OK'],
      [null, 'xxxxx'],
      [null, 1],
    ])
    expect(await redis.multi().set('a', 'x').get('a').exec()).toEqual([
      [null, 'OK'],
      [null, 'xxxxx'],
    ])
  })

  it('counts commands as a server does, and tells its CPU time', async () => {
    const before = fields(await redis.info())
    await Promise.all(Array.from({ length: 100 }, () => redis.get('a')))
    const after = fields(await redis.info())
    const calls = (info: Map<string, string>): number =>
      Number(/calls=(\d+)/.exec(info.get('cmdstat_get') ?? '')?.[1] ?? 0)
    expect(calls(after) - calls(before)).toBe(100)
    expect(Number(after.get('used_cpu_user_main_thread'))).toBeGreaterThan(0)
    expect(after.get('role')).toBe('master')
  })

  it('puts together what comes in pieces, wherever it is cut', async () => {
    const request = '*3\r\n$3\r\nSET\r\n$1\r\na\r\n$12\r\nwith\r\nbreaks\r\n*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n'
    for (let cut = 1; cut < request.length; cut++) {
      const socket: Socket = connect(responder.port, '127.0.0.1')
      let answer = ''
      socket.on('data', (data) => (answer += data.toString()))
      await once(socket, 'connect')
      socket.setNoDelay(true)
      socket.write(request.slice(0, cut))
      await new Promise(setImmediate)
      socket.write(request.slice(cut))
      while (answer.length < 9) await once(socket, 'data')
      socket.destroy()
      expect(answer).toBe('+OK\r\n:1\r\n')
    }
  })
})
