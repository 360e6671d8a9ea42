import { describe, expect, it } from 'vitest'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import { decodeHdr } from '../../src/ledger/hdr.ts'
import type { RunResult } from '../../src/model/result.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import { planOf } from '../support/plan.ts'
import { AT_MILLIS, sampleRecord } from '../support/snapshot.ts'

const { plan } = planOf({
  'load.target_ops_per_second': '10',
  'identity.run_id': 'r-1',
  'identity.app_name': 'app',
})

function build(change: Parameters<typeof sampleRecord>[1] = {}, runPlan = plan): RunResult {
  return buildResult(sampleRecord(runPlan, change), RESULT_TOOLS)
}

describe('the shared summary', () => {
  it('has the fields of the Redis test applications, under their names', () => {
    expect(build()).toMatchObject({
      app_name: 'app',
      run_id: 'r-1',
      instance_id: plan.identity.instance_id,
      version: 'ioredis-test',
      workload_name: 'test',
      run_start: AT_MILLIS / 1000 - 10,
      run_end: AT_MILLIS / 1000,
      test_duration: '10.0s',
      total_commands_count: 6,
      successful_commands_count: 4,
      failed_commands_count: 2,
      success_rate: '66.67%',
      overall_throughput: 0.6,
      connection_attempts: 3,
      connection_failures: 1,
      connection_drops: 1,
      reconnection_count: 1,
      avg_reconnection_duration_ms: 75,
      latency_kind: 'response_time',
    })
  })

  it('has latencies of all settled commands: response time in an open loop', () => {
    // 200, 400, 500, 600, 10 000 and 30 000 000 µs.
    const result = build()
    expect(result.min_latency_ms).toBe(0.2)
    expect(result.max_latency_ms).toBe(30_000)
    expect(result.median_latency_ms).toBeCloseTo(0.5, 2)
    expect(result.avg_latency_ms).toBeCloseTo(5001.95, 2)
  })

  it('and service time in a closed one', () => {
    const result = build({}, planOf().plan)
    expect(result.latency_kind).toBe('service_time')
    expect(result.min_latency_ms).toBe(0.1)
    expect(result.operations[0]!.response).toBeNull()
  })

  it('divides by nothing when nothing happened', () => {
    const result = build({ measureEndMillis: AT_MILLIS - 10_000 })
    expect(result).toMatchObject({ measured_seconds: 0, overall_throughput: 0 })
    expect(result.operations[0]!.ops_per_second).toBe(0)
  })
})

describe('the details', () => {
  it('say what came of verifying values, if they were', () => {
    const finding = { verdict: 'stale', key: 'p:s:1', at_least: 3, got: 'sequence 2', at_ms: 5 } as const
    const verification = { keys: 100, missing_unjudged_because: 'keys expire' }
    expect(build().verification).toBeNull()
    expect(build({ verification, findings: [finding] }).verification).toEqual({
      ...{ keys: 100, missing_unjudged_because: 'keys expire', findings: [finding] },
      ...{ ok: 90, wrong: 4, stale: 3, missing: 2, unjudged: 1 },
    })
  })

  it('list errors by type, code and outcome for each operation', () => {
    const [get, set] = build().operations
    expect(get).toMatchObject({
      operation: 'GET',
      count: 5,
      ok: 3,
      failed: 1,
      indeterminate: 1,
      nil: 1,
      ops_per_second: 0.5,
    })
    expect(get!.errors).toEqual([
      { outcome: 'failed', error_type: 'memory_error', code: 'OOM', count: 1 },
      { outcome: 'indeterminate', error_type: 'connection_error', code: 'closed', count: 1 },
    ])
    expect(set!.errors).toEqual([])
    expect(get!.service.success).toMatchObject({ count: 3, min_ms: 0.1, max_ms: 5 })
    expect(get!.response!.error.count).toBe(2)
  })

  it('hold whole distributions for other tools', () => {
    const [get] = build().operations
    const back = decodeHdr(get!.service.success.hdr)
    expect(back.count).toBe(3)
    expect(back.maxMicros).toBeCloseTo(5000, -1)
  })

  it('describe connections and the generator', () => {
    const result = build()
    expect(result.connections).toMatchObject({
      planned: 10,
      attempts: 3,
      attempts_failed: 1,
      attempt_errors: [{ code: 'ECONNREFUSED', count: 1 }],
      drops: 1,
      drop_causes: [{ code: 'closed', count: 1 }],
      reconnections: 1,
    })
    expect(result.connections.backoff.max_ms).toBe(60)
    // 2.0 s of CPU in the ten measured seconds.
    expect(result.generator).toMatchObject({ cpu_cores: 0.2, pacing: 'economical' })
    expect(result.totals).toMatchObject({
      scheduled: 9,
      issued: 6,
      dropped_max_in_flight: 2,
      dropped_generator_late: 1,
      warmup_issued: 1,
    })
  })

  it('warn where the generator shaped the numbers', () => {
    const warnings = build().generator.warnings.join('\n')
    expect(warnings).toContain('commands never sent: 1')
    expect(warnings).toContain('only 66.7 % of the target load was sent')
    expect(warnings).not.toContain('CPU')
    const busy = build({ cpuMicrosAtMeasureStart: -7_500_000 }).generator.warnings.join('\n')
    expect(busy).toContain('used 100.0 % of their CPU')
    expect(
      build({ cpuMicrosAtMeasureStart: -7_500_000, pacing: 'precise' }).generator.warnings.join('\n'),
    ).not.toContain('CPU')
  })

  it('are marked partial when the end is missing', () => {
    expect(build({ end: undefined })).toMatchObject({ partial: true, end_reason: 'killed' })
    expect(build()).toMatchObject({
      partial: false,
      end_reason: 'duration',
      schema: 'redis-test/result',
      schema_version: 1,
    })
  })
})
