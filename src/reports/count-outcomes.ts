import type { SeriesSnapshot } from '../model/snapshot.ts'

export interface OutcomeCounts {
  readonly ok: number
  readonly failed: number
  readonly indeterminate: number
}

/** Commands by outcome. A batch is not a command: it is left out unless asked for. */
export function countOutcomes(from: {
  readonly series: readonly SeriesSnapshot[]
  readonly includeBatches?: boolean
}): OutcomeCounts {
  const counts = { ok: 0, failed: 0, indeterminate: 0 }
  for (const { info, outcomes } of from.series) {
    if (info.shape === 'batch' && from.includeBatches !== true) continue
    for (const { outcome, count } of outcomes) counts[outcome] += count
  }
  return counts
}
