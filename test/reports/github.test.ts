import { describe, expect, it } from 'vitest'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import { githubAnnotations } from '../../src/reports/github.ts'
import { hostileResult } from '../support/hostile-result.ts'
import { planOf } from '../support/plan.ts'
import { sampleRecord } from '../support/snapshot.ts'

const result = buildResult(sampleRecord(planOf().plan), RESULT_TOOLS)
const quiet = { ...result, generator: { ...result.generator, warnings: [] } }

describe('annotations', () => {
  it('are a notice when all is well', () => {
    expect([...githubAnnotations(quiet)]).toEqual([
      '::notice title=redis-test test::DONE: no threshold was set, the audit holds\n',
    ])
  })

  it('are errors for what is not met, and warnings of the generator', () => {
    const missed = { expression: 'p99 < 2ms', actual: 3.5, unit: 'ms', ok: false, note: null, aborted: false }
    const warned = { ...result, generator: { ...result.generator, warnings: ['100% of it'] } }
    expect([...githubAnnotations({ ...warned, thresholds: [missed] })]).toEqual([
      '::error title=redis-test test::FAIL: 1 of 1 threshold not met (exit code 4)\n',
      '::error title=redis-test test%3A not met::p99 < 2ms: 3.5ms\n',
      '::warning title=redis-test test%3A generator::100%25 of it\n',
    ])
  })

  it('are one line each, whatever the names are', () => {
    const lines = [...githubAnnotations(hostileResult())]
    expect(lines.length).toBeGreaterThan(4)
    for (const line of lines) {
      expect(line).toMatch(/^::(?:error|warning) title=[^:,\r\n]*::[^\r\n]*\n$/)
      expect(line).not.toMatch(/%(?!25|0D|0A|3A|2C)/)
    }
  })
})
