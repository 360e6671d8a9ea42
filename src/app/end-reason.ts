import type { RunPlan } from '../model/plan.ts'
import type { EndReason } from '../model/result.ts'
import type { Snapshot } from '../model/snapshot.ts'

/** Why a load may be ended before its time. */
export type EarlyEnd = 'signal' | 'thresholds' | 'step_search'

/** Why a run is over. A run that had sent all it was to send ended by that, even if a signal came in its last moment. */
export function endReason(
  { load }: RunPlan,
  { measure }: Snapshot,
  { crash, stopped }: { readonly crash: unknown; readonly stopped: EarlyEnd | undefined },
): EndReason {
  if (crash !== undefined) return 'thread_crashed'
  if (stopped === 'thresholds') return 'thresholds'
  if (load.count !== null && measure.counters.scheduled >= load.count) return 'count'
  return stopped ?? 'duration'
}
