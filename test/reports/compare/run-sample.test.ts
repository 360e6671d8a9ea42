import { expect, it } from 'vitest'
import { decodeHdr } from '../../../src/ledger/hdr.ts'
import { mergeHistograms } from '../../../src/ledger/merge.ts'
import { createRandom } from '../../../src/model/random.ts'
import { sampleOf } from '../../../src/reports/compare/run-sample.ts'
import { simulatedResult } from '../../support/simulated-result.ts'
import { simulateRun, USUAL } from '../../support/simulated-runs.ts'

const run = simulateRun({ ...USUAL, seconds: 10, opsPerSecond: 100 }, createRandom(1))
const result = simulatedResult(run, { measured_seconds: 10 })
const read = (change: Partial<typeof result>): ReturnType<typeof sampleOf> =>
  sampleOf({ result: { ...result, ...change }, file: null }, 'response_time', { decodeHdr, mergeHistograms })

it('counts as throughput what was answered in the seconds, and not what the drain added', () => {
  expect(result.intervals.reduce((sum, { ok }) => sum + ok, 0)).toBe(1000)
  expect(read({ totals: { ...result.totals, ok: 1700 } }).okPerSecond).toBe(100)
  expect(read({ totals: { ...result.totals, ok: 400 }, intervals: [] }).okPerSecond).toBe(40)
})

it('counts what is unknown among the errors', () => {
  const totals = { ...result.totals, ok: 90, failed: 4, indeterminate: 6 }
  expect(read({ totals })).toMatchObject({ settled: 100, errors: 10 })
})
