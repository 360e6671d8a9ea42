import { describe, expect, it } from 'vitest'
import {
  buildWorkload,
  isReadOnly,
  seriesOf,
  type WorkloadSpec,
  workloadPrefixes,
} from '../../src/workload/build-workload.ts'
import { operations } from '../../src/workload/registry.ts'
import { FakeCall, FakeConnection } from '../support/call.ts'
import { operationOf } from '../support/operation.ts'
import { planOf } from '../support/plan.ts'

const SPEC: WorkloadSpec = {
  operations: [operationOf('SET', 0.4), operationOf('GET', 0.6)],
  batch: { kind: 'none', size: 1 },
  keyPrefix: 'p:tag',
  keys: { ...planOf().plan.keys, count: 100 },
  valueSizes: [{ minBytes: 10, maxBytes: 10, weight: 1 }],
}

function newCall(): FakeCall {
  return new FakeCall(
    new FakeConnection(0, () => {
      throw new Error('not used')
    }),
  )
}

function draw(
  spec: WorkloadSpec,
  seed: number,
  count: number,
): { name: string; series: number; wire: string }[] {
  const workload = buildWorkload(spec, seed, { thread: 0, threads: 1 })
  return Array.from({ length: count }, () => {
    const call = newCall()
    workload.fill(call)
    const { name, series, wire } = call
    return { name, series, wire }
  })
}

/** Arguments of a request in RESP, checked for its lengths. */
function parseRequest(wire: string): string[] {
  const [head, ...rest] = wire.split('\r\n')
  const count = Number(head!.slice(1))
  const parts = Array.from({ length: count }, (_, index) => {
    const length = Number(rest[2 * index]!.slice(1))
    const text = rest[2 * index + 1]!
    expect(Buffer.byteLength(text)).toBe(length)
    return text
  })
  expect(rest).toHaveLength(2 * count + 1)
  return parts
}

describe('operations', () => {
  it('are these', () => {
    expect(Object.keys(operations)).toEqual(['DEL', 'EXISTS', 'GET', 'INCR', 'PING', 'SET'])
  })

  it.each(Object.keys(operations))('%s makes a well-formed request of itself', (command) => {
    const [call] = draw({ ...SPEC, operations: [operationOf(command)] }, 1, 1)
    const [name, key, value] = parseRequest(call!.wire)
    expect(name).toBe(command)
    expect(call!.name).toBe(command.toLowerCase())
    if (command !== 'PING') expect(key).toMatch(/^p:tag:[sc]:\d{1,2}$/)
    if (command === 'SET') expect(value).toHaveLength(10)
  })
})

describe('buildWorkload', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(draw(SPEC, 1, 500)).toEqual(draw(SPEC, 1, 500))
    expect(draw(SPEC, 1, 500)).not.toEqual(draw(SPEC, 2, 500))
  })

  it('draws commands by weight, reads and writes of the same keys', () => {
    const calls = draw(SPEC, 3, 20_000)
    const sets = calls.filter(({ name }) => name === 'set')
    expect(sets.length / calls.length).toBeGreaterThan(0.38)
    expect(sets.length / calls.length).toBeLessThan(0.42)
    expect(new Set(calls.map(({ series, name }) => `${series} ${name}`))).toEqual(new Set(['0 set', '1 get']))
    const keysOf = (name: string): Set<string> =>
      new Set(calls.filter((call) => call.name === name).map(({ wire }) => parseRequest(wire)[1]!))
    expect(keysOf('get')).toEqual(keysOf('set'))
    expect(keysOf('get').size).toBe(100)
  })

  it('keeps counters away from strings', () => {
    const keys = draw({ ...SPEC, operations: [operationOf('INCR', 1)] }, 1, 50)
    for (const { wire } of keys) expect(wire).toContain('p:tag:c:')
  })
})

describe('seriesOf', () => {
  it.each([
    ['none', 1, ['SET single', 'GET single']],
    ['pipeline', 10, ['SET pipeline', 'GET pipeline', 'PIPELINE batch']],
    ['transaction', 5, ['SET transaction', 'GET transaction', 'MULTI batch']],
  ] as const)('knows the lines of batch kind %s', (kind, size, lines) => {
    const series = seriesOf({ ...SPEC, batch: { kind, size } })
    expect(series.map(({ operation, shape }) => `${operation} ${shape}`)).toEqual(lines)
  })

  it('names a batch of one command after it', () => {
    const series = seriesOf({
      operations: [operationOf('GET', 1)],
      batch: { kind: 'pipeline', size: 2 },
    })
    expect(series.at(-1)!.operation).toBe('PIPELINE GET')
  })
})

describe('what a workload may touch', () => {
  it('names the key spaces it writes to', () => {
    expect(workloadPrefixes(SPEC)).toEqual(['p:tag:s:'])
    expect(workloadPrefixes({ ...SPEC, operations: [operationOf('GET', 1)] })).toEqual([])
    const both = [...SPEC.operations, operationOf('INCR', 1)]
    expect(workloadPrefixes({ ...SPEC, operations: both })).toEqual(['p:tag:s:', 'p:tag:c:'])
  })

  it('knows whether a replica would run all of it', () => {
    expect(isReadOnly(SPEC)).toBe(false)
    expect(
      isReadOnly({
        operations: [operationOf('GET', 1), operationOf('PING', 1)],
      }),
    ).toBe(true)
  })
})
