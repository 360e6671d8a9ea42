import type { RunPlan } from '../model/plan.ts'
import type { FaultResult } from '../model/result.ts'
import { parseThreshold } from '../model/threshold.ts'
import { instantMillis } from '../model/threshold-disturbances.ts'
import { DisturbanceTracker } from '../reports/disturbances.ts'
import { RESULT_TOOLS } from './result-tools.ts'

/** The tracker of a run, or of one that is read from its journal. */
export function trackDisturbances(plan: RunPlan, measureStartMillis: number): DisturbanceTracker {
  return new DisturbanceTracker({
    isOpenLoop: plan.load.model === 'open',
    measureStartMillis,
    errorsAfterMillis: instantsOf(plan),
    tools: RESULT_TOOLS,
  })
}

/** A fault that could not be done disturbs nothing. */
export function trackFault(tracker: DisturbanceTracker, { kind, at_ms, error }: FaultResult): void {
  if (error === null) tracker.faultBegan({ kind, node: null, at_ms }, false)
}

/** Those that `errors.after(…)` asks about. */
function instantsOf({ thresholds, expect }: Pick<RunPlan, 'thresholds' | 'expect'>): number[] {
  const instants = [...thresholds, ...expect].flatMap(({ expression }) => {
    const parsed = parseThreshold(expression)
    if ('error' in parsed || parsed.threshold.metric !== 'errors.after') return []
    return [instantMillis(parsed.threshold.operation ?? '')]
  })
  return [...new Set(instants)]
}
