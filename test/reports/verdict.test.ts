import { describe, expect, it } from 'vitest'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import { EXIT } from '../../src/model/exit-code.ts'
import type { RunResult } from '../../src/model/result.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import { verdictOf } from '../../src/reports/verdict.ts'
import { faultResult } from '../support/faults.ts'
import { planOf } from '../support/plan.ts'
import { sampleRecord } from '../support/snapshot.ts'

const { plan } = planOf({ 'load.duration': '10s' })
const done = buildResult(sampleRecord(plan), RESULT_TOOLS)
const met = { expression: 'p99 < 2ms', actual: 1, unit: 'ms', ok: true, note: null, aborted: false }
const missed = { ...met, ok: false }

describe('the verdict', () => {
  it.each<[string, Partial<RunResult>, ReturnType<typeof verdictOf>]>([
    [
      'nothing was asked for',
      {},
      { word: 'DONE', exitCode: 0, reasons: ['no threshold was set', 'the audit holds'] },
    ],
    [
      'all is as it had to be',
      { thresholds: [met, met], expectations: [met] },
      {
        word: 'PASS',
        exitCode: 0,
        reasons: ['all 2 thresholds met', 'the expectation met', 'the audit holds'],
      },
    ],
    [
      'something is not',
      { thresholds: [met, missed], expectations: [missed] },
      { word: 'FAIL', exitCode: 4, reasons: ['1 of 2 thresholds not met', '1 of 1 expectation not met'] },
    ],
    [
      'the audit fails as well',
      {
        thresholds: [missed],
        audit: { ...done.audit, ok: false, checks: [{ name: 'a', ok: false, detail: '1 = 2' }] },
      },
      {
        word: 'FAIL',
        exitCode: 5,
        reasons: ['the audit failed: 1 equation of 1 wrong', '1 of 1 threshold not met'],
      },
    ],
    [
      'a fault was left behind',
      { faults: [faultResult({ reverted: false })], thresholds: [missed] },
      { word: 'FAIL', exitCode: 1, reasons: ['1 fault not taken back', '1 of 1 threshold not met'] },
    ],
    [
      'a load thread died',
      { end_reason: 'thread_crashed', error: 'load thread 0 died: out of memory' },
      { word: 'FAIL', exitCode: 1, reasons: ['load thread 0 died: out of memory'] },
    ],
    [
      'the run was killed',
      { partial: true, end_reason: 'killed', thresholds: [met] },
      {
        word: 'CUT SHORT',
        exitCode: 0,
        reasons: ['the run was killed before its end', 'the threshold met', 'the audit holds'],
      },
    ],
  ])('when %s', (_, change, verdict) => {
    expect(verdictOf({ ...done, ...change })).toEqual(verdict)
  })

  it('of a run that a signal ended early has the exit code of the signal', () => {
    const cut = { ...done, end_reason: 'signal' as const }
    expect(verdictOf(cut, EXIT.interruptedBySigterm)).toMatchObject({ word: 'CUT SHORT', exitCode: 143 })
    expect(verdictOf(cut)).toMatchObject({ word: 'CUT SHORT', exitCode: 0 })
    expect(verdictOf({ ...cut, thresholds: [missed] }, EXIT.interruptedBySigint).exitCode).toBe(4)
    const endless = buildResult(sampleRecord(planOf().plan), RESULT_TOOLS)
    expect(verdictOf({ ...endless, end_reason: 'signal' }, EXIT.interruptedBySigint)).toMatchObject({
      word: 'DONE',
      exitCode: 0,
    })
  })

  it('of a search by steps is not that of its thresholds', () => {
    const search = {
      ...done,
      plan: { ...plan, load: { ...plan.load, step_search: true } },
      thresholds: [missed],
    }
    expect(
      verdictOf({
        ...search,
        step_search: { held: { phase: 'step 1', target_ops_per_second: 5000 }, failed: null },
      }),
    ).toEqual({ word: 'PASS', exitCode: 0, reasons: ['5,000 ops/s held', 'the audit holds'] })
    expect(verdictOf({ ...search, step_search: { held: null, failed: null } }).reasons[0]).toBe(
      'no step held',
    )
  })
})
