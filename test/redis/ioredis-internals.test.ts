import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { AbstractConnector, Command, Redis } from 'ioredis'
import { describe, expect, it } from 'vitest'

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
    expect(redis.status).toBe('wait')
    redis.disconnect()
    expect(Object.getOwnPropertyNames(AbstractConnector.prototype).toSorted()).toEqual([
      'check',
      'constructor',
      'disconnect',
    ])
  })

  it('looks commands up by lower-case name', () => {
    expect(Command.checkFlag('BLOCKING_COMMANDS', 'blpop')).toBe(true)
    expect(Command.checkFlag('BLOCKING_COMMANDS', 'get')).toBe(false)
  })
})
