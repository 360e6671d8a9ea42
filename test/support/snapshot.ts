import type { LedgerSnapshot } from '../../src/ledger/ledger-snapshot.ts'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { MEASURE, type SeriesInfo, WARMUP } from '../../src/model/ledger.ts'
import { FAILED, INDETERMINATE, OK } from '../../src/model/outcome.ts'
import type { RunPlan } from '../../src/model/plan.ts'
import type { RunRecord } from '../../src/model/run-record.ts'
import { createToolCounters, type RunCourse, type RunView } from '../../src/model/run-view.ts'
import { createLedger, GET_AND_SET } from './ledger.ts'

export const AT_MILLIS = 1_700_000_010_000

/**
 * A snapshot of a run in which, in the measured phase, GET had 3 ok (100, 200, 5000 µs; one nil), 1 OOM and 1 lost;
 * SET had 1 ok; and in the warm-up one GET.
 */
export function sampleSnapshot(series: readonly SeriesInfo[] = GET_AND_SET): LedgerSnapshot {
  const { ledger, read } = createLedger(series)
  ledger.countPhase(WARMUP, 'scheduled', 1)
  ledger.countPhase(WARMUP, 'issued', 1)
  ledger.record(WARMUP, 0, OK, 0, 50, 60)
  ledger.countPhase(MEASURE, 'scheduled', 9)
  ledger.countPhase(MEASURE, 'issued', 6)
  ledger.countPhase(MEASURE, 'dropped_max_in_flight', 2)
  ledger.countPhase(MEASURE, 'dropped_generator_late', 1)
  for (const micros of [100, 200, 5000]) ledger.record(MEASURE, 0, OK, 0, micros, 2 * micros)
  ledger.countNil(MEASURE, 0)
  ledger.record(MEASURE, 0, FAILED, errorCodeIndex('OOM'), 300, 600)
  ledger.record(MEASURE, 0, INDETERMINATE, errorCodeIndex('closed'), 30_000_000, 30_000_000)
  ledger.record(MEASURE, 1, OK, 0, 250, 500)
  ledger.recordStartLag(MEASURE, 20)
  ledger.recordThread('attempt_success', 1500)
  ledger.recordThread('attempt_success', 900)
  ledger.recordThread('first_connect_success', 1500)
  ledger.recordThread('attempt_error', 400)
  ledger.countAttemptError(errorCodeIndex('ECONNREFUSED'))
  ledger.countDrop(errorCodeIndex('closed'))
  ledger.count('outages', 1)
  ledger.count('reconnections', 1)
  ledger.recordThread('reconnection', 75_000)
  ledger.recordThread('detection', 2000)
  ledger.recordThread('backoff', 60_000)
  ledger.count('verify_ok', 90)
  ledger.count('verify_wrong', 4)
  ledger.count('verify_stale', 3)
  ledger.count('verify_missing', 2)
  ledger.count('verify_unjudged', 1)
  ledger.gauge('connections_active', 10)
  ledger.gauge('connections_used', 4)
  ledger.gauge('in_flight', 3)
  ledger.gauge('cpu_micros', 2_500_000)
  return read(AT_MILLIS)
}

/** Five seconds into a minute of measured time, with two stages. */
export const SAMPLE_COURSE: RunCourse = {
  phaseStarts: { warmup: AT_MILLIS - 7000, measure: AT_MILLIS - 5000, drain: AT_MILLIS + 55_000 },
  stage: { name: 'base', endMillis: AT_MILLIS + 15_000 },
  adjusted: { factor: 1.1, count: 1 },
  disturbedSinceMillis: AT_MILLIS - 1500,
  thresholds: [
    { expression: 'p99 < 5ms', actual: 10, unit: 'ms', isMet: false },
    { expression: 'error_rate <= 50%', actual: 12.5, unit: '%', isMet: true },
    { expression: 'audit.lost == 0', actual: null, unit: '', isMet: null },
  ],
}

export function sampleView(plan: RunPlan, snapshot: LedgerSnapshot = sampleSnapshot()): RunView {
  const tool = createToolCounters()
  const faults = { injected: 2, failed: 1, connections: 50, active: 1, reverted: 3, revertsFailed: 4 }
  tool.faults.set('client-kill', faults)
  tool.exports.metrics.failed = 3
  return {
    plan,
    phase: 'measure',
    snapshot,
    targetOpsPerSecond: plan.load.target_ops_per_second ?? 0,
    course: SAMPLE_COURSE,
    tool,
  }
}

const UNDISTURBED: RunRecord['disturbances'] = {
  count: 0,
  list: [],
  left_out: 0,
  kinds: [],
  cost: { failed: 0, indeterminate: 0, dropped: 0, delayed: 0 },
  delayedOutside: 0,
  errors_after: [],
}

/** A run of ten seconds that ended in order. */
export function sampleRecord(plan: RunPlan, change: Partial<RunRecord> = {}): RunRecord {
  return {
    plan,
    toolVersion: '1.2.3',
    pacing: 'economical',
    server: { name: 'Redis', version: '7.0.15', mode: 'standalone', role: 'master' },
    measureStartMillis: AT_MILLIS - 10_000,
    measureEndMillis: AT_MILLIS,
    cpuMicrosAtMeasureStart: 500_000,
    total: sampleSnapshot(),
    intervals: [],
    phases: [],
    outages: [],
    shardOutages: [],
    moves: [],
    faults: [],
    disturbances: UNDISTURBED,
    findings: [],
    end: {
      reason: 'duration',
      error: null,
      measureEndMillis: AT_MILLIS,
      inFlight: 0,
      abandoned: 0,
      unfinishedOutages: [],
      serverChanges: null,
      streams: null,
      serverAudit: { status: 'not_comparable', reason: 'nobody asked', commands: [] },
      telemetryExportsFailed: 0,
      journalFailures: 0,
    },
    ...change,
  }
}
