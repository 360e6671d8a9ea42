import { describe, expect, it } from 'vitest'
import type { RunResult, ThresholdResult } from '../../../src/model/result.ts'
import { verdictOf } from '../../../src/reports/html/verdict.ts'
import { faultResult } from '../../support/faults.ts'
import { storyResult } from '../../support/html-report.ts'

const story = storyResult()
const sentence = (ok: boolean): ThresholdResult => ({
  expression: 'p99 < 1ms',
  actual: 2,
  unit: 'ms',
  ok,
  note: null,
  aborted: false,
})
const verdict = (change: Partial<RunResult>): [string, readonly string[]] => {
  const { is, reasons } = verdictOf({ ...story, ...change })
  return [is, reasons]
}

describe('the verdict', () => {
  it('is none when nothing was asked', () => {
    expect(verdict({})).toEqual(['none', ['No threshold or expectation was set.']])
  })

  it('is about thresholds and expectations', () => {
    expect(verdict({ thresholds: [sentence(true)], expectations: [sentence(true)] })).toEqual([
      'passed',
      ['All 2 thresholds and expectations are met.'],
    ])
    expect(
      verdict({ thresholds: [sentence(true), sentence(false)], expectations: [sentence(false)] }),
    ).toEqual(['failed', ['1 of 2 thresholds is not met.', '1 of 1 expectations is not met.']])
  })

  it('does not judge a search by steps by its thresholds', () => {
    const plan = { ...story.plan, load: { ...story.plan.load, step_search: true } }
    expect(verdict({ plan, thresholds: [sentence(false)] })[0]).toBe('none')
  })

  it('names what makes the numbers useless, first', () => {
    const change = {
      audit: { ...story.audit, ok: false },
      end_reason: 'thread_crashed' as const,
      error: 'thread 1: out of memory',
      faults: [faultResult({ reverted: false })],
    }
    expect(verdict(change)).toEqual([
      'failed',
      [
        'The audit failed: these numbers contradict each other. Do not use them.',
        'A load thread crashed.',
        'thread 1: out of memory',
        '1 fault was not taken back: the servers are not as they were.',
      ],
    ])
  })
})
