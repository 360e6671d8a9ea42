import { describe, expect, it } from 'vitest'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import { CATALOGUE } from '../../src/model/catalogue.ts'
import { MEASURE, type SeriesInfo, WARMUP } from '../../src/model/ledger.ts'
import { FAILED, OK } from '../../src/model/outcome.ts'
import type { AckedWritesRecord } from '../../src/model/acked-writes.ts'
import type { RunRecord } from '../../src/model/run-record.ts'
import { ackedWriteChecks } from '../../src/reports/audit-acked-writes.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import { ackedWritesLines } from '../../src/reports/text-acked-writes.ts'
import { ackedRecord } from '../support/acked-writes.ts'
import { createLedger } from '../support/ledger.ts'
import { planOf } from '../support/plan.ts'
import { sampleRecord, sampleSnapshot, sampleView } from '../support/snapshot.ts'

const AT = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
const AUDIT: SeriesInfo = { operation: 'ACKED_WRITE', shape: 'single', command: 'rpush' }

function lines(change: Partial<AckedWritesRecord> = {}, thinned = 0): string[] {
  return [...ackedWritesLines({ acked_writes: { ...ackedRecord(change), thinned } })]
}

describe('the summary of audit writes', () => {
  it('is empty without any', () => {
    expect([...ackedWritesLines({ acked_writes: null })]).toEqual([])
  })

  it('is one line when all is well', () => {
    expect(lines()).toEqual([
      'acked writes  10 acknowledged: 10 there, 0 lost · 0 unknown · 0 duplicated · 0 out of order',
    ])
  })

  it('says first what was lost, how much and when, and names some of it', () => {
    const example = { list: 'p:acked:3:2', connection: 3, acknowledged_at_ms: AT }
    const found = lines({
      acknowledged: 5000,
      confirmed: 3938,
      lost: 1062,
      lost_from_ms: AT,
      lost_until_ms: AT + 1000,
      unknown: 3,
      applied_unacknowledged: 1,
      not_applied: 2,
      duplicated: 2,
      reordered: 1,
      refused: 4,
      unexpected: 1,
      examples: [
        { ...example, problem: 'lost', sequence: 611 },
        { ...example, problem: 'duplicated', sequence: 7, acknowledged_at_ms: null },
        ...Array.from({ length: 9 }, () => ({ ...example, problem: 'reordered' as const, sequence: 1 })),
      ],
    })
    expect(found.slice(0, 4)).toEqual([
      'ACKNOWLEDGED WRITES LOST: 1,062 acknowledged writes lost, acknowledged between 2026-01-02T03:04:05.678Z and 2026-01-02T03:04:06.678Z',
      'acked writes  5,000 acknowledged: 3,938 there, 1,062 lost · 3 unknown: 1 applied, 2 not · 2 duplicated · 1 out of order · 4 refused · 1 written by nobody',
      '              lost: p:acked:3:2 sequence 611 of connection 3, acknowledged at 2026-01-02T03:04:05.678Z',
      '              twice: p:acked:3:2 sequence 7 of connection 3',
    ])
    expect(found).toHaveLength(7)
  })

  it('claims no loss where something else explains it', () => {
    const void1 = lines({ lost: 5, confirmed: 5, voided_because: 'the server evicted 5 keys' })
    expect(void1[0]).toBe(
      '5 acknowledged writes are gone, which is no proof of a loss: the server evicted 5 keys',
    )
    expect(void1.join('\n')).not.toContain('LOST')
    expect(lines({ voided_because: 'the server evicted 5 keys' })[0]).toBe(
      'acked writes  losses would be no proof: the server evicted 5 keys',
    )
  })

  it('is loud about contradictions, and about what could not be read', () => {
    const reading = {
      ...{ reason: 'end', at_ms: AT, duration_ms: 1, lists: 2, unread_lists: 1 },
      ...{ acknowledged: 10, lost: 0, duplicated: 0 },
    }
    const found = lines({
      refused: 1,
      refused_applied: 1,
      unread: 4,
      confirmed: 6,
      complete: false,
      readings: [{ ...reading, error: 'LOADING' }],
    })
    expect(found.slice(0, 3)).toEqual([
      'CONTRADICTION: 1 writes were refused, and are there',
      'NOT READ BACK: of 4 acknowledged writes nobody knows whether they are there (LOADING)',
      'acked writes  10 acknowledged: 6 there, 0 lost, 4 not read back · 0 unknown · 0 duplicated · 0 out of order · 1 refused',
    ])
    expect(lines({ unread: 4 })[0]).toContain('(no reading came to its end)')
  })

  it('says how far replicas were behind, and what was left out', () => {
    const stale_reads = { reads: 200, stale: 3, age_mean_ms: 12.345, age_max_ms: 1500 }
    expect(lines({ stale_reads }, 1234).slice(1)).toEqual([
      'replicas      200 looks, 3 stale: behind by 12.35 ms on average, 1,500 ms at most',
      '              1,234 audit writes were left out: they could not be read back in time',
    ])
    expect(lines({ stale_reads: { ...stale_reads, stale: 0 } })[1]).toBe('replicas      200 looks, 0 stale')
  })
})

describe('the audit of a result with audit writes', () => {
  function record(acked: AckedWritesRecord | undefined): RunRecord {
    const { ledger, read } = createLedger([{ operation: 'GET', shape: 'single' }, AUDIT])
    ledger.record(MEASURE, 0, OK, 0, 1, 1)
    for (let made = 0; made < 7; made++) ledger.record(MEASURE, 1, OK, 0, 1, 1)
    for (let made = 0; made < 3; made++) ledger.record(WARMUP, 1, OK, 0, 1, 1)
    ledger.record(MEASURE, 1, FAILED, 1, 1, 1)
    return sampleRecord(planOf().plan, { total: read(AT), ackedWrites: acked })
  }

  it('has nothing to check without any', () => {
    expect(ackedWriteChecks(record(undefined))).toEqual([])
  })

  it('compares what the threads remember with what they counted', () => {
    expect(ackedWriteChecks(record(ackedRecord())).map(({ ok, detail }) => [ok, detail])).toEqual([
      [true, '10 = 10'],
      [true, '10 = 10 + 0 + 0'],
    ])
    const wrong = ackedRecord({ acknowledged: 9, lost: 1, confirmed: 9 })
    expect(ackedWriteChecks(record(wrong)).map(({ ok, detail }) => [ok, detail])).toEqual([
      [false, '10 = 9'],
      [false, '9 = 9 + 1 + 0'],
    ])
  })
})

describe('thresholds on audit writes', () => {
  const NAMES = [
    ...['lost', 'unread', 'duplicated', 'reordered', 'applied_unacknowledged', 'refused_applied'],
    'stale_reads',
  ]
  const judged = (acked: AckedWritesRecord | undefined, change: Partial<RunRecord> = {}): unknown => {
    const { plan } = planOf({ thresholds: NAMES.map((name) => `${name} == 0`).join('; ') })
    const { thresholds } = buildResult(sampleRecord(plan, { ackedWrites: acked, ...change }), RESULT_TOOLS)
    return thresholds.map(({ actual, ok }) => (ok ? actual : [actual]))
  }

  it('are judged by what was read back', () => {
    expect(
      judged(ackedRecord({ stale_reads: { reads: 5, stale: 0, age_mean_ms: 0, age_max_ms: 0 } })),
    ).toEqual([0, 0, 0, 0, 0, 0, 0])
    const wrong = ackedRecord({
      ...{ lost: 1, unread: 2, duplicated: 3, reordered: 4, applied_unacknowledged: 5, refused_applied: 6 },
      stale_reads: { reads: 9, stale: 7, age_mean_ms: 0, age_max_ms: 0 },
    })
    expect(judged(wrong)).toEqual([[1], [2], [3], [4], [5], [6], [7]])
  })

  it('are not met when nobody knows', () => {
    const unknown = NAMES.map(() => [null])
    expect(judged(undefined)).toEqual(unknown)
    expect(judged(ackedRecord(), { end: undefined })).toEqual(unknown)
    expect(judged(ackedRecord({ voided_because: 'the server evicts' }))).toEqual([
      ...[[null], 0, 0, 0, [null], 0, [null]],
    ])
    expect(judged(ackedRecord({ complete: false }))).toEqual([
      ...[[null], 0, [null], [null], [null], [null], [null]],
    ])
  })
})

describe('the metrics of audit writes', () => {
  const { plan } = planOf()
  const valuesOf = (name: string, acked: AckedWritesRecord | null): unknown => {
    const view = sampleView(plan, sampleSnapshot())
    view.tool.ackedWrites = acked
    return CATALOGUE.find(({ prometheus }) => prometheus === name)!
      .points(view)
      .map((point) => ('value' in point ? [...Object.values(point.labels), point.value] : point.count))
  }

  it('are those of the last reading', () => {
    const acked = ackedRecord({
      ...{ lost: 3, confirmed: 7, duplicated: 2 },
      stale_reads: { reads: 9, stale: 4, age_mean_ms: 1, age_max_ms: 250 },
    })
    expect(valuesOf('redis_test_acked_writes', acked)).toEqual([
      ['confirmed', 7],
      ['lost', 3],
      ['unread', 0],
      ['duplicated', 2],
      ['reordered', 0],
      ['applied_unacknowledged', 0],
      ['not_applied', 0],
      ['refused_applied', 0],
      ['unexpected', 0],
    ])
    expect(valuesOf('redis_test_audit_writes_thinned_total', acked)).toEqual([[0]])
    expect(valuesOf('redis_test_replica_looks_total', acked)).toEqual([
      ['fresh', 5],
      ['stale', 4],
    ])
    expect(valuesOf('redis_test_stale_read_age_max_seconds', acked)).toEqual([[0.25]])
  })

  it('are absent without audit writes, and those of replicas without replicas', () => {
    expect(valuesOf('redis_test_acked_writes', null)).toEqual([])
    expect(valuesOf('redis_test_replica_looks_total', ackedRecord())).toEqual([])
    expect(valuesOf('redis_test_stale_read_age_max_seconds', ackedRecord())).toEqual([])
  })
})
