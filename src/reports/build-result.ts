import type { DisturbancesResult } from '../model/disturbance.ts'
import type { Histogram } from '../model/histogram.ts'
import type { LatencyResult } from '../model/latency-summary.ts'
import type { ThresholdPlan } from '../model/plan.ts'
import type {
  AckedWritesResult,
  OperationResult,
  RunResult,
  ThresholdResult,
  VerificationResult,
} from '../model/result.ts'
import type { RunRecord } from '../model/run-record.ts'
import type { SeriesSnapshot } from '../model/snapshot.ts'
import { attributeLosses } from './attribute-losses.ts'
import { auditRecord } from './audit.ts'
import { countCodes } from './count-codes.ts'
import { countOutcomes } from './count-outcomes.ts'
import { describeConnections } from './describe-connections.ts'
import { describeGenerator } from './describe-generator.ts'
import { describeMaintenance } from './describe-maintenance.ts'
import { describePubsub, describeStreams } from './describe-messaging.ts'
import { describeCluster, describeNodes } from './describe-nodes.ts'
import { describeDisturbances } from './disturbances.ts'
import { describePhases } from './describe-phases.ts'
import { describeServerSide } from './describe-server-side.ts'
import type { ResultTools } from './result-tools.ts'
import { judgeThresholds } from './thresholds.ts'
import { describeStepSearch } from './step-search.ts'
import { sharedSummary } from './shared-summary.ts'
import { summarizeLatency } from './summarize-latency.ts'

/** The result of a run: a pure function of what was recorded. */
export function buildResult(record: RunRecord, tools: ResultTools): RunResult {
  const { plan, total, end } = record
  const measuredSeconds = Math.max(0, record.measureEndMillis - record.measureStartMillis) / 1000
  const counts = countOutcomes(total.measure)
  const { counters } = total.measure
  const audit = auditRecord(record)
  const disturbances = disturbancesOf(record)
  const judge = (sentences: readonly ThresholdPlan[]): ThresholdResult[] =>
    judgeThresholds(sentences, { record, audit, disturbances, tools, phases: record.phases })
  const unsettled = Math.max(0, counters.issued - counts.ok - counts.failed - counts.indeterminate)
  return {
    schema: 'redis-test/result',
    schema_version: 1,
    tool_version: record.toolVersion,
    ...sharedSummary(record, measuredSeconds, tools),
    partial: end === undefined,
    end_reason: end?.reason ?? 'killed',
    error: end?.error ?? null,
    load_model: plan.load.model,
    measured_seconds: measuredSeconds,
    totals: {
      scheduled: counters.scheduled,
      issued: counters.issued,
      ...counts,
      in_flight_at_end: end?.inFlight ?? unsettled,
      abandoned_at_end: end?.abandoned ?? total.gauges.abandoned,
      dropped_max_in_flight: counters.dropped_max_in_flight,
      dropped_generator_late: counters.dropped_generator_late,
      warmup_issued: total.warmup.counters.issued,
    },
    thresholds: judge(plan.thresholds),
    expectations: judge(plan.expect),
    operations: total.measure.series.map((series) =>
      describeOperation(series, record, measuredSeconds, tools),
    ),
    connections: describeConnections(record),
    nodes: describeNodes(record),
    cluster: describeCluster(record),
    pubsub: describePubsub(record, tools),
    streams: describeStreams(record, tools),
    generator: describeGenerator(record, measuredSeconds),
    audit,
    verification: describeVerification(record),
    acked_writes: ackedWritesOf(record),
    faults: record.faults,
    maintenance: describeMaintenance(record),
    disturbances,
    intervals: record.intervals,
    adjustments: record.adjustments ?? [],
    phases: describePhases(record, tools),
    step_search: describeStepSearch(record, tools),
    server: record.server,
    ...(record.machine === undefined ? {} : { machine: record.machine }),
    server_changes: end?.serverChanges ?? null,
    ...describeServerSide(record),
    plan,
  }
}

function ackedWritesOf({ ackedWrites, total }: RunRecord): AckedWritesResult | null {
  return ackedWrites === undefined ? null : { ...ackedWrites, thinned: total.counters.audit_writes_thinned }
}

/** Losses count where they were looked for, and where nothing else explains them. */
function disturbancesOf({ disturbances, total, ackedWrites }: RunRecord): DisturbancesResult {
  const described = describeDisturbances(disturbances, total)
  return ackedWrites === undefined || ackedWrites.voided_because !== null
    ? described
    : attributeLosses(described, ackedWrites.losses)
}

function describeOperation(
  series: SeriesSnapshot,
  { plan }: RunRecord,
  measuredSeconds: number,
  tools: ResultTools,
): OperationResult {
  const counts = countOutcomes({ series: [series], includeBatches: true })
  const count = counts.ok + counts.failed + counts.indeterminate
  const latency = (histogram: Histogram): LatencyResult => ({
    ...summarizeLatency(histogram),
    hdr: tools.encodeHdr(histogram),
  })
  return {
    operation: series.info.operation,
    shape: series.info.shape,
    ...(series.info.waits === true ? { waits: true as const } : {}),
    count,
    ops_per_second: measuredSeconds === 0 ? 0 : count / measuredSeconds,
    ...counts,
    nil: series.nil,
    redirected: series.redirected,
    errors: countCodes(series.outcomes),
    service: { success: latency(series.serviceSuccess), error: latency(series.serviceError) },
    response:
      plan.load.model === 'closed'
        ? null
        : { success: latency(series.responseSuccess), error: latency(series.responseError) },
  }
}

function describeVerification({
  verification,
  findings,
  total: { counters },
}: RunRecord): VerificationResult | null {
  if (verification === undefined) return null
  const { verify_ok: ok, verify_wrong: wrong, verify_stale: stale, verify_missing: missing } = counters
  return { ...verification, ok, wrong, stale, missing, unjudged: counters.verify_unjudged, findings }
}
