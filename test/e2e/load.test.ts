import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandBook } from '../../src/workload/command-book.ts'
import { USUAL_NAMES } from '../../src/workload/registry.ts'
import { profile, run } from './support/command-line.ts'
import { startRedis, type TestServer } from './support/redis-server.ts'

let server: TestServer
let target: string[]
beforeAll(async () => {
  server = await startRedis('--unixsocket', '{folder}/redis.sock')
  target = ['--port', String(server.port)]
})
afterAll(() => server.stop())

describe('an open loop', () => {
  it('sends exactly what is due, and the server counted the same', async () => {
    const { code, result, stdout } = await run([
      ...target,
      ...['--target-ops-per-second', '500', '--duration', '2', '--warmup', '500ms', '--seed', '1'],
    ])
    expect(code).toBe(0)
    expect(result.totals).toEqual({
      scheduled: 1000,
      issued: 1000,
      ok: 1000,
      failed: 0,
      indeterminate: 0,
      in_flight_at_end: 0,
      abandoned_at_end: 0,
      dropped_max_in_flight: 0,
      dropped_generator_late: 0,
      warmup_issued: 250,
    })
    expect(result.load_model).toBe('open')
    expect(result.latency_kind).toBe('response_time')
    expect(result.audit.ok).toBe(true)
    expect(result.audit.server.status).toBe('ok')
    const counted = result.audit.server.commands
    expect(counted.map(({ command }) => command).toSorted()).toEqual(['del', 'get', 'set'])
    expect(counted.reduce((sum, entry) => sum + entry.server, 0)).toBe(1250)
    for (const { at_least, at_most, server: seen } of counted)
      expect([at_least, at_most]).toEqual([seen, seen])
    expect(result.operations.map(({ operation }) => operation)).toEqual(['SET', 'GET', 'DEL'])
    expect(stdout).toMatch(/1,000/)
  })

  it('has the arrivals that its seed says, over any number of threads', async () => {
    const poisson = [
      '--arrivals',
      'poisson',
      '--target-ops-per-second',
      '800',
      '--duration',
      '1',
      '--seed',
      '42',
    ]
    const flags = [...target, ...poisson, '--warmup', '0', '--threads', '2', '--clients', '4']
    const [first, second] = [await run(flags), await run(flags)]
    expect(first.result.totals.scheduled).toBe(second.result.totals.scheduled)
    // 5 standard deviations of a Poisson count.
    expect(Math.abs(first.result.totals.scheduled - 800)).toBeLessThan(5 * Math.sqrt(800))
    expect(first.result.operations.map(({ count }) => count)).toEqual(
      second.result.operations.map(({ count }) => count),
    )
    expect(first.result.audit.server.status).toBe('ok')
  })

  it('places the remainder of what does not divide by the threads', async () => {
    const { result } = await run([
      ...target,
      ...[
        '--target-ops-per-second',
        '1001',
        '--duration',
        '1',
        '--warmup',
        '0',
        '--threads',
        '3',
        '--clients',
        '5',
      ],
    ])
    expect(result.totals.scheduled).toBe(1001)
    expect(result.connections.attempts).toBe(5)
    expect(result.generator.threads).toBe(3)
  })
})

describe('a closed loop', () => {
  it('keeps its concurrency and says what it is', async () => {
    const { code, result, stdout } = await run([
      ...target,
      ...['--threads', '2', '--clients', '4', '--concurrency', '8', '--duration', '1', '--warmup', '200ms'],
    ])
    expect(code).toBe(0)
    expect(result.load_model).toBe('closed')
    expect(result.latency_kind).toBe('service_time')
    expect(result.totals.scheduled).toBe(result.totals.issued)
    expect(result.totals.ok).toBeGreaterThan(500)
    expect(result.operations.every(({ response }) => response === null)).toBe(true)
    expect(result.audit.server.status).toBe('ok')
    expect(stdout).toMatch(/closed loop/i)
  })
})

describe('commands', () => {
  it.each([[], ['--pipeline-size', '5'], ['--transaction-size', '5']])(
    'of every kind are counted right (%j)',
    async (...batch) => {
      const names = USUAL_NAMES.filter((name) => !commandBook.isBlocking(name))
      const list = names.map((name) => `  - command: ${name}`).join('\n')
      const file = profile('every-command', `operations:\n${list}\nkeys:\n  count: 50\n`)
      const load = ['--target-ops-per-second', '1200', '--duration', '1', '--warmup', '0', '--seed', '9']
      const { code, result } = await run([...target, '-w', file, ...load, ...batch])
      expect(code).toBe(0)
      expect(result.totals.ok).toBe(1200)
      const counted = result.audit.server.commands.map(({ command }) => command.toUpperCase())
      expect(counted.filter((name) => !['MULTI', 'EXEC'].includes(name)).toSorted()).toEqual(names.toSorted())
      expect(result.audit.server.status).toBe('ok')
    },
  )
})

describe('batches', () => {
  it('measures pipelines and the commands in them', async () => {
    const { result } = await run([
      ...target,
      ...['--workload-profile', 'high_throughput', '--target-ops-per-second', '1000', '--duration', '1'],
      ...['--warmup', '0', '--seed', '3'],
    ])
    expect(result.totals.scheduled).toBe(1000)
    const pipeline = result.operations.find(({ shape }) => shape === 'batch')!
    expect([pipeline.operation, pipeline.count]).toEqual(['PIPELINE', 100])
    const inside = result.operations.filter(({ shape }) => shape === 'pipeline')
    expect(inside.reduce((sum, { count }) => sum + count, 0)).toBe(1000)
    expect(result.audit.server.status).toBe('ok')
  })

  it('measures transactions, and counts MULTI and EXEC at the server', async () => {
    const { result } = await run([
      ...target,
      ...['--transaction-size', '5', '--target-ops-per-second', '500', '--duration', '1', '--warmup', '0'],
    ])
    expect(result.totals.ok).toBe(500)
    const frames = result.audit.server.commands.filter(({ command }) => /multi|exec/.test(command))
    expect(frames.map(({ command, server: seen }) => [command, seen])).toEqual([
      ['multi', 100],
      ['exec', 100],
    ])
    expect(result.audit.ok).toBe(true)
  })

  it.each(['--pipeline-size', '--transaction-size'])(
    'tells which commands of a %s the server refused',
    async (flag) => {
      const full = await startRedis('--maxmemory', '1mb', '--maxmemory-policy', 'noeviction')
      try {
        const { code, result } = await run([
          ...['--port', String(full.port), flag, '4', '--target-ops-per-second', '400', '--duration', '1'],
          ...['--warmup', '0', '--value-size', '1000'],
        ])
        // A full server is not a fault of the tool: the numbers are right.
        expect(code).toBe(0)
        expect(result.totals).toMatchObject({ scheduled: 400, indeterminate: 0 })
        expect(result.totals.failed).toBeGreaterThan(0)
        const set = result.operations.find(
          ({ operation, shape }) => operation === 'SET' && shape !== 'batch',
        )!
        expect(set.errors).toContainEqual({
          outcome: 'failed',
          error_type: 'memory_error',
          code: 'OOM',
          count: set.errors.find(({ code: name }) => name === 'OOM')!.count,
        })
        expect(set.ok).toBe(0)
        expect(result.audit.ok).toBe(true)
        expect(result.audit.server.status).toBe('ok')
      } finally {
        await full.stop()
      }
    },
  )
})

describe('the target', () => {
  const load = ['--target-ops-per-second', '200', '--duration', '1', '--warmup', '0']

  it.each([
    ['a unix socket', () => ['--socket', `${server.folder}/redis.sock`]],
    ['RESP2', () => [...target, '--protocol', '2']],
    ['another database', () => [...target, '--db', '3', '--no-cleanup', '--key-prefix', 'in-three']],
    ['a URL', () => ['--url', `redis://127.0.0.1:${server.port}/2`]],
  ])('can be %s', async (_, flags) => {
    const { code, result } = await run([...flags(), ...load])
    expect(code).toBe(0)
    expect(result.totals.ok).toBe(200)
    expect(result.audit.server.status).toBe('ok')
  })

  it('got its keys in the database it was asked for', async () => {
    const client = server.client({ db: 3 })
    const keys = await client.keys('in-three:*')
    expect(keys.length).toBeGreaterThan(10)
    expect(await server.client({ db: 0 }).keys('in-three:*')).toEqual([])
    await client.flushdb()
  })
})

describe('keys', () => {
  /** Draws of each of ten counters, from the server: INCR counts them. */
  async function drawsOf(args: readonly string[]): Promise<number[]> {
    const client = server.client()
    await client.flushall()
    const file = profile(
      'counters',
      'operations:\n  - command: INCR\nkeys:\n  prefix: counted\n  count: 10\n',
    )
    const load = ['--target-ops-per-second', '3000', '--duration', '1', '--warmup', '0', '--no-cleanup']
    const { result } = await run([...target, '--workload-profile', file, ...load, ...args])
    expect(result.totals.ok).toBe(3000)
    const keys = await client.keys('counted:*')
    const numbered = keys.map((key) => [Number(/:(\d+)$/.exec(key)![1]), key] as const)
    const values = await Promise.all(
      numbered.toSorted(([one], [other]) => one - other).map(([, key]) => client.get(key)),
    )
    return values.map(Number)
  }

  it('are drawn as the plan says: by Zipf’s law', async () => {
    const draws = await drawsOf(['--key-distribution', 'zipfian', '--key-zipf-exponent', '2', '--seed', '7'])
    const total = draws.reduce((sum, count) => sum + count, 0)
    expect(total).toBe(3000)
    // 1 / (1 + 1/4 + … + 1/100) of them go to the first key: 64.5 %, with a standard deviation of 0.9 %.
    expect(draws[0]! / total).toBeGreaterThan(0.61)
    expect(draws[0]! / total).toBeLessThan(0.68)
    expect(draws).toHaveLength(10)
  })

  it('come one after the other over all load threads', async () => {
    expect(await drawsOf(['--key-distribution', 'sequential', '--threads', '3'])).toEqual(
      Array.from({ length: 10 }, () => 300),
    )
  })

  it('are removed exactly: nobody else loses one', async () => {
    const client = server.client()
    await client.flushall()
    await client.mset('mine:1', 'x', 'mine:deadbeef:s:1', 'x', 'other', 'x')
    const file = profile('keys', 'operations:\n  - command: SET\nkeys:\n  prefix: mine\n  count: 500\n')
    const { result, stderr } = await run([
      ...target,
      ...['--workload-profile', file, '--target-ops-per-second', '2000', '--duration', '1', '--warmup', '0'],
    ])
    expect(result.totals.ok).toBe(2000)
    expect((await client.keys('*')).toSorted()).toEqual(['mine:1', 'mine:deadbeef:s:1', 'other'])
    expect(stderr).toMatch(/"removed":\d+/)
  })
})
