import { describe, expect, it } from 'vitest'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import type { RunResult, ThresholdResult } from '../../src/model/result.ts'
import type { RunRecord } from '../../src/model/run-record.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import type { ServerNews } from '../../src/model/server-samples.ts'
import type { ServerSideRecord } from '../../src/model/server-side-record.ts'
import { ServerSideTally } from '../../src/reports/server-side-tally.ts'
import { judgeThresholds } from '../../src/reports/thresholds.ts'
import { thresholdLines } from '../../src/reports/text-thresholds.ts'
import { BEGAN, disturb, faultOf, outageOf, play, trackerOf } from '../support/disturbances.ts'
import { createLedger } from '../support/ledger.ts'
import type { AckedWritesRecord } from '../../src/model/acked-writes.ts'
import { ackedRecord } from '../support/acked-writes.ts'
import { planOf } from '../support/plan.ts'
import { NO_STATE, rowOf, SLOW_EVAL } from '../support/server-side.ts'
import { AT_MILLIS, sampleRecord } from '../support/snapshot.ts'

/** Ten seconds of an open loop; GET: 3 ok of 200, 400, 10 000 µs, one nil, 1 failed, 1 indeterminate; SET: 1 ok. */
function judge(
  thresholds: string,
  change: Partial<RunRecord> = {},
  flags: Record<string, string> = {},
): readonly ThresholdResult[] {
  return resultOf(thresholds, change, flags).thresholds
}

function resultOf(
  thresholds: string,
  change: Partial<RunRecord> = {},
  flags: Record<string, string> = {},
): RunResult {
  const { plan } = planOf({ 'load.target_ops_per_second': '10', thresholds, ...flags })
  return buildResult(sampleRecord(plan, change), RESULT_TOOLS)
}

function servedBy(news: readonly ServerNews[]): ServerSideRecord {
  const tally = new ServerSideTally(1000)
  tally.add({ kind: 'state', state: NO_STATE })
  for (const one of news) tally.add(one)
  return tally.toRecord()!
}

/** Two servers for two seconds: the first one is busy, the second one full. */
const SERVED = servedBy([
  { kind: 'row', server: 'a', row: rowOf({ cpu_main_thread_seconds: 1, cpu_seconds: 3, keyspace_hits: 4 }) },
  { kind: 'row', server: 'a', row: rowOf({ cpu_main_thread_seconds: 0.5, keyspace_misses: 1 }) },
  { kind: 'row', server: 'a', row: rowOf({ fork_ms: 12.5, memory_max_bytes: 0, memory_used_bytes: 500 }) },
  {
    kind: 'row',
    server: 'b',
    row: rowOf({ memory_used_bytes: 900, memory_max_bytes: 1000, evicted_keys: 2 }),
  },
  {
    kind: 'row',
    server: 'b',
    row: rowOf({ memory_used_bytes: 700, memory_max_bytes: 900, evicted_keys: 1 }),
  },
  {
    kind: 'row',
    server: 'b',
    row: rowOf(
      { cpu_main_thread_seconds: 0.02, connected_clients: 9, rejected_connections: 0 },
      { seconds: 0.01 },
    ),
  },
  { kind: 'row', server: 'b', row: rowOf({ cpu_main_thread_seconds: 0.1, blocked_clients: 1 }) },
  {
    kind: 'row',
    server: 'b',
    row: rowOf({ keyspace_hits: 0, keyspace_misses: 0, replication_lag_bytes: 5000 }),
  },
  { kind: 'slowlog', entries: [SLOW_EVAL] },
  {
    kind: 'state',
    state: { ...NO_STATE, slowlog_seen: 2, looks: [{ server: 'b', looks: 5, unanswered: 1 }] },
  },
])

const end = sampleRecord(planOf().plan).end!
const outage = {
  thread: 0,
  connection: 0,
  server: null,
  end: 'unfinished' as const,
  lost_at_ms: AT_MILLIS - 9000,
  duration_ms: 9000,
  finished: false,
  cause: 'closed',
  detection_ms: 0,
  backoff_ms: 0,
  attempts: 3,
  from: null,
  to: null,
}

describe('thresholds of a run', () => {
  it.each([
    // 200, 400, 600, 10 000 and 30 000 000 µs: successes and errors.
    ['p99(GET) < 2ms', 30_000, false],
    ['max(GET) <= 30s', 30, true],
    ['p50(GET) <= 0.6005ms', 0.6, true],
    ['min(GET) == 200us', 200, true],
    ['mean(SET) == 500us', 500, true],
    ['service.max(SET) < 250us', 250, false],
    ['service.max(SET) <= 250us', 250, true],
    ['response.max(SET) <= 0.5ms', 0.5, true],
    ['p100 < 1s', 30, false],
    ['error_rate < 0.1%', 100 / 3, false],
    ['error_rate(GET) <= 40%', 40, true],
    ['error_rate(SET) == 0', 0, true],
    ['success_rate(GET) >= 0.6', 0.6, true],
    ['ok == 4', 4, true],
    ['failed == 1', 1, true],
    ['failed(SET) == 0', 0, true],
    ['indeterminate < 1', 1, false],
    ['nil_rate(GET) < 30%', 100 / 3, false],
    ['hit_rate(SET) == 100%', 100, true],
    ['ops_per_second == 0.6', 0.6, true],
    ['ops_per_second(SET) > 0.1', 0.1, false],
    ['dropped == 0', 3, false],
    ['drop_rate < 50%', 100 / 3, true],
    ['start_lag.p99 < 1ms', 0.02, true],
    ['connection.max < 2ms', 1.5, true],
    ['reconnection.p95 < 500ms', 75, true],
    ['reconnection.p95 < 75ms', 75, false],
    ['detection.max <= 2ms', 2, true],
    ['backoff.max < 60ms', 60, false],
    ['outages == 1', 1, true],
    ['verify.wrong == 0', 4, false],
    ['verify.stale < 5', 3, true],
    ['verify.missing == 2', 2, true],
    ['verify.unjudged == 1', 1, true],
    ['verify.ok > 80', 90, true],
    ['connection_failures != 1', 1, false],
    ['in_flight_at_end == 0', 0, true],
    ['audit.ok == 1', 1, true],
    ['audit.lost == 0', 0, true],
  ])('%s: %d, %s', (expression, actual, ok) => {
    const [threshold] = judge(expression)
    expect(threshold).toMatchObject({ expression, ok, note: null, aborted: false })
    expect(threshold!.actual).toBeCloseTo(actual, 2)
  })

  it('about lost writes are not met when none was acknowledged', () => {
    const acked = (change: Partial<AckedWritesRecord>): unknown =>
      judge('lost == 0', { ackedWrites: ackedRecord(change) })[0]
    expect(acked({})).toMatchObject({ actual: 0, ok: true })
    expect(acked({ acknowledged: 0, confirmed: 0 })).toMatchObject({ actual: null, ok: false })
  })

  it.each([
    ['server.used_memory < 80%', 90, false],
    ['server.used_memory_bytes <= 900', 900, true],
    ['server.cpu < 80%', 75, true],
    ['server.cpu_max < 80%', 100, false],
    ['server.connected_clients < 10', 9, true],
    ['server.blocked_clients == 0', 1, false],
    ['server.hit_ratio > 0.9', 0.8, false],
    ['server.evicted_keys == 0', 3, false],
    ['server.rejected_connections == 0', 0, true],
    ['server.replication_lag_bytes < 1000000', 5000, true],
    ['server.longest_fork < 10ms', 12.5, false],
    ['server.slowlog_entries < 3', 2, true],
    ['server.slowlog_longest < 30ms', 40, false],
    ['server.unanswered == 0', 1, false],
  ])('%s: %d, %s', (expression, actual, ok) => {
    const [threshold] = judge(expression, { serverSide: SERVED })
    expect(threshold).toMatchObject({ expression, actual, ok, note: null })
  })

  it('about the servers are not met while they have not said', () => {
    const of = (expression: string, news: readonly ServerNews[]): unknown =>
      judge(expression, { serverSide: servedBy(news) })[0]
    const asked = { ...NO_STATE, looks: [{ server: 'a', looks: 1, unanswered: 0 }] }
    const unheard = { actual: null, ok: false, note: 'no data: the servers did not say' }
    expect(judge('server.evicted_keys == 0')[0]).toMatchObject(unheard)
    expect(of('server.unanswered == 0', [])).toMatchObject(unheard)
    expect(of('server.slowlog_entries == 0', [{ kind: 'state', state: asked }])).toMatchObject({
      actual: 0,
      ok: true,
    })
    for (const state of [
      { ...asked, refused: ['SLOWLOG'] },
      { ...asked, mode: 'basic' as const },
    ])
      expect(of('server.slowlog_entries == 0', [{ kind: 'state', state }])).toMatchObject(unheard)
    expect(of('server.used_memory < 80%', [])).toMatchObject({
      ok: false,
      note: 'no data: no server has a limit of its memory (maxmemory)',
    })
    expect(of('server.replication_lag_bytes < 5', [])).toMatchObject({
      ok: false,
      note: 'no data: no server had a replica',
    })
  })

  it('are about service time in a closed loop', () => {
    expect(judge('max(SET) == 250us', {}, { 'load.target_ops_per_second': 'max' })[0]).toMatchObject({
      actual: 250,
      ok: true,
    })
  })

  it('are about service time of what has no due instants, in an open loop either', () => {
    const { ledger, read } = createLedger()
    ledger.record(1, 0, 0, 0, 700, -1)
    ledger.record(1, 1, 0, 0, 100, 200)
    expect(
      judge('max(GET) == 700us; max == 200us; response.max(GET) < 1s', { total: read(AT_MILLIS) }).map(
        ({ actual }) => actual,
      ),
    ).toEqual([700, 200, null])
  })

  it('keep the order of the plan, and the unit of each', () => {
    expect(judge('p50(SET) < 1s; failed < 5').map(({ expression, unit }) => [expression, unit])).toEqual([
      ['p50(SET) < 1s', 's'],
      ['failed < 5', ''],
    ])
  })

  it('compare exact numbers: what reads like the limit need not be it', () => {
    const { ledger, read } = createLedger()
    ledger.record(1, 0, 0, 0, 2000.001, 2000.001)
    const result = resultOf('max(GET) <= 2ms', { total: read(AT_MILLIS) })
    expect(result.thresholds[0]).toMatchObject({ ok: false, actual: 2.000001 })
    expect(thresholdLines(result)[1]).toBe('              ✗ max(GET) <= 2ms  2.000001ms')
  })

  it('without data are not met, unless there was nothing to reconnect', () => {
    const total = createLedger().read(AT_MILLIS)
    const thresholds = judge(
      'p99 < 1s; error_rate < 1%; reconnection.p95 < 1s; dropped == 0; audit.ok == 1',
      {
        total,
      },
    )
    expect(thresholds.map(({ actual, ok, note }) => [actual, ok, note])).toEqual([
      [null, false, 'no data: no such command was settled'],
      [null, false, 'no data: no such command was settled'],
      [null, true, 'no data: no connection was lost'],
      [0, true, null],
      [1, true, null],
    ])
  })

  it('count a connection that is still down with the time it has been', () => {
    const unfinished = { end: { ...end, unfinishedOutages: [outage] } }
    expect(judge('reconnection.max < 500ms', unfinished)[0]).toMatchObject({ actual: 9000, ok: false })
  })

  it('say how many commands are unaccounted for', () => {
    // 9 + 1 scheduled = 6 + 1 issued + 3 dropped; 7 issued = 7 settled.
    const { total } = sampleRecord(planOf().plan)
    const counters = { ...total.measure.counters, scheduled: 11, issued: 8 }
    const commands = [{ command: 'get', server: 2, at_least: 5, at_most: 5, ok: false }]
    const thresholds = judge('audit.lost == 0; audit.ok == 1', {
      total: { ...total, measure: { ...total.measure, counters } },
      end: { ...end, serverAudit: { status: 'failed', reason: null, commands } },
    })
    // 11 - 8 - 3 = 0 were not sent, 9 - 7 - 0 = 2 not settled, 5 - 2 = 3 not counted by the server.
    expect(thresholds.map(({ actual, ok }) => [actual, ok])).toEqual([
      [5, false],
      [0, false],
    ])
  })

  it('do not know what was lost when the run did not come to its end', () => {
    for (const change of [{ end: undefined }, { end: { ...end, reason: 'thread_crashed' as const } }])
      expect(judge('audit.lost == 0', change)[0]).toEqual({
        expression: 'audit.lost == 0',
        unit: '',
        actual: null,
        ok: false,
        note: 'no data: the run did not come to its end',
        aborted: false,
      })
  })

  it('of a phase are about its own numbers', () => {
    const { plan } = planOf({
      'load.target_ops_per_second': '10',
      thresholds:
        'ok == 1 in steady; ops_per_second == 3 in steady; ops_per_second(GET) == 0.5 in steady; ok > 0 in peak',
    })
    const record = sampleRecord(plan)
    const { ledger, read } = createLedger()
    ledger.record(1, 0, 0, 0, 100, 100)
    const phases = [{ name: 'steady', seconds: 2, settledInTime: 6, measure: read(AT_MILLIS).measure }]
    const { audit, disturbances } = buildResult(record, RESULT_TOOLS)
    const judged = judgeThresholds(plan.thresholds, {
      record,
      audit,
      disturbances,
      tools: RESULT_TOOLS,
      phases,
    })
    expect(judged.map(({ actual, ok, note }) => [actual, ok, note])).toEqual([
      [1, true, null],
      [3, true, null],
      [0.5, true, null],
      [null, false, 'no data: the phase was not reached'],
    ])
  })

  it('name the one that ended the run', () => {
    const abortedBy = 'failed < 1'
    expect(judge('failed < 1; ok > 0', { end: { ...end, abortedBy } }).map(({ aborted }) => aborted)).toEqual(
      [true, false],
    )
  })
})

describe('the table', () => {
  it('reads like this', () => {
    const result = resultOf('error_rate < 0.1%; failed < 1; dropped >= 1; reconnection.p95 < 500ms', {
      end: { ...end, abortedBy: 'failed < 1' },
    })
    expect(thresholdLines(result)).toEqual([
      'thresholds    2 OF 4 NOT MET',
      '              ✗ error_rate < 0.1%         33.33%',
      '              ✗ failed < 1                1       ended the run',
      '              ✓ dropped >= 1              3',
      '              ✓ reconnection.p95 < 500ms  75ms',
    ])
    expect(thresholdLines(resultOf('dropped > 0; detection.max < 1s'))[0]).toBe('thresholds    all 2 met')
    expect(thresholdLines(resultOf(''))).toEqual([])
  })
})

describe('what is expected of faults', () => {
  /** Two waves at 5 and 10 s, of 30 and 60 failed commands, over after 300 and 600 ms; and a loss by itself at 15 s. */
  function history(lastMillis: number): RunRecord['disturbances'] {
    const tracker = trackerOf({ errorsAfterMillis: [7000, 12_000] })
    play(tracker, [0, 5000])
    for (const [at, length] of [
      [5000, 300],
      [10_000, 600],
    ] as const) {
      disturb(tracker, faultOf('client-kill', at))
      tracker.outage(outageOf(at + 2, length))
      play(tracker, [at, at + length], () => ({ ok: 90, failed: 10, delayed: 1 }))
      play(tracker, [at + length, at + 5000])
    }
    tracker.outage(outageOf(15_000, 100, { detection_ms: 40 }))
    play(tracker, [15_000, lastMillis])
    return tracker.finish(BEGAN + lastMillis, [])
  }
  const judged = (
    expression: string,
    lastMillis = 19_000,
  ): Pick<ThresholdResult, 'actual' | 'ok' | 'note'> => {
    const { plan } = planOf({ 'load.target_ops_per_second': '10', expect: expression })
    const disturbances = history(lastMillis)
    const [result] = buildResult(sampleRecord(plan, { disturbances }), RESULT_TOOLS).expectations
    return result!
  }

  it.each([
    ['recovered_within < 600ms', 602, false],
    ['recovered_within <= 0.602s', 0.602, true],
    ['reconnected_within < 1s', 0.6, true],
    ['detected_within < 100ms', 40, true],
    ['disturbances == 3', 3, true],
    ['delayed == 9', 9, true],
    ['errors.after(7s) == 60', 60, true],
    ['outages.unfinished == 0', 0, true],
    // Of the totals of the sample, 1 failed and 1 indeterminate, fewer are outside than the history has inside.
    ['errors.outside == 1', 1, true],
    ['fault(client-kill).recovered_within < 700ms', 602, true],
    ['fault(client-kill, 1).recovered_within < 303ms', 302, true],
    ['fault(client-kill, 2).failed < 60', 60, false],
    ['fault(client-kill).failed == 90', 90, true],
    ['fault(client-kill).outages == 2', 2, true],
    ['fault(client-kill).detected_within <= 2ms', 2, true],
    ['fault(none).disturbances == 1', 1, true],
    ['fault(none).recovered_within < 1s', 0.1, true],
  ])('%s', (expression, actual, ok) => {
    const result = judged(expression)
    expect(result.actual).toBeCloseTo(actual, 9)
    expect(result).toMatchObject({ ok, note: null })
  })

  it('is not met by what did not happen before the end, and not by what did not happen at all', () => {
    expect(judged('recovered_within < 600s', 16_000)).toMatchObject({
      actual: null,
      ok: false,
      note: 'not before the end of the run',
    })
    expect(judged('fault(client-kill).recovered_within < 1s', 16_000)).toMatchObject({ ok: true })
    expect(judged('fault(client-kill, 3).failed == 0')).toMatchObject({
      actual: null,
      ok: false,
      note: 'no data: there was no such disturbance',
    })
    // The sample was measured for ten seconds.
    expect(judged('errors.after(12s) == 0')).toMatchObject({
      actual: null,
      ok: false,
      note: 'no data: the run did not come to its end',
    })
    const { plan } = planOf({ expect: 'recovered_within < 1s; fault(none).disturbances == 0' })
    expect(
      buildResult(sampleRecord(plan), RESULT_TOOLS).expectations.map(({ ok, note }) => [ok, note]),
    ).toEqual([
      [true, 'no data: nothing was disturbed'],
      [true, null],
    ])
  })
})
