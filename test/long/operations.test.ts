import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OperationResult, RunResult } from '../../src/model/result.ts'
import { type Ended, folder, profile, run, startRun } from '../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'
import { until } from '../e2e/support/until.ts'

let server: TestServer
let target: string[]

beforeAll(async () => {
  server = await startRedis()
  target = ['--port', String(server.port), '--no-metrics', '--quiet', '--warmup', '0', '--seed', '5']
})
afterAll(() => server.stop())

function operation(result: RunResult, name: string, shape = 'single'): OperationResult {
  const found = result.operations.find((one) => one.operation === name && one.shape === shape)
  if (found === undefined)
    throw new Error(`no ${name} (${shape}) in ${result.operations.map((one) => one.operation).join(' ')}`)
  return found
}

/** With a client that is gone afterwards: one that stays would keep the audit from comparing. */
async function ask<Answer>(question: (client: Redis) => Promise<Answer>, of = server): Promise<Answer> {
  const client = of.client()
  try {
    return await question(client)
  } finally {
    // The server has to know that it is gone.
    await client.quit()
  }
}

const keysLeft = (): Promise<number> => ask((client) => client.dbsize())

/** A run that must not begin. */
const refused = (args: readonly string[]): Promise<Ended> => startRun([...target, ...args]).ended

describe('operations of a profile', () => {
  it('sends any command by its template, labelled by name', async () => {
    const file = profile(
      'templates',
      `operations:
  - name: SCORE
    command: "ZADD board:{key 0..4} {int 0..1000} {member}"
  - command: "SET session:{uuid} {now}"
  - command: OBJECT ENCODING board:{key 0..4}
`,
    )
    const { code, result } = await run([
      ...target,
      '-w',
      file,
      '--target-ops-per-second',
      '600',
      '--duration',
      '1',
    ])
    expect(code).toBe(0)
    expect(result.operations.map(({ operation: name, ok }) => [name, ok])).toEqual([
      ['SCORE', 200],
      ['SET', 200],
      ['OBJECT ENCODING', 200],
    ])
    expect(result.audit.server.commands.map(({ command, server: count }) => [command, count])).toEqual([
      ['zadd', 200],
      ['set', 200],
      ['object|encoding', 200],
    ])
    expect(await keysLeft()).toBe(0)
  })

  it('fills in what a read misses, and ends up with the hit ratio of its weights', async () => {
    const file = profile(
      'read-through',
      `operations:
  - command: GET
    weight: 0.8
    on_nil: SET {same} {value}
  - command: DEL
    weight: 0.2
keys: {count: 500, preload: 80%}
`,
    )
    const { result } = await run([
      ...target,
      '-w',
      file,
      '--target-ops-per-second',
      '4000',
      '--duration',
      '2',
    ])
    const get = operation(result, 'GET')
    expect(get.nil).toBe(operation(result, 'SET').ok)
    expect(1 - get.nil / get.ok).toBeGreaterThan(0.76)
    expect(1 - get.nil / get.ok).toBeLessThan(0.84)
    expect(result.totals.scheduled).toBe(8000 + get.nil)
    expect(result.audit).toMatchObject({ ok: true, server: { status: 'ok' } })
    expect(await keysLeft()).toBe(0)
  })

  it('waits on connections of its own, which hold up nobody', async () => {
    const file = profile(
      'queue',
      `operations:
  - command: LPUSH jobs {value}
  - command: BRPOP jobs 1
    connections: 3
`,
    )
    const { code, result } = await run([
      ...target,
      ...['-w', file, '--target-ops-per-second', '300', '--duration', '2', '--threads', '2'],
    ])
    expect(code).toBe(0)
    const [pushed, popped] = [operation(result, 'LPUSH'), operation(result, 'BRPOP')]
    expect(pushed.ok).toBe(600)
    // What was pushed at the very end is not waited for.
    expect(popped.ok - popped.nil).toBeGreaterThan(590)
    expect(popped.ok - popped.nil).toBeLessThanOrEqual(600)
    expect(pushed.response!.success.p99_ms).toBeLessThan(500)
    // The latency of everything together is not that of waiting.
    expect(result.max_latency_ms).toBe(pushed.response!.success.max_ms)
    expect(result.connections.attempts).toBe(13)
    expect(result.audit).toMatchObject({ ok: true, server: { status: 'ok' } })
  })

  it('runs optimistic transactions, and tells conflicts from failures', async () => {
    const file = profile(
      'optimistic',
      `operations:
  - command: PING
  - name: TRANSFER
    commands: ["DECRBY {same} 5", "INCRBY bank 5"]
    transaction: true
    watch: ["account:{key 0..1}"]
    connections: 8
`,
    )
    const { code, result } = await run([
      ...target,
      '-w',
      file,
      '--target-ops-per-second',
      '10',
      '--duration',
      '1',
    ])
    expect(code).toBe(0)
    const [transfer, watch] = [operation(result, 'TRANSFER', 'batch'), operation(result, 'WATCH')]
    expect(transfer.ok).toBeGreaterThan(100)
    expect(transfer.count).toBe(watch.ok)
    // Eight clients and two accounts: some must have met.
    expect(transfer.failed).toBeGreaterThan(0)
    expect(transfer.errors.map(({ code: name }) => name)).toEqual(['watch_conflict'])
    expect(operation(result, 'INCRBY', 'transaction').ok).toBe(transfer.ok)
    const byCommand = new Map(result.audit.server.commands.map((one) => [one.command, one]))
    expect(byCommand.get('incrby')).toMatchObject({ server: transfer.ok, ok: true })
    expect(byCommand.get('watch')).toMatchObject({ server: watch.ok, ok: true })
    expect(byCommand.get('exec')).toMatchObject({ server: transfer.count, ok: true })
    expect(result.audit.ok).toBe(true)
  })

  it('has pipelines and transactions of single operations beside single commands', async () => {
    const file = profile(
      'own-batches',
      `operations:
  - command: GET
    weight: 2
  - command: SET
    pipeline: 5
  - command: INCR
    transaction: 3
`,
    )
    const load = ['--target-ops-per-second', '1000', '--duration', '1']
    const { result } = await run([...target, '-w', file, ...load])
    const single = operation(result, 'GET').ok
    expect(operation(result, 'PIPELINE SET', 'batch').ok * 5).toBe(operation(result, 'SET', 'pipeline').ok)
    expect(operation(result, 'MULTI INCR', 'batch').ok * 3).toBe(operation(result, 'INCR', 'transaction').ok)
    // Weights are those of units: 2 to 1 to 1.
    expect(Math.abs(single - 2 * operation(result, 'PIPELINE SET', 'batch').ok)).toBeLessThanOrEqual(2)
    expect(result.totals.ok).toBeGreaterThanOrEqual(990)
    expect(result.totals.ok).toBeLessThanOrEqual(1010)
    expect(result.audit).toMatchObject({ ok: true, server: { status: 'ok' } })
  })

  it('gives each operation a rate of its own', async () => {
    const file = profile(
      'rates',
      `operations:
  - command: GET
    target_ops_per_second: 300
  - command: SET
    target_ops_per_second: 50
    pipeline: 5
`,
    )
    const { result } = await run([...target, '-w', file, '--duration', '2'])
    expect(result.plan.load.target_ops_per_second).toBe(350)
    expect(Math.abs(operation(result, 'GET').ok - 600)).toBeLessThanOrEqual(2)
    expect(Math.abs(operation(result, 'SET', 'pipeline').ok - 100)).toBeLessThanOrEqual(5)
  })
})

describe('Lua', () => {
  // Not ASCII, so that a wrong count of bytes shows.
  const SCRIPT = "-- zählt → hoch\nreturn redis.call('INCRBY', KEYS[1], ARGV[1])"
  const LIBRARY = `#!lua name=counting___RUN__
redis.register_function('count___RUN__', function(keys, args) return redis.call('INCRBY', keys[1], args[1]) end)`

  it('is loaded before the load, called by its hash or name, and functions are gone afterwards', async () => {
    writeFileSync(join(folder, 'count.lua'), SCRIPT)
    writeFileSync(join(folder, 'library.lua'), LIBRARY)
    const file = profile(
      'lua',
      `operations:
  - {name: BY_SCRIPT, script: count.lua, keys: ["{key 0..9}"], args: [2]}
  - {name: BY_FUNCTION, function: library.lua, call: count___RUN__, keys: ["{key 0..9}"], args: [3]}
`,
    )
    const { code, result } = await run([
      ...target,
      '-w',
      file,
      '--target-ops-per-second',
      '400',
      '--duration',
      '1',
    ])
    expect(code).toBe(0)
    expect(result.operations.map(({ operation: name, ok }) => [name, ok])).toEqual([
      ['BY_SCRIPT', 200],
      ['BY_FUNCTION', 200],
    ])
    expect(result.audit.server.commands.map(({ command, server: count }) => [command, count])).toEqual([
      ['evalsha', 200],
      ['fcall', 200],
    ])
    expect(await ask((client) => client.call('FUNCTION', 'LIST'))).toEqual([])
    expect(await keysLeft()).toBe(0)
  })

  it('is loaded again into a server that a connection comes back to', async () => {
    writeFileSync(join(folder, 'count.lua'), SCRIPT)
    const file = profile('lua-again', 'operations:\n  - {script: count.lua, keys: [counter], args: [1]}\n')
    const sha = createHash('sha1').update(SCRIPT).digest('hex')
    const client = server.client()
    const ended = run([
      ...target,
      '-w',
      file,
      '--target-ops-per-second',
      '200',
      '--duration',
      '3',
      '--clients',
      '2',
    ])
    await until('the load', async () =>
      (await client.info('commandstats')).includes('cmdstat_evalsha') ? true : undefined,
    )
    const before = Number(/cmdstat_evalsha:calls=(\d+)/.exec(await client.info('commandstats'))![1])
    await until('some calls', async () => {
      const calls = Number(/cmdstat_evalsha:calls=(\d+)/.exec(await client.info('commandstats'))![1])
      return calls > before + 20 ? true : undefined
    })
    await client.call('SCRIPT', 'FLUSH')
    const ids = String(await client.call('CLIENT', 'LIST'))
      .split('\n')
      .filter((line) => /name=redis-test:\w+:\d/.test(line))
    for (const line of ids) await client.call('CLIENT', 'KILL', 'ID', /id=(\d+)/.exec(line)![1]!)
    await until('the script', async () =>
      ((await client.call('SCRIPT', 'EXISTS', sha)) as number[])[0] === 1 ? true : undefined,
    )
    await client.quit()
    const { result } = await ended
    const unknown = result.operations[0]!.errors.find(({ code }) => code === 'NOSCRIPT')?.count ?? 0
    // Between the flush and the kill only; without the loading it would be all of the rest.
    expect(unknown).toBeLessThan(100)
    expect(result.operations[0]!.ok).toBeGreaterThan(400)
  })

  it('that the server does not take is a problem before any load', async () => {
    writeFileSync(join(folder, 'broken.lua'), 'return (')
    const file = profile('lua-broken', 'operations:\n  - {script: broken.lua, keys: ["{key}"]}\n')
    const { code, stderr } = await refused(['-w', file, '--duration', '1'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/operations\.0\.script.*the server does not load it: ERR/)
  })
})

describe('what the server does not have', () => {
  it.each([
    ['HGETDEL {key hash} FIELDS 1 {field}', /operations\.0: this server has no command HGETDEL/],
    ['JSON.SET {key} $ 1', /operations\.0: this server has no command JSON\.SET/],
    ['GETRANGE {key} 5', /operations\.0: GETRANGE takes 3 arguments, and 2 are given/],
  ])('%j is a problem before any load', async (command, problem) => {
    const before = await ask((client) => client.info('commandstats'))
    const file = profile('unknown', `operations:\n  - command: ${JSON.stringify(command)}\n`)
    const { code, stderr } = await refused(['-w', file, '--duration', '1'])
    expect(code).toBe(2)
    expect(stderr).toMatch(problem)
    expect(/cmdstat_getrange:calls=\d+/.exec(await ask((client) => client.info('commandstats')))?.[0]).toBe(
      /cmdstat_getrange:calls=\d+/.exec(before)?.[0],
    )
  })
})

describe('connections', () => {
  it('are renewed after so many commands without one that fails', async () => {
    const load = [
      '--renew-after',
      '25',
      '--clients',
      '4',
      '--target-ops-per-second',
      '1000',
      '--duration',
      '2',
    ]
    const { result } = await run([...target, ...load])
    expect(result.totals).toMatchObject({ ok: 2000, failed: 0, indeterminate: 0 })
    expect(result.connections.renewals).toBeGreaterThan(60)
    expect(result.connections.renewals).toBeLessThan(100)
    expect(result.connections).toMatchObject({ drops: 0, reconnections: 0, attempts_failed: 0 })
    expect(result.audit.server.reason).toBeNull()
    expect(result.audit).toMatchObject({ ok: true, server: { status: 'ok' } })
  })

  it('are renewed only when what follows on an answer is done, too', async () => {
    const text = `operations:
  - {command: GET, on_nil: "SET {same} {value}"}
  - {name: CAS, commands: ["INCR {same}"], transaction: true, watch: ["{key counter}"], connections: 2}
client: {renew_after: 10}
`
    const { result } = await run([...target, '-w', profile('renewed', text), '--count', '1500'])
    const codes = result.operations.flatMap(({ errors }) => errors.map((error) => error.code))
    expect(codes.filter((code) => code !== 'watch_conflict')).toEqual([])
    expect(result.connections.renewals).toBeGreaterThan(50)
    expect(result.audit).toMatchObject({ ok: true, server: { status: 'ok' } })
  })

  it('go to the replicas, once these have what was written for them', async () => {
    const replica = await startRedis('--replicaof', '127.0.0.1', String(server.port))
    const primary = server.client()
    try {
      await primary.config('SET', 'repl-diskless-sync-delay', '0')
      await until(
        'the replica',
        async () => ((await primary.info('replication')).includes('state=online') ? true : undefined),
        30_000,
      )
      const file = profile(
        'replicas',
        'operations:\n  - command: GET\n  - command: MGET\nkeys: {preload: 100%, count: 2000}\nclient: {read_from: replicas}\n',
      )
      const { code, result } = await run([
        ...target,
        '-w',
        file,
        '--target-ops-per-second',
        '500',
        '--duration',
        '1',
      ])
      expect(code).toBe(0)
      expect(result.operations.map(({ operation: name, ok, nil }) => [name, ok, nil])).toEqual([
        ['GET', 250, 0],
        ['MGET', 250, 0],
      ])
      expect(result.audit.server).toMatchObject({ status: 'ok' })
      expect(await primary.info('commandstats')).not.toMatch(/cmdstat_mget/)
      expect(await ask((client) => client.info('commandstats'), replica)).toMatch(/cmdstat_mget:calls=250,/)
      expect(await keysLeft()).toBe(0)
      const writing = await refused(['--read-from', 'replicas', '--duration', '1'])
      expect(writing.code).toBe(2)
      expect(writing.stderr).toMatch(
        /client\.read_from: replicas do not take writes, and the workload writes/,
      )
    } finally {
      await replica.stop()
    }
  })
})

describe('keys', () => {
  it('are removed whatever they are called, and when the filling is broken off', async () => {
    const file = profile('names', 'operations:\n  - {name: NAMED, command: "SET ü{key} {value}"}\n')
    await run([...target, '-w', file, '--count', '200'])
    expect(await keysLeft()).toBe(0)
    const listed = profile('unlisted', 'operations:\n  - command: SET ü:{uuid} {value}\n')
    await run([...target, '-w', listed, '--count', '200'])
    expect(await keysLeft()).toBe(0)
    const filling = startRun([...target, '--preload', '1', '--key-range', '2000000', '--duration', '1'])
    await until('some keys', async () => (await keysLeft()) > 1000)
    filling.child.kill('SIGINT')
    const { code, stderr } = await filling.ended
    expect(code).toBe(130)
    const left = await keysLeft()
    expect(left === 0 || stderr.includes('could not remove all keys of this run')).toBe(true)
    await ask((client) => client.flushall())
  })

  it('are filled before the load, and counted apart from it', async () => {
    const more = [
      '--preload',
      '70%',
      '--key-range',
      '5000',
      '--threads',
      '2',
      '--no-cleanup',
      '--key-prefix',
      'filled',
    ]
    const load = ['--target-ops-per-second', '500', '--duration', '1']
    const file = profile('reads', 'operations:\n  - command: GET\n')
    const { result } = await run([...target, '-w', file, ...more, ...load])
    const stored = await keysLeft()
    expect(stored).toBeGreaterThan(3400)
    expect(stored).toBeLessThan(3600)
    const get = operation(result, 'GET')
    expect(get.nil / get.ok).toBeGreaterThan(0.22)
    expect(get.nil / get.ok).toBeLessThan(0.38)
    expect(result.server_changes).toMatchObject({ keyspace_hits: get.ok - get.nil, keyspace_misses: get.nil })
    await ask((client) => client.flushall())
  })

  it('that do not fit are a reason not to begin', async () => {
    const client = server.client()
    await client.config(
      'SET',
      'maxmemory',
      String(Number(/used_memory:(\d+)/.exec(await client.info('memory'))![1]) + 500_000),
    )
    try {
      const { code, stderr } = await refused([
        '--preload',
        '1',
        '--key-range',
        '20000',
        '--value-size',
        '1000',
        '--duration',
        '1',
      ])
      expect(code).toBe(3)
      expect(stderr).toMatch(/cannot fill the keys at .*: [\d,]+ written, [\d,]+ failed \(OOM/)
    } finally {
      await client.config('SET', 'maxmemory', '0')
      await client.flushall()
    }
  })
})
