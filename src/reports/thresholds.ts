import type { DisturbancesResult } from '../model/disturbance.ts'
import type { ThresholdPlan } from '../model/plan.ts'
import type { AuditResult, ThresholdResult } from '../model/result.ts'
import type { RunRecord } from '../model/run-record.ts'
import { parseThreshold } from '../model/threshold.ts'
import {
  type AckedNumbers,
  type EndNumbers,
  type MessageNumbers,
  numbersOfPhase,
  type PhaseNumbers,
  type ThresholdNumbers,
} from '../model/threshold-numbers.ts'
import { countOutcomes } from './count-outcomes.ts'
import { describePubsub, describeStreams } from './describe-messaging.ts'
import { judgeThreshold } from './judge-threshold.ts'
import type { ResultTools } from './result-tools.ts'

/** What sentences are judged on. */
export interface JudgedRun {
  readonly record: RunRecord
  readonly audit: AuditResult
  readonly disturbances: DisturbancesResult
  readonly tools: Pick<ResultTools, 'mergeHistograms' | 'histogramOf'>
  readonly phases: readonly PhaseNumbers[]
}

/** Thresholds or expectations against what was recorded. A pure function of it, so that a journal gives the same. */
export function judgeThresholds(thresholds: readonly ThresholdPlan[], run: JudgedRun): ThresholdResult[] {
  if (thresholds.length === 0) return []
  const { record, phases } = run
  const whole = numbersOf(run)
  return thresholds.map(({ expression }) => {
    const parsed = parseThreshold(expression)
    // Plans hold only what could be parsed; a journal of another version may hold more.
    if ('error' in parsed)
      return { expression, actual: null, unit: '', ok: false, note: parsed.error.message, aborted: false }
    const { threshold } = parsed
    const { phase } = threshold
    const numbers = phase === null ? whole : numbersOfPhase(whole, phases, phase)
    const judgement =
      numbers === undefined
        ? { actual: null, ok: false, note: 'no data: the phase was not reached' }
        : judgeThreshold(threshold, numbers)
    return { expression, unit: threshold.unit, ...judgement, aborted: record.end?.abortedBy === expression }
  })
}

function numbersOf({ record, audit, disturbances, tools }: JudgedRun): ThresholdNumbers {
  const { mergeHistograms, histogramOf } = tools
  const { plan, total, end } = record
  return {
    isOpenLoop: plan.load.model === 'open',
    seconds: Math.max(0, record.measureEndMillis - record.measureStartMillis) / 1000,
    measure: total.measure,
    merge: mergeHistograms,
    run: {
      counters: total.counters,
      histograms: total.histograms,
      servers: record.serverSide?.guards ?? null,
      end: {
        inFlight: end?.inFlight ?? unsettledOf(record),
        unfinishedOutages: histogramOf(
          (end?.unfinishedOutages ?? []).map(({ duration_ms }) => duration_ms * 1000),
        ),
        auditOk: audit.ok,
        auditLost: lostOf(record, audit),
        messages: messagesOf(record),
        disturbances,
        acked: ackedOf(record),
      },
    },
  }
}

function messagesOf(record: RunRecord): MessageNumbers {
  const noHdr = { encodeHdr: () => '' }
  const pubsub = describePubsub(record, noHdr)
  const streams = describeStreams(record, noHdr)
  return {
    pubsub_lost: pubsub?.lost ?? null,
    pubsub_missed: pubsub?.missed ?? null,
    stream_lag: streams?.lag_at_end ?? null,
    stream_lag_max: streams?.lag_max ?? null,
    stream_lost: streams?.lost ?? null,
  }
}

/** Of an audit that could not read everything, or that is void, no number is the whole truth. */
function ackedOf({ ackedWrites: acked, end }: RunRecord): AckedNumbers {
  if (acked === undefined || end === undefined)
    return {
      lost: null,
      unread: null,
      duplicated: null,
      reordered: null,
      applied_unacknowledged: null,
      refused_applied: null,
      stale_reads: null,
    }
  const isWhole = acked.complete && acked.voided_because === null
  const whole = (count: number): number | null => (isWhole ? count : null)
  return {
    // Where nothing was acknowledged nothing can be lost, and nobody has looked.
    lost: acked.acknowledged === 0 ? null : whole(acked.lost),
    unread: acked.unread,
    duplicated: acked.complete ? acked.duplicated : null,
    reordered: acked.complete ? acked.reordered : null,
    applied_unacknowledged: whole(acked.applied_unacknowledged),
    refused_applied: acked.complete ? acked.refused_applied : null,
    stale_reads: acked.stale_reads?.stale ?? null,
  }
}

function unsettledOf({ total: { measure } }: RunRecord): number {
  const { ok, failed, indeterminate } = countOutcomes(measure)
  return Math.max(0, measure.counters.issued - ok - failed - indeterminate)
}

/**
 * Commands that are unaccounted for, over warm-up and measured time: scheduled but neither issued nor dropped, issued but
 * neither settled nor in flight, and answered to us but not counted by the server. Without an end nobody knows.
 */
function lostOf({ total, end }: RunRecord, audit: AuditResult): EndNumbers['auditLost'] {
  if (end === undefined || end.reason === 'thread_crashed') return null
  let lost = 0
  let unsettled = -end.inFlight
  for (const phase of [total.warmup, total.measure]) {
    const { scheduled, issued, dropped_max_in_flight: full, dropped_generator_late: late } = phase.counters
    const { ok, failed, indeterminate } = countOutcomes(phase)
    lost += Math.max(0, scheduled - issued - full - late)
    unsettled += issued - ok - failed - indeterminate
  }
  lost += Math.max(0, unsettled)
  for (const { server, at_least } of audit.server.commands) lost += Math.max(0, at_least - server)
  return lost
}
