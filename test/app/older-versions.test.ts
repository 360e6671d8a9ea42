import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isJournal, readResult } from '../../src/app/read-result.ts'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import { overallLatencies } from '../../src/reports/overall-latencies.ts'
import { renderTextSummary } from '../../src/reports/text-summary.ts'
import { planOf } from '../support/plan.ts'

/** Real runs of earlier commits, each with its result and its journal; see its README. */
const FOLDER = join(import.meta.dirname, '../fixtures/results')
const NAMES = readdirSync(FOLDER).flatMap((file) =>
  file.endsWith('.json') ? [file.replace('.json', '')] : [],
)

describe('results of earlier versions', () => {
  it('are there', () => {
    expect(NAMES.length).toBeGreaterThanOrEqual(7)
  })

  it.each(NAMES)('%s is read as if it were of this one', (name) => {
    const result = readResult(join(FOLDER, `${name}.json`))
    expect(result).toMatchObject({ schema: 'redis-test/result', instance_id: 'fixture', run_id: name })
    const today = Object.keys(planOf().plan)
    expect(today.filter((part) => !(part in result.plan))).toEqual([])
    const text = renderTextSummary(result, {
      preset: 'p',
      target: 't',
      mode: 'full',
      overall: overallLatencies(result, RESULT_TOOLS),
    })
    expect(text).toMatch(/^(PASS|DONE|FAIL) +\S/)
    expect(text).not.toMatch(/undefined|NaN/)
  })

  it.each(NAMES)('%s is the same when it is rebuilt from its journal', (name) => {
    const journal = join(FOLDER, `${name}.ndjson`)
    expect(isJournal(journal)).toBe(true)
    const rebuilt = readResult(journal)
    const result = readResult(join(FOLDER, `${name}.json`))
    for (const field of [
      'totals',
      'total_commands_count',
      'p99_latency_ms',
      'run_start',
      'thresholds',
    ] as const)
      expect(rebuilt[field]).toEqual(result[field])
    expect(rebuilt.operations.map(({ service }) => service)).toEqual(
      result.operations.map(({ service }) => service),
    )
    expect(rebuilt.intervals.map(({ ok, at_ms }) => [ok, at_ms])).toEqual(
      result.intervals.map(({ ok, at_ms }) => [ok, at_ms]),
    )
  })
})
