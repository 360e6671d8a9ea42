import { CONNECTION_PHASES, PHASE_HISTOGRAMS } from '../model/connection-phase.ts'
import { errorCodeAt } from '../model/error-codes.ts'
import { plannedConnections } from '../model/planned-connections.ts'
import type { ConnectionPhaseResult, ConnectionsResult } from '../model/connections-result.ts'
import type { RunRecord } from '../model/run-record.ts'
import { SENTINEL_FAILURES } from '../model/sentinel-failures.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { longestOutages } from './longest-outages.ts'
import { summarizeLatency } from './summarize-latency.ts'

const OUTAGES_SHOWN = 100

/** What became of the connections. */
export function describeConnections({ plan, total, outages, moves, end }: RunRecord): ConnectionsResult {
  const { histograms, counters, attemptErrors, drops } = total
  const failed = histograms.attempt_error.count
  return {
    planned: plannedConnections(plan),
    attempts: histograms.attempt_success.count + failed,
    attempts_failed: failed,
    attempt_errors: byCode(attemptErrors),
    phases: describePhases(total),
    sentinel_errors: SENTINEL_FAILURES.flatMap((code) =>
      counters[code] === 0 ? [] : [{ code, count: counters[code] }],
    ),
    drops: counters.outages,
    drop_causes: byCode(drops),
    first_connect: summarizeLatency(histograms.first_connect_success),
    connect: summarizeLatency(histograms.attempt_success),
    renewals: counters.renewals,
    reconnections: counters.reconnections,
    reconnection: summarizeLatency(histograms.reconnection),
    detection: summarizeLatency(histograms.detection),
    backoff: summarizeLatency(histograms.backoff),
    moves,
    unfinished: end?.unfinishedOutages ?? [],
    outages: longestOutages(outages, OUTAGES_SHOWN),
    resent_commands: counters.resent_commands,
    offline_queued_commands: counters.offline_queued_commands,
  }
}

/** Phases that no attempt went through are left out. */
function describePhases({ histograms }: Snapshot): ConnectionPhaseResult[] {
  return CONNECTION_PHASES.flatMap((phase) => {
    const [completed, failed] = PHASE_HISTOGRAMS[phase].map((name) => summarizeLatency(histograms[name]))
    return completed!.count + failed!.count === 0 ? [] : [{ phase, completed: completed!, failed: failed! }]
  })
}

function byCode(counts: ReadonlyMap<number, number>): { code: string; count: number }[] {
  return [...counts].map(([code, count]) => ({ code: errorCodeAt(code).code, count }))
}
