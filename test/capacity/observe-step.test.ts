import { describe, expect, it } from 'vitest'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import { observeStep, type StepContext } from '../../src/capacity/observe-step.ts'
import type { CapacityStep } from '../../src/model/capacity-result.ts'
import type { IntervalResult } from '../../src/model/interval-result.ts'
import type { RunResult } from '../../src/model/result.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import { QUIET_SECOND } from '../support/interval.ts'
import { planOf } from '../support/plan.ts'
import { sampleRecord } from '../support/snapshot.ts'

const CONTEXT: StepContext = {
  index: 3,
  phase: 'bisect',
  targetOpsPerSecond: 100,
  serverCpu: { main_thread: 0.5, process: 0.6 },
  machineCpu: { cores: 4, idle: 2, others: 0.5 },
  calibratedOpsPerSecond: 400,
  resultFile: null,
}
const { plan } = planOf({ 'load.target_ops_per_second': '100' })
const SECOND: IntervalResult = { ...QUIET_SECOND, scheduled: 100, issued: 100, ok: 100, in_flight: 1 }
const seconds = (change: Partial<IntervalResult> = {}): IntervalResult[] =>
  Array.from({ length: 10 }, () => ({ ...SECOND, ...change }))

/** A run of ten seconds at 100/s in which all went well, but for the change. */
function resultWith(change: Partial<RunResult> = {}): RunResult {
  const result = buildResult(sampleRecord(plan), RESULT_TOOLS)
  const totals = { ...result.totals, dropped_max_in_flight: 0, dropped_generator_late: 0 }
  return { ...result, intervals: seconds(), totals, ...change }
}

const observe = (change: Partial<RunResult> = {}): CapacityStep => observeStep(resultWith(change), CONTEXT)
const threshold = { expression: 'p99 < 2ms', unit: 'ms', note: null, aborted: false }

describe('what a step came to', () => {
  it('holds when everything was sent, answered and kept', () => {
    expect(observe({ thresholds: [{ ...threshold, actual: 1.5, ok: true }] })).toMatchObject({
      index: 3,
      held: true,
      failures: [],
      answered_per_second: 100,
      in_flight: { at_start: 1, at_end: 1 },
      generator: { calibration_share: 0.25 },
      server_cpu: { main_thread: 0.5, process: 0.6 },
    })
  })

  it('does not count as throughput what is answered after the end', () => {
    const late = { ...QUIET_SECOND, ok: 100 }
    const step = observe({ intervals: [...seconds({ ok: 90 }), late] })
    expect(step.answered_per_second).toBe(90)
    expect(step.failures).toEqual([{ kind: 'rate', detail: '90.0 of 100.0 commands a second were answered' }])
  })

  it.each([
    [98, false],
    [99, true],
  ])('fails when less than 99 of 100 were answered: %s', (ok, held) => {
    expect(observe({ intervals: seconds({ ok }) }).held).toBe(held)
  })

  it('does not fail for what holds up everything at the very end', () => {
    const hiccup = [...seconds().slice(1), { ...SECOND, ok: 85 }]
    expect(observe({ intervals: hiccup }).held).toBe(true)
    const behind = [...seconds().slice(2), { ...SECOND, ok: 85 }, { ...SECOND, ok: 95 }]
    expect(observe({ intervals: behind }).failures.map(({ kind }) => kind)).toEqual(['rate'])
  })

  it('fails when more than 1 % of the commands failed, unless the promise says how many may', () => {
    const { totals } = resultWith()
    const failing = { ...totals, failed: 8, indeterminate: 5 }
    expect(observe({ totals: failing }).failures).toEqual([
      { kind: 'errors', detail: '13 commands failed or were lost, more than 1 %' },
    ])
    expect(observe({ totals: { ...totals, failed: 5, indeterminate: 5 } }).held).toBe(true)
    const told = [{ ...threshold, expression: 'error_rate < 5%', unit: '%', actual: 1.3, ok: true }]
    expect(observe({ totals: failing, thresholds: told }).held).toBe(true)
  })

  it('fails with the reason of each promise that was broken, error rates like times', () => {
    const { held, failures } = observe({
      thresholds: [
        { ...threshold, actual: 2.34567, ok: false },
        { ...threshold, expression: 'error_rate < 1%', unit: '%', actual: 2.5, ok: false },
        { ...threshold, expression: 'p99(GET) < 2ms', actual: null, note: 'no such command', ok: false },
      ],
    })
    expect(held).toBe(false)
    expect(failures.map(({ kind, detail }) => `${kind}: ${detail}`)).toEqual([
      'promise: p99 < 2ms was 2.346ms',
      'promise: error_rate < 1% was 2.5%',
      'promise: p99(GET) < 2ms was no such command',
    ])
  })

  it('fails when an arrival was dropped, and says by whom', () => {
    const { totals } = resultWith()
    const { failures, dropped_generator_late } = observe({ totals: { ...totals, dropped_generator_late: 7 } })
    expect(dropped_generator_late).toBe(7)
    expect(failures).toEqual([
      {
        kind: 'dropped',
        detail: 'arrivals dropped: 0 because 10000 were in flight, 7 because the generator was late',
      },
    ])
  })

  it('says when the generator was disturbed in a step that failed', () => {
    const { generator, totals } = resultWith()
    const late = { ...generator, start_lag: { ...generator.start_lag, p99_ms: 12 } }
    const missed = [{ ...threshold, actual: 3, ok: false }]
    expect(observe({ thresholds: missed }).disturbed).toBe(false)
    expect(observe({ generator: late }).disturbed).toBe(false)
    expect(observe({ generator: late, thresholds: missed }).disturbed).toBe(true)
    expect(observe({ totals: { ...totals, dropped_generator_late: 1 } }).disturbed).toBe(true)
  })

  it('was disturbed when response times break a promise that service times keep', () => {
    const missed = [{ ...threshold, actual: 3, ok: false }]
    const twin = { ...threshold, expression: 'service.p99 < 2ms', actual: 1.2, ok: true }
    const { disturbed, disturbances } = observe({ thresholds: missed, expectations: [twin] })
    expect(disturbed).toBe(true)
    expect(disturbances).toEqual([
      expect.stringContaining('service times keep the promise: what breaks it is how late arrivals started'),
    ])
    const broken = { ...twin, actual: 2.5, ok: false }
    expect(observe({ thresholds: missed, expectations: [broken] }).disturbed).toBe(false)
    const errors = { ...threshold, expression: 'error_rate < 1%', unit: '%', actual: 2.5, ok: false }
    expect(observe({ thresholds: [...missed, errors], expectations: [twin] }).disturbed).toBe(false)
  })

  it('was disturbed when others left nothing of the machine', () => {
    const thresholds = [{ ...threshold, actual: 3, ok: false }]
    const on = (machineCpu: StepContext['machineCpu']): CapacityStep =>
      observeStep(resultWith({ thresholds }), { ...CONTEXT, machineCpu })
    expect(on({ cores: 2, idle: 0.05, others: 1.2 }).disturbances).toEqual([
      'other processes used 1.20 of the 2 cores of this machine, and nothing was left',
    ])
    expect(on({ cores: 2, idle: 0.5, others: 1.2 }).disturbed).toBe(false)
    expect(on({ cores: 2, idle: 0.05, others: 0.1 }).disturbed).toBe(false)
    expect(on(null).disturbed).toBe(false)
  })

  it('was not disturbed when the generator had nothing left, nor when the server was far behind', () => {
    const { generator } = resultWith()
    const late = { ...generator, start_lag: { ...generator.start_lag, p99_ms: 12 } }
    const thresholds = [{ ...threshold, actual: 30, ok: false }]
    const spent = { ...late, cpu_cores: 0.97 * late.threads, pacing: 'balanced' as const }
    expect(observe({ generator: spent, thresholds }).disturbed).toBe(false)
    const { totals } = resultWith()
    expect(observe({ totals: { ...totals, dropped_generator_late: 90 } }).disturbed).toBe(true)
    const tooLate = { totals: { ...totals, dropped_generator_late: 110 } }
    expect(observe(tooLate).disturbed).toBe(false)
    const crowded = { ...CONTEXT, machineCpu: { cores: 2, idle: 0, others: 1.4 } }
    expect(observeStep(resultWith(tooLate), crowded).disturbed).toBe(true)
    const behind = seconds({ ok: 80 })
    expect(observe({ generator: late, thresholds, intervals: behind }).disturbed).toBe(false)
    const starved = { ...CONTEXT, machineCpu: { cores: 2, idle: 0, others: 1.4 } }
    expect(observeStep(resultWith({ intervals: behind }), starved).disturbed).toBe(true)
    // A server with CPU left that answers nothing got none; one that is busy, or does not tell, is overloaded.
    const half = resultWith({ intervals: seconds({ ok: 50 }) })
    const serving = (serverCpu: StepContext['serverCpu']): boolean =>
      observeStep(half, { ...starved, serverCpu }).disturbed
    expect(serving({ main_thread: 0.1, process: 0.1 })).toBe(true)
    expect(serving({ main_thread: 0.95, process: 1 })).toBe(false)
    expect(serving(null)).toBe(false)
  })

  it('is no answer when it was cut short by anything but a promise', () => {
    expect(observe({ end_reason: 'thread_crashed', error: 'load thread 0 died' }).failures[0]).toEqual({
      kind: 'ended',
      detail: 'load thread 0 died',
    })
    expect(observe({ end_reason: 'thresholds' }).failures).toEqual([])
  })
})
