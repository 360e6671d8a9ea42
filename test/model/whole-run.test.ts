import { expect, it } from 'vitest'
import { isWholeRun } from '../../src/model/whole-run.ts'

it('is one that came to the end that was asked for', () => {
  const reasons = ['duration', 'count', 'step_search', 'thresholds', 'signal', 'thread_crashed', 'killed']
  expect(reasons.filter((end_reason) => isWholeRun({ end_reason } as never))).toEqual([
    'duration',
    'count',
    'step_search',
  ])
})
