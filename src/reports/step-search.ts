import type { Histogram } from '../model/histogram.ts'
import type { RunPlan } from '../model/plan.ts'
import type { StepSearchResult } from '../model/result.ts'
import type { PhaseRecord, RunRecord } from '../model/run-record.ts'
import { parseThreshold, type Threshold } from '../model/threshold.ts'
import { thresholdMetric } from '../model/threshold-metrics.ts'
import { judgeThreshold } from './judge-threshold.ts'
import type { ResultTools } from './result-tools.ts'

/** Share of its target that a step has to achieve. */
const ENOUGH = 0.99
/** Commands that may be missing besides: what is in flight at a boundary is settled in the next step. */
const IN_FLIGHT_AT_BOUNDARY = 2

type Merge = (histograms: readonly Histogram[]) => Histogram

/** Why a step does not hold; `null` when it does, or was not over yet. */
export function whyStepFails(step: PhaseRecord, plan: RunPlan, merge: Merge): string | null {
  const dropped = step.measure.counters.dropped_max_in_flight + step.measure.counters.dropped_generator_late
  if (dropped > 0) return `arrivals dropped: ${dropped}`
  if (!step.isComplete) return null
  return whatIsMissing(step) ?? missedThreshold(step, plan, merge)
}

/**
 * Achieved is what was settled between the snapshots at the ends of a step, over the time between them: a snapshot that
 * came late does not make a step look slow.
 */
function whatIsMissing(step: PhaseRecord): string | null {
  const { plannedCommands, plannedSeconds, seconds, measure } = step
  if (plannedCommands === null || plannedSeconds === 0 || seconds === 0) return null
  const answered = step.settledInTime - measure.counters.unpaced_settled
  const target = plannedCommands / plannedSeconds
  if (answered + IN_FLIGHT_AT_BOUNDARY >= ENOUGH * target * seconds) return null
  return `${(answered / seconds).toFixed(1)} of ${target.toFixed(1)} commands a second were answered`
}

/** The first threshold of the plan that the numbers of this step alone do not meet. */
function missedThreshold(step: PhaseRecord, plan: RunPlan, merge: Merge): string | null {
  const { seconds, measure, settledInTime } = step
  const isOpenLoop = plan.load.model === 'open'
  for (const { expression } of plan.thresholds) {
    const parsed = parseThreshold(expression)
    if ('error' in parsed || !isAbout(parsed.threshold, step.name)) continue
    const numbers = { isOpenLoop, seconds, measure, settledInTime, run: null, merge }
    const { ok, actual } = judgeThreshold(parsed.threshold, numbers)
    if (!ok && actual !== null) return `threshold ${expression} not met`
  }
  return null
}

function isAbout({ metric, phase }: Threshold, name: string): boolean {
  return thresholdMetric(metric).scope === 'phase' && (phase === null || phase === name)
}

/** The highest step that held; `null` when the run was no search. */
export function describeStepSearch(
  { plan, phases }: RunRecord,
  { mergeHistograms }: Pick<ResultTools, 'mergeHistograms'>,
): StepSearchResult | null {
  if (!plan.load.step_search) return null
  let held: StepSearchResult['held'] = null
  for (const phase of phases) {
    const reason = whyStepFails(phase, plan, mergeHistograms)
    if (reason !== null) return { held, failed: { phase: phase.name, reason } }
    const stage = plan.load.stages.find(({ name }) => name === phase.name)
    if (phase.isComplete) held = { phase: phase.name, target_ops_per_second: stage?.to_ops_per_second ?? 0 }
  }
  return { held, failed: null }
}
