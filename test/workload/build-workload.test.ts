import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BatchPlan, KEY_DISTRIBUTIONS, type OperationPlan } from '../../src/model/plan.ts'
import type { Call, Workload } from '../../src/model/call.ts'
import { buildWorkloads, type WorkloadHooks, type WorkloadSpec } from '../../src/workload/build-workload.ts'
import { USUAL_NAMES } from '../../src/workload/registry.ts'
import { FakeCall, FakeConnection } from '../support/call.ts'
import { operationOf } from '../support/operation.ts'
import { planOf } from '../support/plan.ts'
import { parseRequest } from '../support/resp.ts'

const { keys, pubsub, streams } = planOf().plan
const SPEC: WorkloadSpec = {
  operations: [operationOf('SET', 0.4), operationOf('GET', 0.6)],
  batch: { kind: 'none', size: 1 },
  keyPrefix: 'p:tag',
  keys: { ...keys, count: 100 },
  values: { size: '10', kind: 'random', compressibility: 0.5, verify: false },
  pubsub,
  streams,
  seed: 1,
}
const HOOKS: WorkloadHooks = {
  now: () => 1_700_000_000_123,
  nextMessage: () => 'hello',
  readerOf: () => null,
}

function specOf(operations: readonly OperationPlan[], more: Partial<WorkloadSpec> = {}): WorkloadSpec {
  return { ...SPEC, operations, ...more }
}

function newCall(): FakeCall {
  return new FakeCall(
    new FakeConnection(0, () => {
      throw new Error('not used')
    }),
  )
}

interface Made {
  readonly name: string
  readonly series: number
  readonly wire: string
}

/** The commands of the next units, in order. */
function takeUnits(workload: Workload, units: number): Made[][] {
  return Array.from({ length: units }, () => {
    const { size } = workload.nextUnit()
    return Array.from({ length: size }, () => {
      const call: Call = newCall()
      workload.fill(call)
      const { name, series, wire } = call
      return { name, series, wire }
    })
  })
}

function sharedOf(spec: WorkloadSpec, turn = { thread: 0, threads: 1 }): Workload {
  const { shared } = buildWorkloads(spec, turn, HOOKS)
  if (shared === undefined) throw new Error('nothing is shared')
  return shared
}

const commandsOf = (spec: WorkloadSpec, units: number): Made[] => takeUnits(sharedOf(spec), units).flat()
const requestsOf = (spec: WorkloadSpec, units: number): string[][] =>
  commandsOf(spec, units).map(({ wire }) => parseRequest(wire))

describe('buildWorkloads', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(commandsOf(SPEC, 500)).toEqual(commandsOf(SPEC, 500))
    expect(commandsOf(SPEC, 500)).not.toEqual(commandsOf({ ...SPEC, seed: 2 }, 500))
  })

  it('makes the same commands byte for byte, whatever the number of threads that share them out', () => {
    const batches: fc.Arbitrary<BatchPlan> = fc.constantFrom(
      { kind: 'none', size: 1 },
      { kind: 'pipeline', size: 7 },
      { kind: 'transaction', size: 3 },
    )
    const operations = fc.uniqueArray(fc.constantFrom(...USUAL_NAMES), { minLength: 1, maxLength: 6 })
    const weights = fc.array(fc.double({ min: 0.001, max: 100, noNaN: true }), { minLength: 6, maxLength: 6 })
    fc.assert(
      fc.property(
        operations,
        weights,
        batches,
        fc.constantFrom(...KEY_DISTRIBUTIONS),
        fc.nat(),
        fc.integer({ min: 2, max: 8 }),
        (names, weight, batch, distribution, seed, threads) => {
          const spec = specOf(
            names.map((name, index) => operationOf(name, weight[index])),
            {
              batch,
              seed,
              keys: { ...keys, count: 1000, distribution },
              values: { ...SPEC.values, size: '0..64' },
            },
          )
          const alone = takeUnits(sharedOf(spec), 300)
          const shares = Array.from({ length: threads }, (_, thread) =>
            takeUnits(sharedOf(spec, { thread, threads }), Math.ceil((300 - thread) / threads)),
          )
          const together = alone.map((_, unit) => shares[unit % threads]![Math.floor(unit / threads)])
          expect(together).toEqual(alone)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('deals the operations exactly by weight, reads and writes of the same keys', () => {
    const calls = commandsOf(SPEC, 20_000)
    expect(calls.filter(({ name }) => name === 'set')).toHaveLength(8000)
    expect(new Set(calls.map(({ series, name }) => `${series} ${name}`))).toEqual(new Set(['0 set', '1 get']))
    const keysNamed = (name: string): Set<string> =>
      new Set(calls.filter((call) => call.name === name).map(({ wire }) => parseRequest(wire)[1]!))
    expect(keysNamed('get')).toEqual(keysNamed('set'))
    expect(keysNamed('get').size).toBe(100)
  })

  it('keeps the types of keys apart', () => {
    for (const [name, letter] of [
      ['GET', 's'],
      ['INCR', 'c'],
      ['HGET', 'h'],
      ['LPOP', 'l'],
      ['SADD', 't'],
      ['ZADD', 'z'],
      ['XADD', 'x'],
      ['GEOADD', 'g'],
      ['SETBIT', 'b'],
      ['PFADD', 'p'],
    ] as const)
      for (const [, key] of requestsOf(specOf([operationOf(name)]), 20))
        expect(key).toMatch(new RegExp(`^p:tag:${letter}:\\d+$`))
  })

  it('visits every key in turn when they are sequential, for each operation', () => {
    const spec = specOf([operationOf('SET', 1), operationOf('GET', 3)], {
      keys: { ...keys, count: 100, distribution: 'sequential' },
    })
    const requests = requestsOf(spec, 4000)
    const numbersOf = (name: string): number[] =>
      requests.filter(([command]) => command === name).map(([, key]) => Number(key!.split(':').at(-1)))
    expect(numbersOf('GET')).toEqual(Array.from({ length: 3000 }, (_, index) => index % 100))
    expect(numbersOf('SET')).toEqual(Array.from({ length: 1000 }, (_, index) => index % 100))
  })

  it('goes on through the keys within a command and a pipeline', () => {
    const spec = specOf([operationOf('MGET ({key})*3', 1, { batch: { kind: 'pipeline', size: 2 } })], {
      keys: { ...keys, count: 1000, distribution: 'sequential' },
    })
    const numbers = requestsOf(spec, 3).flatMap(([, ...named]) =>
      named.map((key) => Number(key.split(':').at(-1))),
    )
    expect(numbers).toEqual(Array.from({ length: 18 }, (_, index) => index))
  })

  it('runs through the commands of an operation in a batch of its own', () => {
    const spec = specOf([
      operationOf('GET', 1),
      {
        ...operationOf('TRANSFER', 1),
        commands: ['DECRBY {key} 5', 'INCRBY {same} 5'],
        batch: { kind: 'transaction', size: 2 },
      },
    ])
    const workload = sharedOf(spec)
    const units = Array.from({ length: 200 }, () => {
      const unit = workload.nextUnit()
      const names = Array.from({ length: unit.size }, () => {
        const call = newCall()
        workload.fill(call)
        return call.name
      })
      return `${unit.kind}: ${names.join(' ')}`
    })
    expect(units.filter((unit) => unit === 'single: get')).toHaveLength(100)
    expect(units.filter((unit) => unit === 'transaction: decrby incrby decrby incrby')).toHaveLength(100)
  })

  it('follows on a nil reply with the key that was missed', () => {
    const spec = specOf([{ ...operationOf('GET'), on_nil: 'SET {same} {value}' }])
    const workload = sharedOf(spec)
    for (let unit = 0; unit < 50; unit++) {
      workload.nextUnit()
      const call = newCall()
      workload.fill(call)
      expect(call.followUp).toMatchObject({ on: 'nil', unit: { kind: 'single', size: 1 } })
      const follower = newCall()
      workload.follow(call.followUp!, call)
      workload.fill(follower)
      const [get, set] = [parseRequest(call.wire), parseRequest(follower.wire)]
      expect(set).toEqual(['SET', get[1], expect.stringMatching(/^[\w-]{10}$/)])
      expect(follower.followUp).toBeNull()
      expect(follower.series).not.toBe(call.series)
    }
  })

  it('watches a key, then works on it in a transaction', () => {
    const spec = specOf([
      {
        ...operationOf('CAS'),
        commands: ['SET {same} {value}'],
        watch: ['{key}'],
        batch: { kind: 'transaction', size: 1 },
        connections: 2,
      },
    ])
    const { shared, own } = buildWorkloads(spec, { thread: 0, threads: 1 }, HOOKS)
    expect(shared).toBeUndefined()
    const workload = own.get(0)!
    expect(workload.nextUnit()).toMatchObject({ kind: 'single', size: 1 })
    const watch = newCall()
    workload.fill(watch)
    expect(watch.followUp).toMatchObject({ on: 'ok', unit: { kind: 'transaction', size: 1 } })
    workload.follow(watch.followUp!, watch)
    const set = newCall()
    workload.fill(set)
    expect(parseRequest(watch.wire)).toEqual(['WATCH', parseRequest(set.wire)[1]])
  })

  it('gives what a plain SET writes the time to live of the plan', () => {
    const ttl = { min_ms: 30_000, max_ms: 90_000 }
    const requests = requestsOf(specOf([operationOf('SET')], { keys: { ...keys, ttl } }), 500)
    const times = requests.map(([, , , px, millis]) => {
      expect(px).toBe('PX')
      return Number(millis)
    })
    expect(Math.min(...times)).toBeGreaterThanOrEqual(30_000)
    expect(Math.max(...times)).toBeLessThanOrEqual(90_000)
    expect(new Set(times).size).toBeGreaterThan(400)
  })

  it('reads the latest keys of those that any operation creates', () => {
    const latest = { ...keys, count: 10_000, distribution: 'latest' as const }
    const operations = [
      operationOf('SET', 1),
      operationOf('SETEX {key} 60 x', 1),
      operationOf('DEL', 0.2),
      operationOf('GET', 2),
    ]
    const requests = requestsOf(specOf(operations, { keys: latest }), 4000)
    const created = new Set<string>()
    const order: number[] = []
    let unknown = 0
    for (const [name, key] of requests) {
      const number = Number(key!.split(':').at(-1))
      if (name === 'SET' || name === 'SETEX') {
        order.push(number)
        created.add(key!)
      } else if (!created.has(key!)) unknown++
    }
    expect(order).toEqual(Array.from({ length: order.length }, (_, index) => index))
    // Only before anything was created can there be nothing to read.
    expect(unknown).toBeLessThanOrEqual(2)
  })

  it('gives a follow-up the number of its cause', () => {
    const spec = specOf([{ ...operationOf('GET'), on_nil: 'SET {same} {seq}' }])
    const workload = sharedOf(spec, { thread: 1, threads: 3 })
    for (const ordinal of [1, 4, 7]) {
      workload.nextUnit()
      const [call, follower] = [newCall(), newCall()]
      workload.fill(call)
      workload.follow(call.followUp!, call)
      workload.fill(follower)
      expect(parseRequest(follower.wire)[2]).toBe(String(ordinal))
    }
  })

  it('lets the threads that have connections for an operation make all of its draws', () => {
    const operations = [{ ...operationOf('GET'), connections: 2 }]
    const spec = specOf(operations, { keys: { ...keys, count: 1000, distribution: 'sequential' } })
    const numbers = [0, 1].flatMap((thread) => {
      const workload = buildWorkloads(spec, { thread, threads: 5 }, HOOKS).own.get(0)!
      return takeUnits(workload, 3)
        .flat()
        .map(({ wire }) => Number(parseRequest(wire)[1]!.split(':').at(-1)))
    })
    expect(numbers.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5])
  })
})
