import { REDIRECTIONS, type Redirection } from '../model/ledger.ts'
import type { ClusterResult, NodeResult } from '../model/node-result.ts'
import type { RunRecord } from '../model/run-record.ts'
import type { ShardOutage } from '../model/shard-outage.ts'
import type { NodeSnapshot } from '../model/snapshot.ts'
import { countCodes } from './count-codes.ts'
import { summarizeLatency } from './summarize-latency.ts'

/** Each server that got load: what was sent to it last, and what became of it. Empty where there is only one. */
export function describeNodes({ total }: RunRecord): NodeResult[] {
  return total.nodes.map((node) => {
    const sum = (outcome: string): number =>
      node.outcomes.reduce((count, entry) => count + (entry.outcome === outcome ? entry.count : 0), 0)
    return {
      address: node.address,
      ok: sum('ok'),
      failed: sum('failed'),
      indeterminate: sum('indeterminate'),
      errors: countCodes(node.outcomes),
      service: {
        success: summarizeLatency(node.serviceSuccess),
        error: summarizeLatency(node.serviceError),
      },
      dials: node.counters.dials,
      outages: node.counters.outages,
      reconnections: node.counters.reconnections,
      connections_active: node.active,
      redirections: redirectionsOf([node]),
    }
  })
}

/** What a Cluster client did behind its user's back; `null` without a Cluster. */
export function describeCluster({ plan, total, shardOutages, end }: RunRecord): ClusterResult | null {
  if (plan.target.topology !== 'cluster') return null
  const unfinished = end?.unfinishedShardOutages ?? []
  return {
    redirections: redirectionsOf(total.nodes),
    hidden_retries: total.counters.hidden_retries,
    outages_superseded: total.counters.outages_superseded,
    shard_outages: mergeShardOutages([...shardOutages, ...unfinished]),
  }
}

function redirectionsOf(nodes: readonly NodeSnapshot[]): Record<Redirection, number> {
  return Object.fromEntries(
    REDIRECTIONS.map((kind) => [kind, nodes.reduce((sum, { counters }) => sum + counters[kind], 0)]),
  ) as Record<Redirection, number>
}

/**
 * Each load thread sees the outage of a shard with its own commands. Those that overlap are one: it begins with the first
 * failure that any of them saw and ends with the last of their first successes.
 */
export function mergeShardOutages(seen: readonly ShardOutage[]): ShardOutage[] {
  const merged: ShardOutage[] = []
  const sorted = seen.toSorted((a, b) => a.from_slot - b.from_slot || a.failed_at_ms - b.failed_at_ms)
  for (const outage of sorted) {
    const last = merged.at(-1)
    const lastEnd = last === undefined ? 0 : last.failed_at_ms + last.duration_ms
    if (last === undefined || last.from_slot !== outage.from_slot || outage.failed_at_ms > lastEnd) {
      merged.push(outage)
      continue
    }
    const end = Math.max(lastEnd, outage.failed_at_ms + outage.duration_ms)
    merged[merged.length - 1] = {
      ...last,
      duration_ms: end - last.failed_at_ms,
      finished: last.finished && outage.finished,
      failures: last.failures + outage.failures,
    }
  }
  return merged.toSorted((a, b) => a.failed_at_ms - b.failed_at_ms)
}
