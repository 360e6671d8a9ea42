import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import { encodeHdr } from '../../src/ledger/hdr.ts'
import type { Histogram } from '../../src/model/histogram.ts'
import type { LatencyResult } from '../../src/model/latency-summary.ts'
import type { RunResult } from '../../src/model/result.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import type { RunSample } from '../../src/reports/compare/run-sample.ts'
import { summarizeLatency } from '../../src/reports/summarize-latency.ts'
import { planOf } from './plan.ts'
import { sampleRecord } from './snapshot.ts'

/** A result that gives this sample again: what else it says is that nothing was wrong. */
export function simulatedResult(sample: RunSample, changes: Partial<RunResult> = {}): RunResult {
  const { plan } = planOf({ 'load.target_ops_per_second': '600', 'load.seed': '1' })
  const base = buildResult(sampleRecord(plan), RESULT_TOOLS)
  const ok = sample.settled - sample.errors
  const latency = (times: Histogram): LatencyResult => ({ ...summarizeLatency(times), hdr: encodeHdr(times) })
  return {
    ...base,
    run_id: sample.run.run_id,
    measured_seconds: sample.run.measured_seconds,
    overall_throughput: sample.okPerSecond,
    totals: { ...base.totals, ok, failed: sample.errors, indeterminate: 0 },
    operations: sample.operations.map(({ operation, times }) => ({
      ...base.operations[0]!,
      operation,
      ok: times.count,
      count: times.count,
      response: { ...base.operations[0]!.response!, success: latency(times) },
    })),
    intervals: sample.intervals,
    generator: { ...base.generator, warnings: [] },
    audit: { ...base.audit, ok: true },
    ...changes,
  }
}
