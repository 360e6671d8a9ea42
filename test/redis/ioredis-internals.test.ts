import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { AbstractConnector, Cluster, Command, Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'
import { connectorOf } from '../../src/redis/ioredis-internals.ts'

const require = createRequire(import.meta.url)
const folder = dirname(require.resolve('ioredis/package.json'))
const source = (file: string): string => readFileSync(join(folder, 'built', file), 'utf8')

/**
 * What src/redis/ioredis-internals.ts relies on. When one of these fails, a new version of ioredis has changed: read
 * that file, then read ioredis, then change both.
 */
describe('ioredis', () => {
  it('is the version whose inside was read', () => {
    expect((require('ioredis/package.json') as { version: string }).version).toBe('6.0.0')
  })

  it('reads and calls on a command only what a wire command has', () => {
    const known = new Set([
      'name',
      'args',
      'promise',
      'callback',
      'ignore',
      'isTraced',
      'isResolved',
      'isSettled',
      'inTransaction',
      'pipelineIndex',
      'setReplyContext',
      'toWritable',
      'resolve',
      'reject',
      // Only with the options commandTimeout and blockingTimeout, which no preset sets.
      'setTimeout',
      'setBlockingTimeout',
      'extractBlockingTimeout',
    ])
    const used = new Set<string>()
    for (const file of ['Redis.js', 'DataHandler.js', 'redis/event_handler.js'])
      for (const [, member] of source(file).matchAll(/\b(?:item\.)?command\.([A-Za-z]+)/g)) used.add(member!)
    expect([...used].filter((member) => !known.has(member))).toEqual([])
    expect(used.size).toBeGreaterThan(8)
  })

  it('writes to a pipeline stream, and hands its socket to toWritable', () => {
    expect(source('Redis.js')).toContain('stream.write(command.toWritable(stream.destination.redis.stream))')
  })

  it('does not trace a command that says it is traced', () => {
    expect(source('Redis.js')).toContain('if (!writable || command.isTraced)')
  })

  it('settles everything in flight when maxRetriesPerRequest is 0', () => {
    expect(source('redis/event_handler.js')).toContain('self.retryAttempts % (maxRetriesPerRequest + 1)')
  })

  it('has the members that are used by name', () => {
    const redis = new Redis({ lazyConnect: true })
    expect(redis).toHaveProperty('offlineQueue.length', 0)
    expect(redis).toHaveProperty('commandQueue.length', 0)
    expect(typeof redis.sendCommand).toBe('function')
    expect(connectorOf(redis)).toBeInstanceOf(AbstractConnector)
    expect(redis.status).toBe('wait')
    redis.disconnect()
    expect(Object.getOwnPropertyNames(AbstractConnector.prototype).toSorted()).toEqual([
      'check',
      'constructor',
      'disconnect',
    ])
  })

  it('takes a closed socket for an attempt that failed, and makes a socket with what a map of addresses answers', () => {
    expect(source('Redis.js')).toContain('else if (stream.destroyed) {')
    expect(source('Redis.js')).toContain('const firstError = _this.connector.firstError')
    const connector = source('connectors/SentinelConnector/index.js')
    expect(connector).toContain('createConnection)(resolved)')
    expect(connector).toContain('result = this.options.natMap(key) || item')
    for (const text of [
      'failed to connect to sentinel ',
      ' because ',
      ' successfully, but got an invalid reply: ',
    ])
      expect(connector).toContain(text)
  })

  it('calls returnPush for each push frame, and knows the client in it', () => {
    const { default: handler } = require('ioredis/built/DataHandler') as { default: { prototype: object } }
    expect(typeof Reflect.get(handler.prototype, 'returnPush')).toBe('function')
    const text = source('DataHandler.js')
    expect(text).toContain('this.returnPush(reply)')
    expect(text).toContain('this.redis = redis')
    const kinds = text.slice(
      text.indexOf('returnPush(reply) {'),
      text.indexOf('handleUnsolicitedUnsubscribe(replyType) {'),
    )
    expect(new Set([...kinds.matchAll(/case "(\w+)"/g)].map(([, kind]) => kind))).toEqual(
      new Set([
        ...['message', 'pmessage', 'smessage', 'subscribe', 'psubscribe', 'ssubscribe'],
        ...['unsubscribe', 'punsubscribe', 'sunsubscribe'],
      ]),
    )
  })

  it('looks commands up by lower-case name', () => {
    expect(Command.checkFlag('BLOCKING_COMMANDS', 'blpop')).toBe(true)
    expect(Command.checkFlag('BLOCKING_COMMANDS', 'get')).toBe(false)
  })

  it('has a Cluster client that is as it is used', () => {
    const cluster = new Cluster([{ host: '127.0.0.1', port: 1 }], {
      lazyConnect: true,
      natMap: { 'a:1': { host: 'b', port: 2 } },
    })
    expect(cluster).toHaveProperty('slots')
    const inside = cluster as unknown as Record<string, unknown>
    for (const name of ['natMapper', 'refreshSlotsCache', 'handleError', 'sendCommand'])
      expect(typeof inside[name]).toBe('function')
    expect(typeof (inside['connectionPool'] as Record<string, unknown>)['getInstanceByKey']).toBe('function')
    expect((inside['natMapper'] as (key: string) => unknown).call(cluster, 'a:1')).toEqual({
      host: 'b',
      port: 2,
    })
    cluster.disconnect()
    const text = source('cluster/index.js')
    expect(text).toContain('let targetSlot = node ? node.slot : command.getSlot()')
    expect(text).toContain(
      'REJECT_OVERWRITTEN_COMMANDS.add(command);\n            const reject = command.reject;',
    )
    expect(text).toContain('redis.sendCommand(command, stream)')
    // What is reset as no repetition: every error reply that is followed by another send.
    for (const handler of [
      'moved',
      'ask',
      'tryagain',
      'clusterDown',
      'connectionClosed',
      'maxRedirections',
      'defaults',
    ])
      expect(text).toContain(`${handler}: `)
  })
})
