import type { RunPlan } from '../model/plan.ts'
import type { FaultResult } from '../model/fault-result.ts'
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

/** What is said of a fault that lasts: twice, when it acts and when it is over. */
interface LastingFault {
  readonly id?: number
  /** `null` while it lasts. */
  readonly ended_at_ms?: number | null
  readonly nodes?: readonly string[]
}

/** More servers are counted, not named. */
const NODES_NAMED = 2

/** A fault that could not be done disturbs nothing. */
export function trackFault(
  tracker: DisturbanceTracker,
  fault: Pick<FaultResult, 'kind' | 'at_ms' | 'error'> & LastingFault,
): void {
  const { id, kind, at_ms, error, nodes = [] } = fault
  const ended_at_ms = fault.ended_at_ms === undefined ? at_ms : fault.ended_at_ms
  if (id !== undefined && tracker.isInForce(id)) tracker.faultEnded(id, ended_at_ms ?? at_ms)
  else if (error === null) {
    const node = nodes.length > NODES_NAMED ? `${nodes.length} servers` : nodes.join(', ')
    tracker.faultBegan({ kind, node: node === '' ? null : node, at_ms }, id ?? ONLY)
    if (ended_at_ms !== null) tracker.faultEnded(id ?? ONLY, ended_at_ms)
  }
}

const ONLY = 0

/** Those that `errors.after(…)` asks about. */
function instantsOf({ thresholds, expect }: Pick<RunPlan, 'thresholds' | 'expect'>): number[] {
  const instants = [...thresholds, ...expect].flatMap(({ expression }) => {
    const parsed = parseThreshold(expression)
    if ('error' in parsed || parsed.threshold.metric !== 'errors.after') return []
    return [instantMillis(parsed.threshold.operation ?? '')]
  })
  return [...new Set(instants)]
}
