import { describe, expect, it } from 'vitest'
import { throughputOf } from '../../src/reports/throughput.ts'
import { QUIET_SECOND } from '../support/interval.ts'

const second = (ok: number, seconds = 1, failed = 0): typeof QUIET_SECOND => ({
  ...QUIET_SECOND,
  ...{ ok, seconds, failed, indeterminate: failed },
})

describe('throughput over the seconds', () => {
  it('is a distribution, by nearest rank', () => {
    const intervals = Array.from({ length: 200 }, (_, index) => second(1000 + index))
    expect(throughputOf(intervals)).toEqual({
      intervals: 200,
      intervalSeconds: 1,
      ok: { mean: 1099.5, min: 1000, p1: 1001, p50: 1099, p99: 1197, max: 1199 },
      failed: { mean: 0, min: 0, p1: 0, p50: 0, p99: 0, max: 0 },
    })
  })

  it('leaves out the rest of a second at the end, and counts what failed apart', () => {
    const intervals = [second(100), second(0, 1, 30), second(100), second(50, 0.01)]
    expect(throughputOf(intervals)).toMatchObject({
      intervals: 3,
      ok: { min: 0, max: 100, p50: 100 },
      failed: { min: 0, max: 60, mean: 20 },
    })
  })

  it('is per second, also where intervals are longer', () => {
    expect(throughputOf([second(400, 4), second(800, 4)])).toMatchObject({
      intervalSeconds: 4,
      ok: { min: 100, max: 200, mean: 150 },
    })
  })

  it('is unknown without a whole interval', () => {
    expect(throughputOf([])).toBeUndefined()
    expect(throughputOf([second(3, 0)])).toBeUndefined()
  })
})
