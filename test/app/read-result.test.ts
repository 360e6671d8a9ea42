import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readResult } from '../../src/app/read-result.ts'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import { UsageError } from '../../src/model/errors.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import { renderJson } from '../../src/reports/render-json.ts'
import { planOf } from '../support/plan.ts'
import { QUIET_SECOND } from '../support/interval.ts'
import { sampleRecord } from '../support/snapshot.ts'

const folder = mkdtempSync(join(tmpdir(), 'redis-test-read-'))
afterAll(() => rmSync(folder, { recursive: true }))

const result = buildResult(sampleRecord(planOf().plan, { intervals: [QUIET_SECOND] }), RESULT_TOOLS)

function fileOf(text: string): string {
  const file = join(folder, `${Math.random()}.json`)
  writeFileSync(file, text)
  return file
}

describe('reading a result', () => {
  it.each([
    ['indented', renderJson(result)],
    ['in one line', JSON.stringify(result)],
  ])('gives what was written, %s', (_, text) => {
    expect(readResult(fileOf(text))).toEqual(result)
  })

  it('fills in what an earlier version did not write', () => {
    const old = JSON.parse(JSON.stringify(result)) as Record<string, unknown>
    for (const name of [
      'expectations',
      'disturbances',
      'maintenance',
      'cluster',
      'nodes',
      'phases',
      'thresholds',
    ])
      delete old[name]
    const plan = old['plan'] as Record<string, unknown>
    delete plan['expect']
    delete plan['traces']
    const [interval] = old['intervals'] as Record<string, unknown>[]
    delete interval!['latency_cells']
    delete interval!['service_p999_ms']
    const read = readResult(fileOf(JSON.stringify(old)))
    expect(read).toEqual({
      ...result,
      intervals: [{ ...QUIET_SECOND, latency_cells: { from: 0, counts: [] }, service_p999_ms: Number.NaN }],
    })
  })

  it.each([
    ['', 'is neither a result nor a journal (give a file that was written with --output-file or --journal)'],
    ['{"a":1}', 'is neither a result nor a journal'],
    ['null', 'is neither a result nor a journal'],
    ['[1]', 'is neither a result nor a journal'],
    ['{"schema":"redis-test/plan"}', 'is "redis-test/plan", not a result'],
    ['{"schema":"redis-test/result","schema_version":2}', 'has schema version 2 (use a newer redis-test)'],
    [renderJson(result).slice(0, 500), 'is a result that was cut short'],
    [`{"type":"journal","schema":"other"}\n`, 'is not a journal of redis-test'],
  ])('says in one line what is wrong with %j', (text, message) => {
    const file = fileOf(text)
    expect(() => readResult(file)).toThrow(UsageError)
    expect(() => readResult(file)).toThrow(`${file}: ${message}`)
  })

  it('says which file cannot be read', () => {
    expect(() => readResult('/nowhere/r.json')).toThrow(
      '/nowhere/r.json: cannot be read: ENOENT (check the path)',
    )
    expect(() => readResult(folder)).toThrow('cannot be read: EISDIR')
  })
})
