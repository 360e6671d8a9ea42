import type { EndReason, RunResult } from './result.ts'

const WHOLE: readonly EndReason[] = ['duration', 'count', 'step_search']

/** Whether a run came to the end that it was meant to have. */
export function isWholeRun({ end_reason }: Pick<RunResult, 'end_reason'>): boolean {
  return WHOLE.includes(end_reason)
}
