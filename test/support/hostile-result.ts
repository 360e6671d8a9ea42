import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import type { RunResult } from '../../src/model/result.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import { QUIET_SECOND } from './interval.ts'
import { planOf } from './plan.ts'
import { sampleRecord } from './snapshot.ts'

/** Characters with a meaning somewhere: XML, HTML, Markdown, CSV, workflow commands, terminals, spreadsheets. */
export const HOSTILE =
  '=1+1 <script>alert("x")</script> & \'q\' | `c` **b** [l](http://e.example) @user #1 %0A, a;b\r\n::error::x\u001b[2J\u0000\ud800 ]]>'

/** A result in which everything that others can choose is hostile. */
export function hostileResult(name = HOSTILE): RunResult {
  const { plan } = planOf({ 'load.target_ops_per_second': '10', 'load.duration': '10s' })
  const result = buildResult(sampleRecord(plan, { intervals: [QUIET_SECOND, QUIET_SECOND] }), RESULT_TOOLS)
  const sentence = { expression: name, actual: 12.5, unit: 'ms', ok: false, note: name, aborted: true }
  return {
    ...result,
    workload_name: name,
    run_id: name,
    instance_id: name,
    version: name,
    error: name,
    end_reason: 'thread_crashed',
    thresholds: [sentence, { ...sentence, actual: null }, { ...sentence, ok: true }],
    expectations: [sentence],
    operations: result.operations.map((operation) => ({
      ...operation,
      operation: name,
      errors: [{ outcome: 'failed', error_type: name, code: name, count: 1 } as never],
    })),
    intervals: result.intervals.map((interval) => ({
      ...interval,
      phase: name,
      errors: [{ outcome: 'failed', error_type: 'unknown', code: name, count: 3 } as never],
    })),
    generator: { ...result.generator, warnings: [name] },
    audit: {
      ...result.audit,
      ok: false,
      checks: [{ name, ok: false, detail: name }],
      server: {
        status: 'failed',
        reason: name,
        commands: [{ command: name, server: 1, at_least: 2, at_most: null, ok: false }],
      },
    },
    server: { name, version: name, mode: name },
  }
}
