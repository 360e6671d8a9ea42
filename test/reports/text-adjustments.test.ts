import { expect, it } from 'vitest'
import type { Adjustment } from '../../src/model/adjustment.ts'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import { adjustmentLines } from '../../src/reports/text-adjustments.ts'
import { planOf } from '../support/plan.ts'
import { AT_MILLIS, sampleRecord } from '../support/snapshot.ts'

const at = (seconds: number, change: Partial<Adjustment> = {}): Adjustment => ({
  kind: 'rate',
  at_ms: AT_MILLIS - 10_000 + seconds * 1000,
  factor: 1,
  skipped_ms: 0,
  ...change,
})

it.each([
  [[], []],
  [[at(2.25, { factor: 1.1 })], ['adjusted by hand once, first at 2.3 s']],
  [
    [
      at(1, { kind: 'pause', factor: 0 }),
      at(3, { kind: 'resume' }),
      at(4, { kind: 'next_phase', skipped_ms: 1500 }),
    ],
    ['adjusted by hand 3 times, first at 1.0 s · paused once · 1.5 s of the plan left out'],
  ],
])('says in one line what was adjusted (%#)', (adjustments, lines) => {
  const result = buildResult(sampleRecord(planOf().plan, { adjustments }), RESULT_TOOLS)
  expect(result.adjustments).toEqual(adjustments)
  expect(adjustmentLines(result)).toEqual(lines)
})
