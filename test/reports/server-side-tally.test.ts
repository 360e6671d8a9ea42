import { describe, expect, it } from 'vitest'
import { SERVER_COLUMN_NAMES } from '../../src/model/server-samples.ts'
import { ServerSideTally } from '../../src/reports/server-side-tally.ts'
import { NO_STATE, rowOf, SLOW_EVAL } from '../support/server-side.ts'

const SERVER = '127.0.0.1:7001'
const START = 1_700_000_000_000

function tallyOf(seconds: number, servers: readonly string[] = [SERVER]): ServerSideTally {
  const tally = new ServerSideTally(1000)
  for (const server of servers)
    for (let second = 0; second < seconds; second++) {
      const values = SERVER_COLUMN_NAMES.map((name, index) =>
        name === 'commands' ? 10 : 1_000_000 + ((second * 7919 + index * 104_729) % 900_000),
      )
      tally.add({ kind: 'row', server, row: { at_ms: START + 1000 * second, seconds: 1, values } })
    }
  tally.add({
    kind: 'state',
    state: { ...NO_STATE, looks: servers.map((server) => ({ server, looks: seconds, unanswered: 2 })) },
  })
  return tally
}

describe('ServerSideTally', () => {
  it('knows nothing without news', () => {
    expect(new ServerSideTally(1000).toRecord()).toBeUndefined()
  })

  it('gives columns of equal length, exact totals and what was highest', () => {
    const tally = new ServerSideTally(1000)
    const add = (row: Parameters<typeof rowOf>[0], change: Parameters<typeof rowOf>[1]): void =>
      tally.add({ kind: 'row', server: SERVER, row: rowOf(row, change) })
    tally.add({ kind: 'role', server: SERVER, at_ms: START, role: 'master' })
    add(
      { memory_used_bytes: 100, memory_max_bytes: 1000, connected_clients: 3 },
      { at_ms: START, seconds: 0 },
    )
    add(
      { memory_used_bytes: 700, commands: 50, cpu_seconds: 0.5, connected_clients: 9 },
      { at_ms: START + 1000 },
    )
    add(
      { memory_used_bytes: 400, commands: 21, cpu_seconds: 0.25, connected_clients: 5 },
      { at_ms: START + 2000 },
    )
    tally.add({ kind: 'role', server: SERVER, at_ms: START + 2000, role: 'replica' })
    // The last look, a moment after the one before it: a rate of nearly no time is no highest rate.
    add({ commands: 5, cpu_seconds: 0.01 }, { at_ms: START + 2001, seconds: 0.001 })
    tally.add({ kind: 'state', state: { ...NO_STATE, looks: [{ server: SERVER, looks: 3, unanswered: 1 }] } })
    const [server] = tally.toRecord()!.samples.servers
    expect(server).toMatchObject({
      server: SERVER,
      roles: [
        { at_ms: START, role: 'master' },
        { at_ms: START + 2000, role: 'replica' },
      ],
      looks: 3,
      unanswered: 1,
      at_ms: [START + 1000, START + 2001],
      seconds: [1, 1.001],
      totals: { commands: 76, cpu_seconds: 0.76, keyspace_hits: null },
      memory: { first_bytes: 100, last_bytes: 400, peak_bytes: 700, max_bytes: 1000 },
      clients_peak: 9,
      ops_per_second_max: 50,
      cpu_cores_max: 0.5,
    })
    expect(server!.columns).toEqual({
      memory_used_bytes: [700, 400],
      memory_max_bytes: [1000, null],
      connected_clients: [9, 5],
      ops_per_second: [50, 25.97],
      cpu_cores: [0.5, 0.2597],
    })
  })

  it('keeps an hour in some hundred kilobytes, whatever the number of servers, and loses no count', () => {
    for (const servers of [1, 6]) {
      const record = tallyOf(
        3600,
        Array.from({ length: servers }, (_, index) => `10.0.0.${index}:7000`),
      ).toRecord()!
      expect(JSON.stringify(record.samples).length).toBeLessThan(450_000)
      for (const { totals, seconds, at_ms } of record.samples.servers) {
        expect(totals.commands).toBe(36_000)
        expect(seconds.reduce((sum, one) => sum + one, 0)).toBe(3600)
        expect(at_ms.length).toBeGreaterThan(100)
      }
    }
  })

  it('reads rows of other versions by the names that stand before them', () => {
    const tally = new ServerSideTally(1000)
    tally.add({ kind: 'columns', names: ['a_new_one', 'commands'] })
    tally.add({ kind: 'row', server: SERVER, row: { at_ms: START, seconds: 1, values: [5, 12] } })
    tally.add({ kind: 'state', state: NO_STATE })
    expect(tally.toRecord()!.samples.servers[0]!.columns).toEqual({ ops_per_second: [12] })
  })

  it('keeps the slowest entries of slow logs, and says what is not worth keeping', () => {
    const tally = new ServerSideTally(1000)
    const entries = Array.from({ length: 300 }, (_, id) => ({ ...SLOW_EVAL, id, duration_ms: id }))
    for (let first = 0; first < 300; first += 100) {
      const worth = tally.worthKeeping({ kind: 'slowlog', entries: entries.slice(first, first + 100) })!
      tally.add(worth)
    }
    tally.add({ kind: 'state', state: { ...NO_STATE, slowlog_seen: 300 } })
    const { slowlog } = tally.toRecord()!
    expect(slowlog.map(({ id }) => id)).toEqual(Array.from({ length: 128 }, (_, index) => 299 - index))
    expect(tally.worthKeeping({ kind: 'slowlog', entries: entries.slice(0, 100) })).toBeUndefined()
    expect(
      tally.worthKeeping({ kind: 'slowlog', entries: [entries[3]!, { ...SLOW_EVAL, duration_ms: 999 }] }),
    ).toEqual({
      kind: 'slowlog',
      entries: [{ ...SLOW_EVAL, duration_ms: 999 }],
    })
  })

  it('puts latency events in the order of time', () => {
    const tally = new ServerSideTally(1000)
    const event = { server: SERVER, event: 'command', latency_ms: 3 }
    tally.add({
      kind: 'latency',
      events: [
        { ...event, at_ms: 3 },
        { ...event, at_ms: 1 },
      ],
    })
    tally.add({ kind: 'state', state: NO_STATE })
    expect(tally.toRecord()!.latencyEvents.map(({ at_ms }) => at_ms)).toEqual([1, 3])
  })
})
