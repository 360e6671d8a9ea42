import type { LedgerSnapshot } from '../ledger/ledger-snapshot.ts'
import type { RunEnd } from '../model/run-record.ts'
import { type EarlyEnd, endReason } from './end-reason.ts'
import type { ThreadsEnd } from './load-threads.ts'
import type { RunStage } from './prepare-run.ts'

export interface EndFacts {
  readonly measureEndMillis: number
  /** How long the server may take for each answer. */
  readonly limitMillis: number
  readonly stopped: EarlyEnd | undefined
  readonly abortedBy: RunEnd['abortedBy']
  /** A fault answered in place of the server, or let it run commands twice. */
  readonly isForged: boolean
}

const FORGED: RunEnd['serverAudit'] = {
  status: 'not_comparable',
  reason: 'a fault answered in place of the server',
  commands: [],
}

/** Asks the server for its side, and says how the run ended. */
export async function describeEnd(
  stage: RunStage,
  ended: ThreadsEnd,
  total: LedgerSnapshot,
  { measureEndMillis, limitMillis, stopped, abortedBy, isForged }: EndFacts,
): Promise<RunEnd> {
  const { plan, backlog, comparison, tool } = stage
  const streams = (await backlog?.finish(limitMillis)) ?? null
  const { audit, changes } = await comparison.finish(plan, total, ended.inFlight, limitMillis)
  return {
    reason: endReason(plan, total, { crash: ended.crash, stopped }),
    error: ended.crash === undefined ? null : `load thread ${ended.crash.thread} died: ${ended.crash.reason}`,
    measureEndMillis,
    ...(abortedBy === undefined ? {} : { abortedBy }),
    inFlight: ended.inFlight,
    abandoned: ended.abandoned,
    unfinishedOutages: ended.unfinishedOutages,
    unfinishedShardOutages: ended.unfinishedShardOutages,
    serverAudit: isForged ? FORGED : audit,
    serverChanges: changes,
    streams,
    telemetryExportsFailed: Object.values(tool.exports).reduce((sum, { failed }) => sum + failed, 0),
    journalFailures: stage.journalFailures(),
  }
}
