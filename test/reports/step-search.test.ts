import { describe, expect, it } from 'vitest'
import { mergeHistograms } from '../../src/ledger/merge.ts'
import type { PhaseRecord } from '../../src/model/run-record.ts'
import { describeStepSearch, whyStepFails } from '../../src/reports/step-search.ts'
import { describeLoad, phaseTable, stepSearchLines } from '../../src/reports/text-phases.ts'
import type { PhaseResult, RunResult } from '../../src/model/result.ts'
import { createLedger } from '../support/ledger.ts'
import { MEASURE } from '../../src/model/ledger.ts'
import { OK } from '../../src/model/outcome.ts'
import { planOf } from '../support/plan.ts'
import { sampleRecord } from '../support/snapshot.ts'

const { plan } = planOf({ 'load.step.by': '1000', 'load.step.to': '3000', 'load.step.every': '2s' })

function step(
  rate: number,
  settledInTime: number,
  change: Partial<PhaseRecord> & { dropped?: number } = {},
): PhaseRecord {
  const { ledger, read } = createLedger()
  const { dropped = 0, ...rest } = change
  ledger.countPhase(MEASURE, 'dropped_max_in_flight', dropped)
  return {
    name: `step-${rate}`,
    firstAtMillis: 0,
    seconds: 2,
    times: 1,
    isComplete: true,
    plannedCommands: 2 * rate,
    plannedSeconds: 2,
    settledInTime,
    measure: read().measure,
    ...rest,
  }
}

describe('whyStepFails', () => {
  it.each<[string, PhaseRecord, string | null]>([
    ['all of it', step(1000, 2000), null],
    ['99 %', step(1000, 1980), null],
    ['the two that were in flight', step(1000, 1978), null],
    ['less', step(1000, 1977), '988.5 of 1000.0 commands a second were answered'],
    ['less in less time', step(1000, 1940, { seconds: 1.95 }), null],
    ['drops', step(1000, 2000, { dropped: 1 }), 'arrivals dropped: 1'],
    ['part of its time', step(1000, 500, { isComplete: false }), null],
  ])('judges %s', (_, record, reason) => {
    expect(whyStepFails(record, plan, mergeHistograms)).toBe(reason)
  })
})

describe('whyStepFails with thresholds', () => {
  const search = { 'load.step.by': '1000', 'load.step.to': '3000' }
  const judge = (threshold: string): string | null => {
    const { ledger, read } = createLedger()
    for (let count = 0; count < 2000; count++) ledger.record(MEASURE, 0, OK, 0, 3000, 3000)
    const { measure } = read()
    return whyStepFails(
      step(1000, 2000, { measure }),
      planOf({ ...search, thresholds: threshold }).plan,
      mergeHistograms,
    )
  }

  it.each([
    ['p99 < 5ms', null],
    ['p99 < 2ms', 'threshold p99 < 2ms not met'],
    ['p99(SET) < 2ms', null],
    ['p99 < 2ms in step-1000', 'threshold p99 < 2ms in step-1000 not met'],
    ['p99 < 2ms in step-2000', null],
    ['in_flight_at_end == 7', null],
  ])('%s', (threshold, reason) => {
    expect(judge(threshold)).toBe(reason)
  })
})

describe('describeStepSearch', () => {
  const search = (...phases: PhaseRecord[]): ReturnType<typeof describeStepSearch> =>
    describeStepSearch(sampleRecord(plan, { phases }), { mergeHistograms })

  it('names the highest step that held, and why the next did not', () => {
    expect(search(step(1000, 2000), step(2000, 3000), step(3000, 10, { isComplete: false }))).toEqual({
      held: { phase: 'step-1000', target_ops_per_second: 1000 },
      failed: { phase: 'step-2000', reason: '1500.0 of 2000.0 commands a second were answered' },
    })
    expect(search(step(1000, 2000), step(2000, 4000), step(3000, 6000))).toEqual({
      held: { phase: 'step-3000', target_ops_per_second: 3000 },
      failed: null,
    })
    expect(search(step(1000, 20))?.held).toBeNull()
  })

  it('does not count a step in which the run was ended', () => {
    expect(search(step(1000, 2000), step(2000, 100, { isComplete: false }))).toEqual({
      held: { phase: 'step-1000', target_ops_per_second: 1000 },
      failed: null,
    })
  })

  it('is nothing in other runs', () => {
    expect(describeStepSearch(sampleRecord(planOf().plan), { mergeHistograms })).toBeNull()
  })
})

describe('in words', () => {
  it('a search reads like this', () => {
    const lines = (step_search: RunResult['step_search']): string[] =>
      stepSearchLines({ step_search } as RunResult)
    const held = { phase: 'step-2000', target_ops_per_second: 2000 }
    const failed = { phase: 'step-3000', reason: 'arrivals dropped: 5' }
    expect(lines({ held, failed })).toEqual([
      'step search   2,000 ops/s held (step-2000) · step-3000 did not: arrivals dropped: 5',
    ])
    expect(lines({ held: null, failed })[0]).toContain('no step held · step-3000 did not')
    expect(lines({ held, failed: null })[0]).toContain('every step that was tried did')
    expect(lines(null)).toEqual([])
  })

  it.each([
    [{ 'load.target_ops_per_second': '1000' }, 'open loop, 1,000 ops/s constant'],
    [{}, 'closed loop, 10 in flight'],
    [
      { 'load.stages': 'a:1s:5,b:1s:5..5000', 'load.arrivals': 'poisson', 'load.count': '100000' },
      'open loop, up to 5,000 ops/s poisson in 2 phases, 100,000 commands',
    ],
    [
      { 'load.on': '1s', 'load.off': '1s', 'load.think_time': '5ms..10ms' },
      'closed loop, up to 10 in flight in 2 phases, 5 to 10 ms to think',
    ],
    [{ 'load.think_time': '5ms' }, 'closed loop, 10 in flight, 5 ms to think'],
  ])('the load of %j is described', (flags, text) => {
    expect(describeLoad(planOf(flags).plan.load)).toBe(text)
  })

  it('phases are a table', () => {
    const latency = {
      count: 5,
      mean_ms: 1,
      min_ms: 1,
      p50_ms: 2,
      p90_ms: 3,
      p95_ms: 4,
      p99_ms: 5,
      p999_ms: 6,
      max_ms: 7,
    }
    const phase: PhaseResult = {
      ...{
        name: 'spike',
        at_ms: 0,
        seconds: 4.04,
        times: 2,
        target_ops_per_second: 1000,
        ops_per_second: 990.5,
      },
      ...{ scheduled: 4000, issued: 3990, ok: 3980, failed: 7, indeterminate: 3, dropped: 10 },
      ...{ service: latency, response: latency, operations: [] },
    }
    const closed = {
      ...phase,
      name: 'off',
      target_ops_per_second: null,
      service: { ...latency, count: 0 },
      response: null,
    }
    expect(`\n${phaseTable({ phases: [phase, closed] } as unknown as RunResult, 'full').join('\n')}\n`)
      .toMatchInlineSnapshot(`
      "
      phase  time [ms]  seconds  times  target/s  ops/s  scheduled     ok  failed  unknown  dropped   mean    p50    p95    p99    max
      spike  response       4.0      2     1,000    991      4,000  3,980       7        3       10  1.000  2.000  4.000  5.000  7.000
      off    service        4.0      2         -    991      4,000  3,980       7        3       10      -      -      -      -      -
      "
    `)
    expect(phaseTable({ phases: [] } as unknown as RunResult, 'full')).toEqual([])
  })
})
