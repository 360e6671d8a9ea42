import type { HistoryEntry } from '../../model/history.ts'
import { hasFailed } from './history-entry.ts'

export interface HistoryFilter {
  /** Part of the name of the workload, of the target, of the label version. */
  readonly profile?: string | undefined
  readonly target?: string | undefined
  readonly version?: string | undefined
  /** Milliseconds since the epoch. */
  readonly sinceMillis?: number | undefined
  readonly isFailedOnly?: boolean
  /** The newest so many. */
  readonly limit?: number | undefined
}

/** What of a history is asked for; oldest first, as it was given. */
export function filterHistory(entries: readonly HistoryEntry[], filter: HistoryFilter): HistoryEntry[] {
  const has = (text: string, part: string | undefined): boolean =>
    part === undefined || text.toLowerCase().includes(part.toLowerCase())
  const chosen = entries.filter(
    (one) =>
      has(one.workload_name, filter.profile) &&
      has(one.target, filter.target) &&
      has(one.version, filter.version) &&
      one.run_start * 1000 >= (filter.sinceMillis ?? 0) &&
      (filter.isFailedOnly !== true || hasFailed(one)),
  )
  return filter.limit === undefined ? chosen : chosen.slice(-filter.limit)
}
