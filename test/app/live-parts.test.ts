import { describe, expect, it } from 'vitest'
import { LiveHistory } from '../../src/app/live-history.ts'
import { messagesIn } from '../../src/app/live-messages.ts'
import { LiveThresholds } from '../../src/app/live-thresholds.ts'
import { metricsUrl } from '../../src/app/scrape-run.ts'
import { shownServers } from '../../src/app/shown-servers.ts'
import type { ServersView } from '../../src/model/servers-view.ts'
import { ServerSideTally } from '../../src/reports/server-side-tally.ts'
import { serverNow } from '../../src/reports/server-now.ts'
import { thresholdRow } from '../../src/reports/live-view/threshold-row.ts'
import { lookOf, NO_STATE, rowOf } from '../support/server-side.ts'
import { withoutMeasure } from '../../src/ledger/ledger-snapshot.ts'
import { UsageError } from '../../src/model/errors.ts'
import { QUIET_SECOND } from '../support/interval.ts'
import { planOf } from '../support/plan.ts'
import { sampleSnapshot } from '../support/snapshot.ts'

describe('LiveHistory', () => {
  const { plan } = planOf({ 'load.target_ops_per_second': '10', 'load.clients': '10' })
  const total = sampleSnapshot()
  const errors = [{ outcome: 'failed', error_type: 'memory_error', code: 'OOM', count: 2 }] as const
  const interval = { ...QUIET_SECOND, ok: 8, failed: 2, dropped: 3, errors, connections_lost: 1 }

  it('adds up what intervals say, successes and failures apart', () => {
    const history = new LiveHistory(plan)
    history.add({ interval, detail: total, total, phase: 'measure' })
    history.add({ interval: { ...interval, errors: [] }, detail: total, total, phase: 'measure' })
    const { rate, latency, errors: kept, connections } = history.numbers
    expect(rate).toMatchObject({
      perSecond: 10,
      target: 10,
      history: [10, 10],
      droppedTotal: 6,
      scheduled: 9,
    })
    expect(kept).toEqual({
      rows: [{ type: 'memory_error', code: 'OOM', outcome: 'failed', now: 0, total: 2 }],
      settledTotal: 20,
    })
    expect(latency.rows.map(({ name, now }) => [name, now.max])).toEqual([
      ['response ok', 10],
      ['service ok', 5],
      ['failed', 30_000],
    ])
    expect(connections).toMatchObject({ planned: 10, active: 5, lost: 1, lostNow: 1, reconnected: 1 })
  })

  it('counts nothing of the warm-up among errors and drops', () => {
    const history = new LiveHistory(plan)
    const blank = withoutMeasure(total)
    history.add({ interval, detail: blank, total: blank, phase: 'warmup' })
    const { rate, errors: kept, latency } = history.numbers
    expect([rate.droppedTotal, kept.rows, kept.settledTotal, latency.rows.map(({ run }) => run)]).toEqual([
      0,
      [],
      0,
      [null, null],
    ])
  })
})

describe('LiveThresholds', () => {
  it('judges what there is so far', () => {
    const { plan } = planOf({ thresholds: 'service.max < 1ms; failed <= 1; p99 < 1s in later; ok > 2' })
    const judged = new LiveThresholds(plan).judge(sampleSnapshot(), 10_000, [])
    expect(judged.map(thresholdRow)).toEqual([
      { expression: 'service.max < 1ms', actual: '30,000ms', state: 'missed' },
      { expression: 'failed <= 1', actual: '1', state: 'met' },
      { expression: 'p99 < 1s in later', actual: '', state: 'open' },
      { expression: 'ok > 2', actual: '4', state: 'met' },
    ])
  })

  it('judges what the servers have said so far', () => {
    const { plan } = planOf({ thresholds: 'server.evicted_keys == 0; server.hit_ratio > 50%' })
    const tally = new ServerSideTally(1000)
    const judge = (): unknown[] =>
      new LiveThresholds(plan)
        .judge(sampleSnapshot(), 10_000, [], tally.guards)
        .map(({ actual, isMet }) => [actual, isMet])
    expect(judge()).toEqual([
      [null, null],
      [null, null],
    ])
    tally.add({
      kind: 'row',
      server: 'a',
      row: rowOf({ evicted_keys: 1200, keyspace_hits: 3, keyspace_misses: 1 }),
    })
    tally.add({ kind: 'state', state: NO_STATE })
    expect(judge()).toEqual([
      [1200, false],
      [75, true],
    ])
  })
})

describe('shownServers', () => {
  const look = {
    look: lookOf({}),
    row: rowOf({ memory_used_bytes: 2000, connected_clients: 14, commands: 100.4 }),
  }
  const viewOf = (isSilent: boolean): ServersView => ({
    now: serverNow([{ ...look, isSilent }]),
    ...{ looks: [], commands: [], slowlogSeen: 0, cost: NO_STATE.cost, looksAnswered: 1, looksUnanswered: 0 },
  })

  it('are what they said last', () => {
    expect(shownServers(null, 5000)).toBeNull()
    expect(shownServers(viewOf(false), 5000)).toEqual({
      ...{ atMillis: 5000, memoryBytes: 2000, clients: 14, opsPerSecond: 100, hitRatio: null },
    })
  })

  it('have been silent since then', () => {
    expect(shownServers(viewOf(true), 5000)).toMatchObject({ atMillis: look.row.at_ms, memoryBytes: null })
  })
})

describe('messagesIn', () => {
  it('shows warnings and errors, however the log is written, and what we say ourselves', () => {
    expect(
      messagesIn([
        '\u001b[32m[12:00:00] INFO\u001b[39m: serving metrics',
        '[12:00:01] \u001b[33mWARN\u001b[39m: fault failed',
        '    reason: "nobody"',
        '{"level":"error","msg":"it broke","reason":"why"}',
        'redis-test: SIGINT: ending the load',
      ]),
    ).toEqual([
      { text: '[12:00:01] WARN: fault failed', level: 'warning' },
      { text: 'it broke: why', level: 'error' },
      { text: 'redis-test: SIGINT: ending the load', level: 'info' },
    ])
  })
})

describe('metricsUrl', () => {
  it.each([
    ['8000', 'http://127.0.0.1:8000/metrics'],
    [':8000', 'http://127.0.0.1:8000/metrics'],
    ['load-7:8000', 'http://load-7:8000/metrics'],
    ['https://host/x/metrics', 'https://host/x/metrics'],
    ['http://[::1]:8000', 'http://[::1]:8000/metrics'],
  ])('%s', (typed, url) => {
    expect(metricsUrl(typed).href).toBe(url)
  })

  it.each(['redis://h:6379', 'http://', 'a b', 'http://u:secret@h:1'])('refuses %s', (typed) => {
    expect(() => metricsUrl(typed)).toThrow(UsageError)
    try {
      metricsUrl(typed)
    } catch (error) {
      expect(JSON.stringify((error as UsageError).problems)).not.toContain('secret')
    }
  })
})
