import { describe, expect, it } from 'vitest'
import { dangerIn, dangerInLua, isDangerousToServer } from '../../src/workload/dangerous-commands.ts'

describe('dangerIn', () => {
  it.each([
    ['flushall async', 'FLUSHALL'],
    ['CONFIG SET maxmemory 1', 'CONFIG'],
    ['CLIENT KILL ID 1', 'CLIENT'],
    ['KEYS *', 'KEYS'],
    ['RESTORE {key} 0 x REPLACE', 'RESTORE REPLACE'],
    [`EVAL "redis.call('FLUSHDB')" 0`, 'FLUSHDB'],
    [String.raw`EVAL "redis.call(\"shutdown\")" 0`, 'SHUTDOWN'],
  ])('%s', (command, danger) => {
    expect(dangerIn(command)).toBe(danger)
  })

  it.each([
    'GET {key}',
    'RESTORE {key} 0 x',
    `EVAL "return redis.call('GET', KEYS[1])" 1 {key}`,
    'SORT {key}',
  ])('has nothing against %s', (command) => {
    expect(dangerIn(command)).toBeUndefined()
  })
})

describe('dangerInLua', () => {
  it.each([
    [`redis.call('FLUSHALL')`, 'FLUSHALL'],
    [`return redis . pcall ( "config", 'SET', 'a', 'b')`, 'CONFIG'],
    [`server.call[[keys]]`, 'KEYS'],
    [`redis.call([==[SwapDB]==], 0, 1)`, 'SWAPDB'],
    [String.raw`redis.call('\70LUSHALL')`, 'FLUSHALL'],
    [String.raw`redis.call("\x46LUSHALL")`, 'FLUSHALL'],
    [`local name = 'FLUSH' .. 'ALL' redis.call(name)`, 'FLUSHALL'],
    [`local call = redis.call call('FLUSHDB')`, 'FLUSHDB'],
    [`redis.call('MONITOR')`, 'MONITOR'],
  ])('%s', (script, danger) => {
    expect(dangerInLua(script)).toBe(danger)
  })

  it.each([
    `return redis.call('GET', KEYS[1])`,
    `-- the keys of a client\nlocal key = KEYS[1]; return redis.call('INCR', key)`,
    `redis.call('HSET', KEYS[1], 'config', 'save', 'client', ARGV[1])`,
    `local name = ARGV[1] return redis.call(name, KEYS[1])`,
  ])('has nothing against %s', (script) => {
    expect(dangerInLua(script)).toBeUndefined()
  })
})

describe('isDangerousToServer', () => {
  it('goes by the categories, but for what only reads or names its keys', () => {
    expect(isDangerousToServer('GRAPH.CONFIG', ['@write', '@admin', '@dangerous'])).toBe(true)
    expect(isDangerousToServer('SORT', ['@write', '@dangerous'])).toBe(false)
    expect(isDangerousToServer('GET', ['@read', '@fast'])).toBe(false)
  })
})
