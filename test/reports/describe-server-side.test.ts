import { describe, expect, it } from 'vitest'
import type { SlowlogEntry } from '../../src/model/server-samples.ts'
import type { SlowestCommand } from '../../src/model/slowest-command.ts'
import { describeServerSide } from '../../src/reports/describe-server-side.ts'
import { SlowestCommands } from '../../src/reports/slowest-commands.ts'
import { serverSideLines } from '../../src/reports/text-server-side.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import { ServerSideTally } from '../../src/reports/server-side-tally.ts'
import { planOf } from '../support/plan.ts'
import { NO_STATE, rowOf, SLOW_EVAL, SLOWEST_EVAL } from '../support/server-side.ts'
import { sampleRecord } from '../support/snapshot.ts'

const { plan } = planOf({ 'load.target_ops_per_second': '10' })

function joined(
  slowlog: readonly SlowlogEntry[],
  slowest: readonly SlowestCommand[],
): ReturnType<typeof describeServerSide> {
  const tally = new ServerSideTally(1000)
  tally.add({ kind: 'slowlog', entries: slowlog })
  tally.add({ kind: 'state', state: NO_STATE })
  return describeServerSide(sampleRecord(plan, { serverSide: tally.toRecord(), slowest }))
}

describe('a slow log and our slowest commands', () => {
  it('are joined where they are of the same command', () => {
    const { slowlog, slowest_commands } = joined([SLOW_EVAL], [SLOWEST_EVAL])
    expect(slowlog).toEqual([
      { ...SLOW_EVAL, client_ms: 42, trace_id: SLOWEST_EVAL.trace_id, span_id: SLOWEST_EVAL.span_id },
    ])
    expect(slowest_commands).toEqual([{ ...SLOWEST_EVAL, server_ms: 40 }])
  })

  it.each([
    ['another connection', { connection: 5 }],
    ['a command of others', { connection: null, is_ours: false }],
    ['a connection of ours that carries no load', { connection: null }],
    ['another command', { command: 'GET k' }],
    ['longer on the server than for us', { duration_ms: 43 }],
    ['at another time', { at_ms: SLOW_EVAL.at_ms + 5000 }],
  ])('are not: %s', (_, change) => {
    const { slowlog, slowest_commands } = joined([{ ...SLOW_EVAL, ...change }], [SLOWEST_EVAL])
    expect(slowlog[0]).toMatchObject({ client_ms: null, span_id: null })
    expect(slowest_commands[0]!.server_ms).toBeNull()
  })

  it('are not where the command was sent to another node', () => {
    const tally = new ServerSideTally(1000)
    for (const server of ['127.0.0.1:7001', '127.0.0.1:7002'])
      tally.add({ kind: 'row', server, row: rowOf({}) })
    tally.add({ kind: 'slowlog', entries: [SLOW_EVAL] })
    tally.add({ kind: 'state', state: NO_STATE })
    const serverSide = tally.toRecord()
    const seenBy = (node: string): number | null => {
      const record = sampleRecord(plan, { serverSide, slowest: [{ ...SLOWEST_EVAL, node }] })
      return describeServerSide(record).slowlog[0]!.client_ms
    }
    expect(seenBy('127.0.0.1:7002')).toBeNull()
    expect(seenBy('127.0.0.1:7001')).toBe(42)
    // By a name that the servers do not announce.
    expect(seenBy('node-1:7001')).toBe(42)
  })

  it('are joined one by one, the longest first', () => {
    const { slowlog } = joined(
      [
        { ...SLOW_EVAL, id: 1, duration_ms: 30 },
        { ...SLOW_EVAL, id: 2, duration_ms: 40 },
      ],
      [SLOWEST_EVAL],
    )
    expect(slowlog.map(({ id, client_ms }) => [id, client_ms])).toEqual([
      [2, 42],
      [1, null],
    ])
  })

  it('are empty when nobody looked', () => {
    expect(describeServerSide(sampleRecord(plan))).toEqual({
      server_samples: null,
      server_commands: [],
      slowlog: [],
      latency_events: [],
      slowest_commands: [],
    })
  })
})

describe('SlowestCommands', () => {
  it('keeps the slowest of each operation, so that a rare one has its place', () => {
    const slowest = new SlowestCommands(20)
    for (let index = 0; index < 1000; index++)
      slowest.offer({ ...SLOWEST_EVAL, operation: 'GET', service_ms: 100 + ((index * 7) % 1000) })
    slowest.offer({ ...SLOWEST_EVAL, service_ms: 1 })
    expect(slowest.toArray().map(({ operation, service_ms }) => [operation, service_ms])).toEqual([
      ...[1099, 1098, 1097, 1096, 1095, 1094].map((millis) => ['GET', millis]),
      ['EVAL', 1],
    ])
    expect(slowest.offer({ ...SLOWEST_EVAL, operation: 'GET', service_ms: 5 })).toBe(false)
  })
})

describe('the summary', () => {
  it('says what the servers saw in a few lines', () => {
    const tally = new ServerSideTally(1000)
    const server = '127.0.0.1:7001'
    tally.add({ kind: 'role', server, at_ms: 1, role: 'master' })
    const first = { memory_used_bytes: 1_048_576, memory_max_bytes: 67_108_864, connected_clients: 3 }
    tally.add({ kind: 'row', server, row: rowOf(first, { seconds: 0 }) })
    const second = { memory_used_bytes: 10_485_760, commands: 2468, keyspace_hits: 3, keyspace_misses: 1 }
    tally.add({ kind: 'row', server, row: rowOf({ ...second, evicted_keys: 12, cpu_seconds: 0.5 }) })
    tally.add({
      kind: 'slowlog',
      entries: [SLOW_EVAL, { ...SLOW_EVAL, id: 9, is_ours: false, connection: null }],
    })
    const counted = { rejected: 0, failed: 0, p50_usec: null, p99_usec: null, p999_usec: null }
    tally.add({
      kind: 'state',
      state: {
        ...NO_STATE,
        looks: [{ server, looks: 2, unanswered: 1 }],
        notes: ['LATENCY is refused (NOPERM): there are no latency events of the servers'],
        slowlog_seen: 2,
        commands: [{ command: 'get', calls: 10, usec: 32, usec_per_call: 3.2, ...counted }],
      },
    })
    const record = sampleRecord(plan, { serverSide: tally.toRecord(), slowest: [SLOWEST_EVAL] })
    const trace = 'a'.repeat(32)
    expect([...serverSideLines(buildResult(record, RESULT_TOOLS))]).toEqual([
      'server side   memory 1.00 MiB → 10.0 MiB of 64.0 MiB · up to 3 clients · 2,468 ops/s · hits 75.0 % · 12 evicted · 0.50 CPU cores · 2 in the slow log',
      'in the server GET 3.2 of 1,767 µs (mean, of what the client saw)',
      `slow log      40.00 ms EVAL return 1 0, 42.00 ms for us, trace ${trace}`,
      'slow log      40.00 ms EVAL return 1 0, from 127.0.0.1:5000',
      `slowest       EVAL 42.00 ms, trace ${trace}`,
      '              no answer: 127.0.0.1:7001 1 of 3 looks',
      '              LATENCY is refused (NOPERM): there are no latency events of the servers',
    ])
  })

  it('says where a replica was slow at what its master told it', () => {
    const tally = new ServerSideTally(1000)
    for (const server of ['127.0.0.1:7001', '127.0.0.1:7002'])
      tally.add({ kind: 'row', server, row: rowOf({}) })
    const entry = { ...SLOW_EVAL, is_ours: false, connection: null, client_name: '' }
    const told = { ...entry, server: '127.0.0.1:7002', client: '127.0.0.1:7001' }
    tally.add({ kind: 'slowlog', entries: [told] })
    tally.add({ kind: 'state', state: NO_STATE })
    const record = sampleRecord(plan, { serverSide: tally.toRecord() })
    expect([...serverSideLines(buildResult(record, RESULT_TOOLS))]).toContain(
      'slow log      40.00 ms EVAL return 1 0, on replica 127.0.0.1:7002',
    )
  })

  it('says nothing when nobody looked', () => {
    expect([...serverSideLines(buildResult(sampleRecord(plan), RESULT_TOOLS))]).toEqual([])
  })
})
