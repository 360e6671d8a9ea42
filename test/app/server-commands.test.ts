import { describe, expect, it } from 'vitest'
import { addTraffic } from '../../src/app/add-traffic.ts'
import { ServerCommands } from '../../src/app/server-commands.ts'
import { ServerCost } from '../../src/app/server-cost.ts'
import type { CommandStat } from '../../src/redis/info.ts'

const stats = (of: Record<string, Partial<CommandStat>>): Map<string, CommandStat> =>
  new Map(
    Object.entries(of).map(([name, one]) => [name, { calls: 0, rejected: 0, failed: 0, usec: 0, ...one }]),
  )

describe('ServerCommands', () => {
  it('adds up what servers counted since they were first asked', () => {
    const commands = new ServerCommands()
    commands.add('a', stats({ get: { calls: 1000, usec: 5000 } }), true)
    commands.add('b', stats({}), true)
    const added = commands.add('a', stats({ get: { calls: 1010, usec: 5032, rejected: 2 } }), true)
    expect([...added]).toEqual([['get', { calls: 10, usec: 32, rejected: 2, failed: 0 }]])
    commands.add('b', stats({ get: { calls: 10, usec: 48 }, set: { calls: 1, usec: 900, failed: 1 } }), true)
    commands.latencies(new Map([['get', { p50: 1, p99: 5, p999: 9 }]]))
    commands.latencies(new Map([['get', { p50: 2, p99: 4, p999: 4 }]]))
    const none = { p50_usec: null, p99_usec: null, p999_usec: null }
    expect(commands.toArray()).toEqual([
      { command: 'set', calls: 1, usec: 900, usec_per_call: 900, rejected: 0, failed: 1, ...none },
      {
        command: 'get',
        calls: 20,
        usec: 80,
        usec_per_call: 4,
        rejected: 2,
        failed: 0,
        p50_usec: 1,
        p99_usec: 5,
        p999_usec: 9,
      },
    ])
  })

  it('never counts backwards, not even what was only ever refused', () => {
    const commands = new ServerCommands()
    commands.add('a', stats({ set: { rejected: 5 }, get: { calls: 3, failed: 2 } }), true)
    const added = commands.add('a', stats({ set: { rejected: 1 }, get: { calls: 4, failed: 1 } }), true)
    expect(added.get('set')).toMatchObject({ rejected: 1 })
    expect(added.get('get')).toMatchObject({ calls: 4, failed: 1 })
  })

  it('counts a new life from zero, and not what replicas are told', () => {
    const commands = new ServerCommands()
    commands.add('a', stats({ get: { calls: 1000, usec: 5000 } }), true)
    commands.add('a', stats({ get: { calls: 7, usec: 70 } }), true)
    commands.add('r', stats({ get: { calls: 1, usec: 1 } }), false)
    commands.add('r', stats({ get: { calls: 500, usec: 500 } }), false)
    // Promoted: what it counts from now on is for clients.
    commands.add('r', stats({ get: { calls: 503, usec: 530 } }), true)
    expect(commands.toArray()).toMatchObject([{ command: 'get', calls: 10, usec: 100 }])
  })
})

describe('ServerCost', () => {
  it('is our part of the calls, in time of the server, and the bytes of the answers', () => {
    const cost = new ServerCost(1000)
    cost.asked('a', 'INFO', [])
    cost.answered('x'.repeat(100), 1100)
    expect(cost.counted('a', new Map(), 2000)).toBeUndefined()
    cost.asked('a', 'INFO', [])
    cost.asked('a', 'INFO', ['commandstats'])
    cost.asked('a', 'SLOWLOG', ['GET', 16])
    cost.answered([[1, 'ab'], 'cd'], 2500)
    const added = new Map([
      ['info', { calls: 4, usec: 400 }],
      ['slowlog|get', { calls: 1, usec: 50 }],
      ['get', { calls: 1e6, usec: 1e6 }],
    ])
    expect(cost.counted('a', added, 3000)).toBeCloseTo(250 / 1_000_000, 12)
    expect(cost.toResult()).toEqual({
      commands: 4,
      bytes: 105,
      server_usec: 250,
      seconds: 1.5,
      server_share_max: 0.00025,
    })
  })
})

describe('addTraffic', () => {
  it('adds up', () => {
    const one = { dials: 1, sent: new Map([['info', 2]]) }
    const other = {
      dials: 2,
      sent: new Map([
        ['info', 3],
        ['slowlog', 1],
      ]),
    }
    expect(addTraffic(one, other)).toEqual({
      dials: 3,
      sent: new Map([
        ['info', 5],
        ['slowlog', 1],
      ]),
    })
    expect(addTraffic(one, undefined)).toBe(one)
  })
})
