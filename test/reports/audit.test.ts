import { describe, expect, it } from 'vitest'
import type { Outage } from '../../src/model/connection-event.ts'
import type { LedgerSnapshot } from '../../src/ledger/ledger-snapshot.ts'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { MEASURE, type SeriesInfo } from '../../src/model/ledger.ts'
import { FAILED, INDETERMINATE, OK, type Outcome } from '../../src/model/outcome.ts'
import type { RunEnd } from '../../src/model/run-record.ts'
import type { ServerStats } from '../../src/model/server-stats.ts'
import { auditRecord } from '../../src/reports/audit.ts'
import { auditAgainstServer } from '../../src/reports/audit-server.ts'
import { createLedger, GET_AND_SET } from '../support/ledger.ts'
import { planOf } from '../support/plan.ts'
import { sampleRecord } from '../support/snapshot.ts'

const { plan } = planOf({ 'load.target_ops_per_second': '10' })
const failing = (record: ReturnType<typeof sampleRecord>): string[] =>
  auditRecord(record)
    .checks.filter(({ ok }) => !ok)
    .map(({ name, detail }) => `${name}: ${detail}`)

function withEnd(change: Partial<RunEnd>): ReturnType<typeof sampleRecord> {
  const record = sampleRecord(plan)
  return { ...record, end: { ...record.end!, ...change } }
}

describe('auditRecord', () => {
  it('finds that an orderly run adds up', () => {
    // The sample: 7 issued = 5 ok + 1 failed + 1 indeterminate, over both phases.
    const audit = auditRecord(sampleRecord(plan))
    expect(audit.ok).toBe(true)
    expect(audit.checks.map(({ detail }) => detail)).toEqual([
      '9 = 6 + 3',
      '1 = 1 + 0',
      '7 = 5 + 1 + 1 + 0',
      '7 = 7',
      '7 = 7',
      '1 = 1 + 0',
    ])
  })

  it('notices a command that nobody settled', () => {
    expect(failing(withEnd({ inFlight: 1 }))).toEqual([
      'issued = ok + failed + indeterminate + in flight at the end: 7 = 5 + 1 + 1 + 1',
    ])
  })

  it('notices an arrival that nobody counted', () => {
    const record = sampleRecord(plan)
    const { measure } = record.total
    const total = {
      ...record.total,
      measure: { ...measure, counters: { ...measure.counters, dropped_max_in_flight: 1 } },
    }
    expect(failing({ ...record, total })).toEqual(['measured phase: scheduled = issued + dropped: 9 = 6 + 2'])
  })

  it('notices a latency that was not recorded', () => {
    const record = sampleRecord(plan)
    const { measure } = record.total
    const series = measure.series.map((one) => ({ ...one, responseSuccess: one.serviceError }))
    expect(failing({ ...record, total: { ...record.total, measure: { ...measure, series } } })).toEqual([
      expect.stringMatching(/^settled = entries in the response histograms: 7 = /),
    ])
  })

  it('notices an outage that vanished', () => {
    const outage = { finished: false } as Outage
    expect(failing(withEnd({ unfinishedOutages: [outage] }))).toEqual([
      'outages = reconnections + unfinished outages: 1 = 1 + 1',
    ])
  })

  it('allows for what happened while the ledger of a killed run was read, and for no more', () => {
    const apart = (dropped: number): ReturnType<typeof sampleRecord> => {
      const record = sampleRecord(plan)
      const { measure } = record.total
      const counters = { ...measure.counters, dropped_max_in_flight: dropped, dropped_generator_late: 0 }
      return { ...record, end: undefined, total: { ...record.total, measure: { ...measure, counters } } }
    }
    expect(failing(apart(3 + 10))).toEqual([])
    expect(auditRecord(apart(3 + 10)).checks[0]!.detail).toBe(
      '9 = 6 + 13 (10 apart, 10 allowed: read while the load went on)',
    )
    expect(failing(apart(3 + 11))).toHaveLength(1)
  })

  it('fails with the server', () => {
    const serverAudit = { status: 'failed', reason: null, commands: [] } as const
    expect(auditRecord(withEnd({ serverAudit })).ok).toBe(false)
    expect(
      auditRecord(withEnd({ serverAudit: { ...serverAudit, status: 'not_comparable', reason: 'x' } })).ok,
    ).toBe(true)
  })

  it('checks what can be checked when the process was killed or a thread died', () => {
    const killed = auditRecord(sampleRecord(plan, { end: undefined }))
    expect(killed.ok).toBe(true)
    expect(killed.server).toMatchObject({
      status: 'not_comparable',
      reason: expect.stringContaining('did not come to its end'),
    })
    expect(auditRecord(withEnd({ reason: 'thread_crashed', error: 'x' })).ok).toBe(true)
  })

  it('does not ask a closed loop for response times', () => {
    const names = auditRecord(sampleRecord(planOf().plan)).checks.map(({ name }) => name)
    expect(names).not.toContain('settled = entries in the response histograms')
  })
})

function stats(commands: Record<string, number>, change: Partial<ServerStats> = {}): ServerStats {
  return {
    address: '127.0.0.1:7001',
    serverRunId: 'abc',
    role: 'master',
    commands: new Map(Object.entries(commands)),
    totalConnectionsReceived: 100,
    isWatched: false,
    strangers: [],
    totals: {
      keyspace_hits: 0,
      keyspace_misses: 0,
      expired_keys: 0,
      evicted_keys: 0,
      total_net_input_bytes: 0,
      total_net_output_bytes: 0,
    },
    ...change,
  }
}

/** A snapshot of `[series, outcome, code, times]`. */
function recorded(
  entries: readonly (readonly [series: number, outcome: Outcome, code: string, times: number])[],
  series: readonly SeriesInfo[] = GET_AND_SET,
  resent = 0,
): LedgerSnapshot {
  const { ledger, read } = createLedger(series)
  for (const [index, outcome, code, times] of entries)
    for (let time = 0; time < times; time++)
      ledger.record(MEASURE, index, outcome, errorCodeIndex(code), 1, 1)
  ledger.count('resent_commands', resent)
  return read()
}

const RUN = { inFlight: 0, ownConnections: 0, calledByOthers: new Set<string>() }

describe('auditAgainstServer', () => {
  it.each([
    [10, 'ok'],
    [9, 'failed'],
    [11, 'failed'],
  ])('wants equality in a run without faults: server %d is %s', (server, status) => {
    const total = recorded([[0, OK, 'none', 10]])
    const audit = auditAgainstServer({
      ...RUN,
      total,
      before: stats({ get: 5 }),
      after: stats({ get: 5 + server }),
    })
    expect(audit.status).toBe(status)
    expect(audit.commands[0]).toMatchObject({ command: 'get', server, at_least: 10, at_most: 10 })
  })

  it.each([
    [12, 'failed'],
    [13, 'ok'],
    [15, 'ok'],
    [16, 'failed'],
  ])('leaves open what is indeterminate: server %d is %s', (server, status) => {
    // 10 ok and 3 answered errors are certain, 2 lost answers possible, 4 were never sent.
    const total = recorded([
      [0, OK, 'none', 10],
      [0, FAILED, 'OOM', 3],
      [0, FAILED, 'not_writable', 4],
      [0, INDETERMINATE, 'closed', 2],
    ])
    const audit = auditAgainstServer({ ...RUN, total, before: stats({}), after: stats({ get: server }) })
    expect(audit.status).toBe(status)
  })

  it('allows for what was in flight at the end, and for what the client sent twice', () => {
    const total = recorded([[0, OK, 'none', 10]], GET_AND_SET, 2)
    const at = (server: number): string =>
      auditAgainstServer({ ...RUN, total, inFlight: 1, before: stats({}), after: stats({ get: server }) })
        .status
    expect([at(10), at(13), at(14)]).toEqual(['ok', 'ok', 'failed'])
  })

  it('cannot tell when the load went to another server', () => {
    const total = recorded([[0, OK, 'none', 10]])
    const before = stats({})
    const moved = auditAgainstServer({
      ...RUN,
      total,
      before,
      after: stats({ get: 10 }, { address: '127.0.0.1:7002', serverRunId: 'def' }),
    })
    expect(moved).toEqual({
      status: 'not_comparable',
      reason: 'the server changed during the run (failover): it was 127.0.0.1:7001 and is 127.0.0.1:7002',
      commands: [],
    })
    const counters = { ...total.counters, moved_connections: 1 }
    const back = auditAgainstServer({
      ...RUN,
      total: { ...total, counters },
      before,
      after: stats({ get: 10 }),
    })
    expect(back.reason).toBe('connections moved to another server during the run')
  })

  it('counts MULTI and EXEC, and not the commands of an aborted transaction', () => {
    const series = [
      { operation: 'SET', shape: 'transaction' },
      { operation: 'MULTI', shape: 'batch', command: 'exec' },
    ] as const
    const total = recorded(
      [
        [0, OK, 'none', 10],
        [0, FAILED, 'OOM', 1],
        [0, FAILED, 'EXECABORT', 4],
        [1, OK, 'none', 2],
        [1, FAILED, 'OOM', 1],
      ],
      series,
    )
    const audit = auditAgainstServer({
      ...RUN,
      total,
      before: stats({}),
      after: stats({ set: 11, multi: 3, exec: 3 }),
    })
    expect(audit.commands).toEqual([
      { command: 'set', server: 11, at_least: 11, at_most: 11, ok: true },
      { command: 'multi', server: 3, at_least: 2, at_most: 3, ok: true },
      { command: 'exec', server: 3, at_least: 2, at_most: 3, ok: true },
    ])
  })

  it.each([
    [stats({}), stats({}, { serverRunId: 'other' }), 'restarted'],
    [stats({}), stats({}, { strangers: ['10.0.0.1:99'] }), 'other clients were connected: 10.0.0.1:99'],
    [stats({}, { strangers: ['exporter (10.0.0.2:1)'] }), stats({}), 'exporter'],
    [stats({}), stats({}, { totalConnectionsReceived: 104 }), '4 connections of others'],
    [stats({ get: 10 }), stats({ get: 3 }), 'statistics of the server were reset'],
  ])('says why it cannot compare', (before, after, reason) => {
    const audit = auditAgainstServer({ ...RUN, total: recorded([]), before, after })
    expect(audit).toMatchObject({ status: 'not_comparable', commands: [] })
    expect(audit.reason).toContain(reason)
  })

  it('knows its own reconnections', () => {
    const after = stats({}, { totalConnectionsReceived: 104 })
    expect(
      auditAgainstServer({ ...RUN, ownConnections: 4, total: recorded([]), before: stats({}), after }).status,
    ).toBe('ok')
  })
})
