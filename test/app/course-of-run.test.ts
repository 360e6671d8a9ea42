import { describe, expect, it } from 'vitest'
import { CourseOfRun } from '../../src/app/course-of-run.ts'
import { RunTimes } from '../../src/app/run-times.ts'
import type { RunResult } from '../../src/model/result.ts'
import { planOf } from '../support/plan.ts'
import { AT_MILLIS, sampleSnapshot } from '../support/snapshot.ts'

const START = AT_MILLIS - 3000

function courseOf(
  flags: Record<string, string>,
  disturbedSinceMillis: number | null = null,
): {
  course: CourseOfRun
  times: RunTimes
} {
  const { plan } = planOf({ 'load.target_ops_per_second': '10', 'load.warmup': '2s', ...flags })
  const times = new RunTimes(plan.load, START)
  const phases = { records: () => [] }
  const course = new CourseOfRun(plan, times, { disturbedSinceMillis, phases } as never)
  return { course, times }
}

const total = sampleSnapshot()

describe('CourseOfRun', () => {
  it('knows when phases begin and which stage goes on, and follows what is adjusted', () => {
    const stages = { 'load.stages': 'slow:10s:10,fast:20s:20' }
    const { course, times } = courseOf(stages, AT_MILLIS - 100)
    expect(course.at(total)).toEqual({
      phaseStarts: { warmup: START, measure: START + 2000, drain: START + 32_000 },
      stage: { name: 'slow', endMillis: START + 12_000 },
      adjusted: { factor: 1, count: 0 },
      disturbedSinceMillis: AT_MILLIS - 100,
      thresholds: [],
    })
    times.load.add({ atMillis: 500, factor: 1.5, skippedMillis: 9500 })
    expect(course.at(total)).toMatchObject({
      phaseStarts: { drain: START + 22_500 },
      stage: { name: 'fast', endMillis: START + 22_500 },
      adjusted: { factor: 1.5, count: 1 },
    })
    course.loadEnded(AT_MILLIS)
    course.loadEnded(AT_MILLIS + 500)
    expect(course.at(total)).toMatchObject({
      phaseStarts: { drain: AT_MILLIS },
      stage: { name: 'fast', endMillis: AT_MILLIS },
    })
  })

  it('knows no end where there is none', () => {
    const { phaseStarts, stage } = courseOf({}).course.at(total)
    expect(Object.keys(phaseStarts)).toEqual(['warmup', 'measure'])
    expect(stage).toBeNull()
  })

  it('judges what there is so far, and at the end says what it came to', () => {
    const { course } = courseOf({ 'load.duration': '1m', thresholds: 'failed <= 1; audit.lost == 0' })
    const before = { ...total, atMillis: START + 1000 }
    expect(course.at(before).thresholds.map(({ isMet }) => isMet)).toEqual([null, null])
    expect(course.at(total).thresholds).toEqual([
      { expression: 'failed <= 1', actual: 1, unit: '', isMet: true },
      { expression: 'audit.lost == 0', actual: null, unit: '', isMet: null },
    ])
    const judged = {
      expression: 'audit.lost == 0',
      actual: 0,
      unit: '',
      ok: true,
      note: null,
      aborted: false,
    }
    course.ended(total, { run_end: AT_MILLIS / 1000 - 0.5, thresholds: [judged] } as unknown as RunResult)
    expect(course.at(before)).toMatchObject({
      phaseStarts: { drain: AT_MILLIS - 500, done: AT_MILLIS },
      thresholds: [{ expression: 'audit.lost == 0', actual: 0, unit: '', isMet: true }],
    })
  })
})
