import { expect, it } from 'vitest'
import type { RunResult, ThresholdResult } from '../../../src/model/result.ts'
import { entryOf, hasFailed } from '../../../src/reports/history/history-entry.ts'
import { storyResult } from '../../support/html-report.ts'

const story = storyResult()
const entry = (change: Partial<RunResult>): ReturnType<typeof entryOf> =>
  entryOf({ ...story, thresholds: [], expectations: [], ...change }, { file: 'a.json', target: 'here' })
const sentence = (ok: boolean): ThresholdResult => ({ ok }) as ThresholdResult

it('counts what is unknown among the errors, and knows a run without commands', () => {
  const totals = { ...story.totals, ok: 90, failed: 4, indeterminate: 6 }
  expect(entry({ totals }).errors).toBeCloseTo(0.1, 12)
  expect(entry({ totals: { ...totals, ok: 0, failed: 0, indeterminate: 0 } }).errors).toBe(0)
})

it('counts expectations that were missed as it does thresholds', () => {
  const missed = entry({
    thresholds: [sentence(true), sentence(false)],
    expectations: [sentence(false), sentence(false)],
  })
  expect(missed.missed).toBe(3)
  expect(hasFailed(missed)).toBe(true)
  expect(hasFailed(entry({ end_reason: 'duration', audit: { ...story.audit, ok: true } }))).toBe(false)
  expect(hasFailed(entry({ end_reason: 'duration', audit: { ...story.audit, ok: false } }))).toBe(true)
  expect(hasFailed(entry({ end_reason: 'killed', audit: { ...story.audit, ok: true } }))).toBe(true)
})
