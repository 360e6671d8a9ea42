import { describe, expect, it } from 'vitest'
import type { ServerColumn } from '../../src/model/server-samples.ts'
import { mastersInShort } from '../../src/reports/masters-in-short.ts'
import { ServerSideTally } from '../../src/reports/server-side-tally.ts'
import { NO_STATE, rowOf } from '../support/server-side.ts'

const START = 1_700_000_000_000
type Role = 'master' | 'replica'

/** What a server was and did in each second; `undefined`: nobody answered. */
type Seconds = readonly (readonly [Role, Partial<Record<ServerColumn, number>>] | undefined)[]

function inShort(servers: Readonly<Record<string, Seconds>>): ReturnType<typeof mastersInShort> {
  const tally = new ServerSideTally(1000)
  for (const [server, seconds] of Object.entries(servers))
    for (const [second, told] of seconds.entries()) {
      if (told === undefined) continue
      const [role, values] = told
      const at_ms = START + 1000 * second
      tally.add({ kind: 'role', server, at_ms, role })
      tally.add({ kind: 'row', server, row: rowOf(values, { at_ms }) })
    }
  tally.add({ kind: 'state', state: NO_STATE })
  return mastersInShort(tally.toRecord()!.samples)
}

const DONE = { commands: 100, memory_used_bytes: 1000, cpu_seconds: 0.5, connected_clients: 8 }

describe('mastersInShort', () => {
  it('adds up the masters of a Cluster, and leaves out their replicas', () => {
    const master: Seconds = [
      ['master', DONE],
      ['master', { ...DONE, memory_used_bytes: 3000 }],
    ]
    const replica: Seconds = [
      ['replica', DONE],
      ['replica', DONE],
    ]
    expect(inShort({ a: master, b: master, c: replica })).toEqual({
      count: 2,
      memory: { firstBytes: 2000, lastBytes: 6000, peakBytes: 6000, maxBytes: null },
      clientsPeak: 16,
      opsPerSecond: 200,
      cpuCores: 1,
      hits: null,
      misses: null,
      evicted: null,
    })
  })

  it('counts a replica that takes over from when it is the master, and what its master did before only once', () => {
    const crashed: Seconds = [...Array.from({ length: 5 }, () => ['master', DONE] as const)]
    const promoted: Seconds = Array.from({ length: 15 }, (_, second) => [
      second < 7 ? 'replica' : 'master',
      { ...DONE, memory_used_bytes: 1000 + second },
    ])
    expect(inShort({ a: crashed, b: promoted })).toMatchObject({
      count: 1,
      memory: { firstBytes: 1000, lastBytes: 1014, peakBytes: 1014 },
      clientsPeak: 8,
      // Five seconds of the one and eight of the other, in fifteen.
      opsPerSecond: 1300 / 15,
    })
  })

  it('is about all servers where none was ever a master, and about nobody without a look', () => {
    expect(inShort({ a: [['replica', DONE]], b: [['replica', DONE]] })).toMatchObject({
      count: 2,
      opsPerSecond: 200,
    })
    expect(inShort({})).toBeUndefined()
  })
})
