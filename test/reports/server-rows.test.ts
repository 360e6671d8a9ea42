import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowBetween, RowSeries } from '../../src/reports/server-rows.ts'
import { chartValue, columnsOf, valueIn } from '../../src/reports/server-columns.ts'
import { lookOf, rowOf } from '../support/server-side.ts'

const LATER = { at_ms: 1_700_000_002_000 }

describe('rowBetween', () => {
  it('is how much the counters grew, and what is so now', () => {
    const before = lookOf({ commands: 100, memory_used_bytes: 5, cpu_sys_seconds: 1, cpu_user_seconds: 2 })
    const after = lookOf(
      {
        commands: 350,
        memory_used_bytes: 9,
        cpu_sys_seconds: 1.25,
        cpu_user_seconds: 2.5,
        connected_clients: 4,
      },
      {
        ...LATER,
        databases: [
          { db: 'db0', keys: 3, expires: 0 },
          { db: 'db1', keys: 4, expires: 0 },
        ],
      },
    )
    const row = rowBetween(before, after, 77)
    expect(row).toMatchObject({ at_ms: LATER.at_ms, seconds: 2 })
    expect(valueIn(row, 'commands')).toBe(250)
    expect(valueIn(row, 'cpu_seconds')).toBe(0.75)
    expect(valueIn(row, 'memory_used_bytes')).toBe(9)
    expect(valueIn(row, 'keys')).toBe(7)
    expect(valueIn(row, 'replication_lag_bytes')).toBe(77)
    expect(valueIn(row, 'keyspace_hits')).toBeNull()
    expect(chartValue(row, 'ops_per_second')).toBe(125)
    expect(chartValue(row, 'cpu_cores')).toBe(0.375)
  })

  it('knows no differences without a look before', () => {
    const row = rowBetween(undefined, lookOf({ commands: 100, connected_clients: 3 }), null)
    expect(row.seconds).toBe(0)
    expect(valueIn(row, 'commands')).toBeNull()
    expect(valueIn(row, 'connected_clients')).toBe(3)
    expect(chartValue(row, 'ops_per_second')).toBeNull()
  })

  it('counts from zero after a restart, and after a reset', () => {
    const before = lookOf({ commands: 100 })
    const restarted = lookOf({ commands: 300 }, { ...LATER, serverRunId: 'second' })
    expect(valueIn(rowBetween(before, restarted, null), 'commands')).toBe(300)
    expect(valueIn(rowBetween(before, lookOf({ commands: 20 }, LATER), null), 'commands')).toBe(20)
  })

  it('does not know what another server at the same address did', () => {
    const before = lookOf({ commands: 100, forks: 1 })
    const failedOver = { ...LATER, serverRunId: 'second' }
    const numbers = { commands: 9_000_000, latest_fork_seconds: 1, forks: 7 }
    const row = rowBetween(before, lookOf({ ...numbers, uptime_seconds: 86_400 }, failedOver), null)
    expect(valueIn(row, 'commands')).toBeNull()
    expect(valueIn(row, 'fork_ms')).toBe(0)
    const young = rowBetween(before, lookOf({ ...numbers, uptime_seconds: 3 }, failedOver), null)
    expect(valueIn(young, 'commands')).toBe(9_000_000)
  })

  it('tells a fork once', () => {
    const before = lookOf({ latest_fork_seconds: 0.002, forks: 1 })
    const same = lookOf({ latest_fork_seconds: 0.002, forks: 1 }, LATER)
    const again = lookOf({ latest_fork_seconds: 0.002, forks: 2 }, LATER)
    expect(valueIn(rowBetween(before, same, null), 'fork_ms')).toBe(0)
    expect(valueIn(rowBetween(before, again, null), 'fork_ms')).toBe(2)
  })
})

describe('RowSeries', () => {
  it('joins neighbours when there are too many, and loses no count and no peak', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ commands: fc.nat(1e6), memory_used_bytes: fc.nat(1e9) }), {
          minLength: 1,
          maxLength: 300,
        }),
        fc.integer({ min: 1, max: 40 }),
        (values, limit) => {
          const series = new RowSeries(1)
          for (const [index, value] of values.entries())
            series.add(rowOf(value, { at_ms: 1000 * index }), limit)
          const rows = series.toArray()
          expect(rows.length).toBeLessThanOrEqual(limit)
          expect(rows.reduce((sum, row) => sum + valueIn(row, 'commands')!, 0)).toBe(
            values.reduce((sum, { commands }) => sum + commands, 0),
          )
          expect(Math.max(...rows.map((row) => valueIn(row, 'memory_used_bytes')!))).toBe(
            Math.max(...values.map(({ memory_used_bytes }) => memory_used_bytes)),
          )
          expect(rows.reduce((sum, { seconds }) => sum + seconds, 0)).toBe(values.length)
          expect(rows.at(-1)!.at_ms).toBe(1000 * (values.length - 1))
        },
      ),
      { numRuns: 100 },
    )
  })

  it('puts the first look, which has no time, into the first second', () => {
    const series = new RowSeries(1)
    series.add(rowOf({ memory_used_bytes: 9 }, { seconds: 0 }), 10)
    series.add(rowOf({ memory_used_bytes: 5, commands: 3 }), 10)
    series.add(rowOf({ memory_used_bytes: 6, commands: 4 }), 10)
    expect(series.toArray().map((row) => [row.seconds, valueIn(row, 'memory_used_bytes')])).toEqual([
      [1, 9],
      [1, 6],
    ])
  })

  it('keeps the worst of a link', () => {
    const series = new RowSeries(1)
    for (const master_link_up of [1, 0, 1, 1]) series.add(rowOf({ master_link_up }), 2)
    expect(series.toArray().map((row) => valueIn(row, 'master_link_up'))).toEqual([0, 1])
  })
})

describe('columnsOf', () => {
  it('leaves out what the server never said', () => {
    const rows = [
      rowOf({ commands: 1234.56, keyspace_hits: 3, keyspace_misses: 1 }),
      rowOf({ commands: 10, keyspace_hits: 0, keyspace_misses: 0 }, { seconds: 3 }),
    ]
    expect(columnsOf(rows)).toEqual({ ops_per_second: [1235, 3.333], hit_ratio: [0.75, null] })
  })
})
