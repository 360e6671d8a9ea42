import { describe, expect, it } from 'vitest'
import { measuredIntervals } from '../../src/reports/measured-intervals.ts'
import { throughputOf } from '../../src/reports/throughput.ts'
import { QUIET_SECOND } from '../support/interval.ts'

const second = (ok: number, seconds = 1, failed = 0): typeof QUIET_SECOND => ({
  ...QUIET_SECOND,
  ...{ ok, seconds, failed, indeterminate: failed },
})

const ended = (intervals: (typeof QUIET_SECOND)[]) => ({ intervals, run_end: 1e9 })

describe('throughput over the seconds', () => {
  it('is a distribution, by nearest rank', () => {
    const intervals = Array.from({ length: 200 }, (_, index) => second(1000 + index))
    expect(throughputOf(ended(intervals))).toEqual({
      intervals: 200,
      intervalSeconds: 1,
      ok: { mean: 1099.5, min: 1000, p1: 1001, p50: 1099, p99: 1197, max: 1199 },
      failed: { mean: 0, min: 0, p1: 0, p50: 0, p99: 0, max: 0 },
    })
  })

  it('leaves out the rest of a second at the end, and counts what failed apart', () => {
    const intervals = [second(100), second(0, 1, 30), second(100), second(50, 0.01)]
    expect(throughputOf(ended(intervals))).toMatchObject({
      intervals: 3,
      ok: { min: 0, max: 100, p50: 100 },
      failed: { min: 0, max: 60, mean: 20 },
    })
  })

  it('is per second, also where intervals are longer', () => {
    expect(throughputOf(ended([second(400, 4), second(800, 4)]))).toMatchObject({
      intervalSeconds: 4,
      ok: { min: 100, max: 200, mean: 150 },
    })
  })

  it('is unknown without a whole interval', () => {
    expect(throughputOf(ended([]))).toBeUndefined()
    expect(throughputOf(ended([second(3, 0)]))).toBeUndefined()
  })

  it('is that of the measured time: what came after its end makes no second slower', () => {
    const at = (at_ms: number, ok: number, seconds: number) => ({ ...second(ok, seconds), at_ms })
    const intervals = [at(1000, 100, 1), at(2000, 100, 1), at(3400, 100, 1.4), at(4400, 0, 1)]
    expect(throughputOf({ intervals, run_end: 3 })).toMatchObject({
      intervals: 3,
      ok: { min: expect.closeTo(100, 9) as number, mean: expect.closeTo(100, 9) as number },
    })
  })
})

describe('measured intervals', () => {
  it('have the same counts and the same target in all', () => {
    const last = { ...second(100, 1.25), at_ms: 2250, target_ops_per_second: 80 }
    const [, measured] = measuredIntervals({ intervals: [second(1), last], run_end: 2 })
    expect(measured).toEqual({ ...last, at_ms: 2000, seconds: 1, target_ops_per_second: 100 })
  })

  it('are what they were where hardly any of it was measured, and without a tail', () => {
    const intervals = [
      { ...second(1), at_ms: 1000 },
      { ...second(1), at_ms: 2010 },
      { ...second(9, 1), at_ms: 2700 },
    ]
    expect(measuredIntervals({ intervals, run_end: 2 })).toEqual(intervals)
  })
})
