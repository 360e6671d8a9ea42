import { describe, expect, it } from 'vitest'
import type { Adjustment } from '../../../src/model/adjustment.ts'
import type { RunResult } from '../../../src/model/result.ts'
import { marksOf } from '../../../src/reports/html/marks.ts'
import { STORY_BEGAN, storyResult } from '../../support/html-report.ts'
import { planOf } from '../../support/plan.ts'

const story = storyResult()
const run = (
  stages: string,
  measured_seconds: number,
  adjustments: readonly Adjustment[] = [],
): RunResult => ({
  ...story,
  plan: { ...story.plan, load: planOf({ 'load.stages': stages, 'load.duration': '20s' }).plan.load },
  measured_seconds,
  adjustments,
})
const phasesOf = (result: RunResult): (readonly [label: string, from: number, to: number])[] =>
  marksOf(result).phases.map(({ label, from, to }) => [
    label,
    Number(from.toFixed(3)),
    Number((to ?? -1).toFixed(3)),
  ])

describe('marks of phases', () => {
  it('are as long as the plan has them, and cut at the end', () => {
    expect(phasesOf(run('a:2s:5,b:3s:5,a:15s:5', 8.5))).toEqual([
      ['a', 0, 2],
      ['b', 2, 5],
      ['a', 5, 8.5],
    ])
  })

  it('are all there, however their boundaries are rounded', () => {
    const stages = Array.from({ length: 40 }, (_, index) => `s${index}:${1001 + 7 * index}ms:5`).join(',')
    const marks = phasesOf(run(stages, 20))
    expect(marks.length).toBeGreaterThan(15)
    expect(marks.at(-1)![2]).toBe(20)
  })

  it('come when somebody went on to them, and a pause does not move them', () => {
    const adjustments: Adjustment[] = [
      { kind: 'pause', at_ms: STORY_BEGAN + 1000.3, factor: 0, skipped_ms: 0 },
      { kind: 'resume', at_ms: STORY_BEGAN + 1500.7, factor: 1, skipped_ms: 0 },
      { kind: 'next_phase', at_ms: STORY_BEGAN + 2600.1234, factor: 1, skipped_ms: 10_000 - 2600.1234 },
    ]
    expect(phasesOf(run('a:10s:5,b:3s:5,c:7s:5', 9, adjustments))).toEqual([
      ['a', 0, 2.6],
      ['b', 2.6, 5.6],
      ['c', 5.6, 9],
    ])
  })
})

describe('marks of faults', () => {
  const [fault] = story.faults

  it('are a moment, or as long as the fault was at work', () => {
    const at_ms = STORY_BEGAN + 2500
    const faults = [99, 100, null].map((millis, index) => ({
      ...{ ...fault!, id: index + 1, at_ms, error: null },
      ended_at_ms: millis === null ? null : at_ms + millis,
    }))
    expect(marksOf({ ...story, faults }).faults.map(({ label, from, to }) => [label, from, to])).toEqual([
      ['1', 2.5, null],
      ['2', 2.5, expect.closeTo(2.6, 6)],
      ['3', 2.5, null],
    ])
  })

  it('leave out those that failed, and those that never came', () => {
    const faults = [
      { ...fault!, error: 'no such server' },
      { ...fault!, at_ms: Number.NaN },
    ]
    expect(marksOf({ ...story, faults }).faults).toEqual([])
  })
})
