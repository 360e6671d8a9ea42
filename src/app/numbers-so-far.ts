import { mergeHistograms } from '../ledger/merge.ts'
import type { ServerGuards } from '../model/server-guards.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { ThresholdNumbers } from '../model/threshold-numbers.ts'

/** What thresholds are judged on while a run goes on: its measured time until now. */
export function numbersSoFar(
  total: Snapshot,
  elapsedMillis: number,
  isOpenLoop: boolean,
  servers: ServerGuards | null,
): ThresholdNumbers {
  return {
    isOpenLoop,
    seconds: elapsedMillis / 1000,
    measure: total.measure,
    run: { counters: total.counters, histograms: total.histograms, servers, end: null },
    merge: mergeHistograms,
  }
}
