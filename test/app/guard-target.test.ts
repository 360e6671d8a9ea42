import { describe, expect, it } from 'vitest'
import { checkName, guardTarget } from '../../src/app/guard-target.ts'
import { UsageError } from '../../src/model/errors.ts'
import type { Log } from '../../src/model/log.ts'
import type { ControlClient } from '../../src/redis/control-client.ts'
import { parseInfo } from '../../src/redis/info.ts'
import { planOf } from '../support/plan.ts'

const QUIET = {
  role: 'master',
  connected_clients: '10',
  maxclients: '10000',
  used_memory: '1000000',
  maxmemory: '0',
  maxmemory_policy: 'noeviction',
}

type Info = Readonly<Record<string, string>>

/** What the guard refuses, and what it only says. */
async function guard(
  host: string,
  info: Info,
  flags: Readonly<Record<string, string | boolean>> = {},
): Promise<{ refused: string[]; said: string[] }> {
  const text = Object.entries({ ...QUIET, ...info })
    .map(([name, value]) => `${name}:${value}`)
    .join('\r\n')
  const control = { info: () => Promise.resolve(parseInfo(text)) } as unknown as ControlClient
  const said: string[] = []
  const log = { warn: (_: object, line: string) => said.push(line) } as unknown as Log
  const { plan } = planOf({ 'target.host': host, ...flags })
  try {
    await guardTarget(plan, control, log)
    return { refused: [], said }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { refused: error.problems.map(({ message }) => message), said }
  }
}

const PUBLIC = '93.184.216.34'
const PRIVATE = '10.1.2.3'

describe('the guard', () => {
  it('has nothing against an ordinary server, wherever it is', async () => {
    for (const host of [PUBLIC, PRIVATE, '127.0.0.1'])
      expect(await guard(host, { db0: 'keys=10000,expires=0' })).toEqual({ refused: [], said: [] })
  })

  const KEYS = { db0: 'keys=10000,expires=0,avg_ttl=0', db3: 'keys=1,expires=0' }
  it.each<[string, Info, Record<string, string>, string]>([
    ['many keys', KEYS, {}, `${PUBLIC} (a public address) holds 10,001 keys: others may need it`],
    [
      'few free connections',
      { connected_clients: '90', maxclients: '110' },
      { 'load.clients': '5' },
      '6 connections and 90 that are there are more than 80 % of maxclients (110): others may be refused',
    ],
    [
      'memory that evicts',
      { used_memory: '81000000', maxmemory: '100000000', maxmemory_policy: 'allkeys-lru' },
      { 'keys.count': '10' },
      '77.2 MiB of 95.4 MiB are used, and allkeys-lru evicts: keys of others would go',
    ],
    [
      'little memory',
      { used_memory: '50000000', maxmemory: '60000000' },
      { 'keys.count': '1000000', 'keys.preload': '1' },
      'the keys of the load take about',
    ],
    [
      'a replica that is behind',
      { master_repl_offset: '20000000', slave0: 'ip=10.0.0.9,port=6379,state=online,offset=1000000,lag=3' },
      {},
      'a replica is 18.1 MiB behind: under load it may fall behind for good, and a failover would lose that much',
    ],
    ['loading', { async_loading: '1' }, {}, 'the server is loading its data: it would refuse the load'],
  ])('refuses %s, and --yes runs all the same', async (_, info, flags, text) => {
    const { refused } = await guard(PUBLIC, info, flags)
    expect(refused).toEqual([expect.stringContaining(text)])
    const agreed = await guard(PUBLIC, info, { ...flags, 'safety.yes': true })
    expect(agreed).toEqual({ refused: [], said: [expect.stringContaining(text)] })
    // This machine is here to be tried on; of many keys it says nothing.
    const local = await guard('127.0.0.1', info, flags)
    expect(local).toEqual({ refused: [], said: info === KEYS ? [] : [expect.stringContaining(text)] })
  })

  it('refuses a public server that does not say how many keys it has', async () => {
    const control = { info: () => Promise.reject(new Error('NOPERM')) } as unknown as ControlClient
    const { plan } = planOf({ 'target.host': PUBLIC })
    await expect(guardTarget(plan, control, {} as Log)).rejects.toThrow('does not say how many keys it holds')
  })

  it('minds memory and replicas only when the load writes', async () => {
    const info = { used_memory: '81000000', maxmemory: '100000000', maxmemory_policy: 'allkeys-lru' }
    const profile = 'name: reads\noperations: [{command: GET}]\n'
    const control = {
      info: () =>
        Promise.resolve(
          parseInfo(
            Object.entries(info)
              .map((pair) => pair.join(':'))
              .join('\n'),
          ),
        ),
    } as unknown as ControlClient
    await guardTarget(planOf({ 'target.host': PRIVATE }, { profile }).plan, control, {} as Log)
  })

  it('takes numbers of a server for what they are', async () => {
    const wild = {
      used_memory: '-5',
      maxmemory: '1e400',
      connected_clients: 'NaN',
      maxclients: '0',
      db0: 'keys=',
    }
    expect(await guard(PUBLIC, wild)).toEqual({ refused: [], said: [] })
  })

  it.each(['redis.PROD.example.com', 'production-7', 'my-prod'])('asks twice for %s', (host) => {
    expect(() => checkName(planOf({ 'target.host': host }).plan)).toThrow(
      `target.host: "${host}" has "prod" in its name (--allow-production puts load on it all the same)`,
    )
    checkName(planOf({ 'target.host': host, 'safety.allow_production': true }).plan)
    checkName(planOf({ 'target.host': host, 'target.embedded': true }).plan)
    const cluster = { 'target.topology': 'cluster', 'target.nodes': `10.0.0.1:1,${host}:7000` }
    expect(() => checkName(planOf(cluster).plan)).toThrow('has "prod" in its name')
  })
})
