import type { RunResult } from '../model/result.ts'
import type { ShardOutage } from '../model/shard-outage.ts'
import { alignColumns, formatCount, formatMillis } from './format.ts'

const SHARD_OUTAGES_SHOWN = 10
const NODES_SHOWN = 40

/** A line for each server that got load, and what the Cluster client did besides. */
export function* nodeLines({ nodes, cluster, measured_seconds: seconds }: RunResult): Generator<string> {
  if (nodes.length > 0) {
    const header = ['node', 'count', 'ops/s', 'ok', 'failed', 'unknown', 'p50', 'p99', 'max', 'lost', 'back']
    const rows = nodes
      .slice(0, NODES_SHOWN)
      .map(({ address, ok, failed, indeterminate, service: { success }, outages, reconnections }) => [
        address,
        ...[ok + failed + indeterminate, (ok + failed + indeterminate) / Math.max(1e-9, seconds)].map(
          formatCount,
        ),
        ...[ok, failed, indeterminate].map(formatCount),
        ...(success.count === 0
          ? ['-', '-', '-']
          : [success.p50_ms, success.p99_ms, success.max_ms].map(formatMillis)),
        ...[outages, reconnections].map(formatCount),
      ])
    yield* alignColumns([header, ...rows], 1)
    if (nodes.length > NODES_SHOWN) yield `and ${nodes.length - NODES_SHOWN} more nodes in the result`
  }
  if (cluster === null) return
  const { redirections, hidden_retries: retries, shard_outages: outages } = cluster
  const kinds = Object.entries(redirections).map(([kind, count]) => `${formatCount(count)} ${kind}`)
  const again = retries === 0 ? '' : ` · ${formatCount(retries)} sent again after a lost connection`
  yield `cluster       redirections: ${kinds.join(', ')}${again}`
  const longest = outages.toSorted((a, b) => b.duration_ms - a.duration_ms)
  for (const outage of longest.slice(0, SHARD_OUTAGES_SHOWN)) yield `shard outage  ${describe(outage)}`
  if (outages.length > SHARD_OUTAGES_SHOWN)
    yield `              and ${outages.length - SHARD_OUTAGES_SHOWN} shorter ones in the result`
}

function describe({ from_slot, to_slot, duration_ms, finished, failures, cause }: ShardOutage): string {
  const length = finished ? `${formatMillis(duration_ms)} ms` : `at least ${formatMillis(duration_ms)} ms`
  return `slots ${from_slot}–${to_slot}: ${length} without a success, ${formatCount(failures)} commands (first ${cause})`
}
