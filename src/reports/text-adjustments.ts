import type { RunResult } from '../model/result.ts'

/** A run that somebody adjusted while it went on is not the one that its plan describes. */
export function adjustmentLines({ adjustments, run_start: startSeconds }: RunResult): string[] {
  const { length } = adjustments
  if (length === 0) return []
  const pauses = adjustments.filter(({ kind }) => kind === 'pause').length
  const skipped = adjustments.at(-1)?.skipped_ms ?? 0
  const first = (adjustments[0]?.at_ms ?? 0) / 1000 - startSeconds
  return [
    [
      `adjusted by hand ${length === 1 ? 'once' : `${length} times`}, first at ${first.toFixed(1)} s`,
      ...(pauses === 0 ? [] : [pauses === 1 ? 'paused once' : `paused ${pauses} times`]),
      ...(skipped === 0 ? [] : [`${(skipped / 1000).toFixed(1)} s of the plan left out`]),
    ].join(' · '),
  ]
}
