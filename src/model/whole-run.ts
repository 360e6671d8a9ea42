import type { EndReason, RunResult } from './result.ts'

const WHOLE: ReadonlySet<EndReason> = new Set(['duration', 'count', 'step_search'])

/** Whether a run came to the end that it was meant to have. */
export function isWholeRun({ end_reason }: Pick<RunResult, 'end_reason'>): boolean {
  return WHOLE.has(end_reason)
}
