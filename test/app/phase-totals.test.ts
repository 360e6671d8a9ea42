import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PhaseTotals, stageNameOf } from '../../src/app/phase-totals.ts'
import { mergeHistograms } from '../../src/ledger/merge.ts'
import { LoadTime } from '../../src/model/load-time.ts'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { MEASURE } from '../../src/model/ledger.ts'
import { FAILED, OK } from '../../src/model/outcome.ts'
import { describePhases } from '../../src/reports/describe-phases.ts'
import { createLedger } from '../support/ledger.ts'
import { planOf } from '../support/plan.ts'
import { sampleRecord } from '../support/snapshot.ts'

const START = 1_700_000_000_000
const SPIKES = {
  'load.target_ops_per_second': '10',
  'load.spike.every': '3s',
  'load.spike.duration': '1s',
  'load.spike.rate': '100',
}

describe('PhaseTotals', () => {
  it('adds up what happened in the stages of each name', () => {
    const { plan } = planOf({ ...SPIKES, 'load.duration': '6s' })
    const { ledger, read } = createLedger()
    const phases = new PhaseTotals(plan, START)
    const settle = (count: number, micros: number): void => {
      for (let index = 0; index < count; index++) {
        ledger.countPhase(MEASURE, 'scheduled', 1)
        ledger.countPhase(MEASURE, 'issued', 1)
        ledger.record(MEASURE, index % 2, OK, 0, micros, 2 * micros)
      }
    }
    settle(20, 100)
    phases.boundary(read(START + 2001))
    settle(90, 1000)
    ledger.countPhase(MEASURE, 'scheduled', 7)
    ledger.countPhase(MEASURE, 'dropped_max_in_flight', 7)
    ledger.record(MEASURE, 0, FAILED, errorCodeIndex('OOM'), 500, 500)
    phases.boundary(read(START + 3000))
    settle(20, 100)
    phases.boundary(read(START + 5000))
    settle(95, 2000)
    phases.boundary(read(START + 6000))
    settle(5, 3000)
    const total = read(START + 6500)
    const records = phases.records(total, START + 6000)
    expect(records).toMatchObject([
      {
        ...{
          name: 'base',
          firstAtMillis: START,
          seconds: expect.closeTo(4.001, 9) as number,
          times: 2,
          isComplete: true,
        },
        ...{ plannedSeconds: 4, plannedCommands: 40, settledInTime: 40 },
      },
      {
        ...{
          name: 'spike',
          firstAtMillis: START + 2001,
          seconds: expect.closeTo(1.999, 9) as number,
          times: 2,
          isComplete: true,
        },
        // The last five were settled in the drain.
        ...{ plannedSeconds: 2, plannedCommands: 200, settledInTime: 186 },
      },
    ])
    expect(phases.find('base')?.times).toBe(2)
    expect(phases.records(total, START + 6000)).toEqual(records)
    const [base, spike] = describePhases(sampleRecord(plan, { phases: records }), { mergeHistograms })
    expect(base).toMatchObject({
      ...{ target_ops_per_second: 10, scheduled: 40, issued: 40, ok: 40, dropped: 0 },
      ops_per_second: 9.998,
      response: { count: 40, p50_ms: 0.2, max_ms: 0.2 },
    })
    expect(spike).toMatchObject({
      ...{ target_ops_per_second: 100, scheduled: 197, issued: 190, ok: 190, failed: 1, dropped: 7 },
      service: { count: 191, min_ms: 0.5, max_ms: 3 },
    })
    expect(spike!.operations.map(({ operation, ok, failed }) => [operation, ok, failed])).toEqual([
      ['GET', 96, 1],
      ['SET', 94, 0],
    ])
  })

  it('loses and invents nothing, wherever the boundaries are', () => {
    const { plan } = planOf({ ...SPIKES, 'load.duration': '9s' })
    const steps = fc.array(fc.record({ millis: fc.integer({ min: 0, max: 900 }), count: fc.nat(20) }), {
      maxLength: 20,
    })
    fc.assert(
      fc.property(steps, (list) => {
        const { ledger, read } = createLedger()
        const phases = new PhaseTotals(plan, START)
        let at = START
        for (const { millis, count } of list) {
          for (let index = 0; index < count; index++) ledger.record(MEASURE, 0, OK, 0, 100 + count, 200)
          ledger.countPhase(MEASURE, 'scheduled', 3)
          at += millis
          phases.boundary(read(at))
        }
        const total = read(at)
        const records = phases.records(total, at)
        const sum = (pick: (record: (typeof records)[number]) => number): number =>
          records.reduce((added, record) => added + pick(record), 0)
        expect(sum(({ measure }) => measure.counters.scheduled)).toBe(total.measure.counters.scheduled)
        expect(sum(({ measure }) => measure.series[0]!.serviceSuccess.count)).toBe(
          total.measure.series[0]!.serviceSuccess.count,
        )
        expect(sum(({ seconds }) => seconds)).toBeCloseTo((at - START) / 1000, 6)
      }),
    )
  })

  it('knows of no phase without stages, and of one that was cut short that it was', () => {
    const { read } = createLedger()
    expect(new PhaseTotals(planOf().plan, START).records(read(START), START)).toEqual([])
    const { plan } = planOf({ 'load.stages': 'a:2s:0..10,b:2s:10' })
    const [cut] = new PhaseTotals(plan, START).records(read(START + 1000), START + 1000)
    expect(cut).toMatchObject({ name: 'a', isComplete: false, plannedSeconds: 1, plannedCommands: 2.5 })
  })

  it('follows what was adjusted: a phase that was left is not complete, and asked for what was asked for', () => {
    const { plan } = planOf({ 'load.stages': 'a:10s:100,b:10s:10', 'load.duration': '20s' })
    const time = new LoadTime()
    const { read } = createLedger()
    const phases = new PhaseTotals(plan, START, time)
    time.add({ atMillis: 1000, factor: 0.5, skippedMillis: 0 })
    time.add({ atMillis: 3000, factor: 0.5, skippedMillis: 7000 })
    phases.boundary(read(START + 3001))
    phases.boundary(read(START + 13_000))
    expect(phases.records(read(START + 13_500), START + 13_000)).toMatchObject([
      { name: 'a', isComplete: false, plannedSeconds: 3, plannedCommands: 200, times: 1 },
      { name: 'b', isComplete: true, plannedSeconds: 10, plannedCommands: 50, times: 1 },
    ])
  })

  it('has no target in a closed loop', () => {
    const { plan } = planOf({ 'load.stages': 'a:2s:1c,b:2s:5c' })
    const [first] = new PhaseTotals(plan, START).records(createLedger().read(START + 1000), START + 1000)
    expect(first!.plannedCommands).toBeNull()
  })
})

describe('stageNameOf', () => {
  it('is that of the middle', () => {
    const { plan } = planOf({ 'load.stages': 'a:2s:5,b:2s:10' })
    const nameOf = (since: number, until: number): string | null =>
      stageNameOf(plan, { sinceMillis: START + since, untilMillis: START + until }, START)
    expect([nameOf(0, 1000), nameOf(1005, 2004), nameOf(2004, 3003)]).toEqual(['a', 'a', 'b'])
    const time = new LoadTime()
    time.add({ atMillis: 500, factor: 1, skippedMillis: 1500 })
    const second = { sinceMillis: START + 500, untilMillis: START + 1500 }
    expect([stageNameOf(plan, second, START), stageNameOf(plan, second, START, time)]).toEqual(['a', 'b'])
    expect(stageNameOf(planOf().plan, { sinceMillis: START, untilMillis: START + 1000 }, START)).toBeNull()
  })
})
