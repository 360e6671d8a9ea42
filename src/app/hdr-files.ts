import { mergeHdr, percentileDistribution } from '../ledger/hdr-text.ts'
import type { RunResult } from '../model/result.ts'
import { intervalLogHeader, intervalLogLine } from '../reports/interval-log.ts'
import { taggedLatencies } from '../reports/latency-tags.ts'

/** A file that is one of several: where the path has `{operation}`, or before its ending, its name is put. */
export interface NamedPart {
  readonly name: string
  readonly text: string
}

/** A percentile distribution for each operation and kind of latency; `all` is all operations together. */
export function percentileFiles(result: RunResult): NamedPart[] {
  return taggedLatencies(result).map(({ tag, encoded }) => ({
    name: tag === '' ? 'all' : tag,
    text: percentileDistribution(encoded),
  }))
}

/**
 * The log of a result that was read: it knows the distributions of the whole run, and not those of each second, which a
 * journal has. So its log has one interval.
 */
export function wholeRunLog(result: RunResult): string {
  const startMillis = Math.round(result.run_start * 1000)
  const lengthMillis = Math.round(result.run_end * 1000) - startMillis
  const header = { toolVersion: result.tool_version, runId: result.run_id, startMillis }
  const lines = taggedLatencies(result).map(({ tag, encoded }) =>
    intervalLogLine({ tag, sinceMillis: 0, lengthMillis, ...mergeHdr(encoded) }),
  )
  return intervalLogHeader(header) + lines.join('')
}
