import type { FaultResult } from '../model/fault-result.ts'

/** What somebody asks a run for, one line of JSON. */
export type FaultRequestLine =
  | { readonly type: 'who' }
  /** As in a profile, without times: it begins at once. */
  | { readonly type: 'fault'; readonly fault: Readonly<Record<string, unknown>> }

/** What the run answers, each a line of JSON. The last one of a request is not `begun`. */
export type FaultAnswerLine =
  | { readonly type: 'run'; readonly run_id: string; readonly pid: number; readonly target: string }
  | { readonly type: 'refused'; readonly problems: readonly string[] }
  | { readonly type: 'begun'; readonly result: FaultResult }
  | { readonly type: 'ended'; readonly result: FaultResult }

/** Longest line of either side. */
export const LONGEST_LINE = 100_000

/** Calls back with each line that comes; `undefined` once when one is too long. */
export function linesOf(onLine: (line: string | undefined) => void): (chunk: string) => void {
  let heard = ''
  return (chunk) => {
    const lines = (heard + chunk).split('\n')
    heard = lines.pop() ?? ''
    for (const line of lines) onLine(line)
    if (heard.length > LONGEST_LINE) onLine(undefined)
  }
}
