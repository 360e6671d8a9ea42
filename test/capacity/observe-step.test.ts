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

  it('is no answer when it was cut short by anything but a promise', () => {
    expect(observe({ end_reason: 'thread_crashed', error: 'load thread 0 died' }).failures[0]).toEqual({
      kind: 'ended',
      detail: 'load thread 0 died',
    })
    expect(observe({ end_reason: 'thresholds' }).failures).toEqual([])
  })
})
