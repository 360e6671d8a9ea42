import { ERROR_CODES } from '../model/error-codes.ts'
import type { AuditResult, ServerAudit } from '../model/result.ts'
import type { ServerStats } from '../model/server-stats.ts'
import type { Snapshot } from '../model/snapshot.ts'

export interface ServerAuditInput {
  readonly before: ServerStats
  readonly after: ServerStats
  readonly total: Snapshot
  /** Commands that were neither settled nor answered when the run ended. */
  readonly inFlight: number
  /**
   * Connections the load threads and the control client opened between the two looks; `null` where the client opens more
   * by itself (those of a Cluster client that ask for the slots).
   */
  readonly ownConnections: number | null
  /** Commands that scripts of the workload, or Sentinels, call as well, by lower-case name: the server counts more of them than we send. */
  readonly calledByOthers: ReadonlySet<string> | 'any'
}

/**
 * Client counts against `INFO commandstats`: ok + failed by the server ≤ server ≤ that + indeterminate + in flight.
 * Only when the server was ours alone, the whole time, and did not restart: otherwise it says why it cannot tell.
 */
export function auditAgainstServer(input: ServerAuditInput): AuditResult['server'] {
  const reason = reasonNotComparable(input)
  if (reason !== undefined) return { status: 'not_comparable', reason, commands: [] }
  const commands = [...expectations(input)].map(([command, { certain, possible }]): ServerAudit => {
    const server = (input.after.commands.get(command) ?? 0) - (input.before.commands.get(command) ?? 0)
    const isOpen = input.calledByOthers === 'any' || input.calledByOthers.has(command)
    const atMost = isOpen ? null : certain + possible
    const ok = server >= certain && (atMost === null || server <= atMost)
    return { command, server, at_least: certain, at_most: atMost, ok }
  })
  return { status: commands.every(({ ok }) => ok) ? 'ok' : 'failed', reason: null, commands }
}

function reasonNotComparable({ before, after, total, ownConnections }: ServerAuditInput): string | undefined {
  if (before.address !== after.address)
    return `the server changed during the run (failover): it was ${before.address} and is ${after.address}`
  if (total.counters.moved_connections > 0) return 'connections moved to another server during the run'
  if (before.serverRunId !== after.serverRunId) return 'the server restarted during the run'
  if (before.role !== after.role) return 'servers changed their roles during the run'
  const strangers = [...before.strangers, ...after.strangers]
  if (strangers.length > 0)
    return `other clients were connected: ${[...new Set(strangers)].slice(0, 3).join(', ')}`
  const received = after.totalConnectionsReceived - before.totalConnectionsReceived
  if (ownConnections !== null && received > ownConnections)
    return `${received - ownConnections} connections of others were opened during the run`
  for (const [command, count] of before.commands)
    if ((after.commands.get(command) ?? 0) < count)
      return 'the statistics of the server were reset during the run'
  return undefined
}

interface Expectation {
  certain: number
  possible: number
}

/** For each command, how many the server has certainly counted, and how many more it may have. */
function expectations({ total, inFlight }: ServerAuditInput): Map<string, Expectation> {
  const expected = new Map<string, Expectation>()
  const add = (command: string, certain: number, possible: number): void => {
    const entry = expected.get(command) ?? { certain: 0, possible: 0 }
    expected.set(command, { certain: entry.certain + certain, possible: entry.possible + possible })
  }
  for (const { info, outcomes, redirected } of [...total.measure.series, ...total.warmup.series]) {
    const name = info.command ?? info.operation.toLowerCase()
    // The node that sent a command elsewhere counted it, too.
    if (redirected > 0) add(name, redirected, 0)
    if (info.shape !== 'batch') addOutcomes(name, outcomes, add)
    else if (info.command === 'exec') for (const frame of ['multi', 'exec']) addFrames(frame, outcomes, add)
  }
  const perhaps = inFlight + total.counters.resent_commands
  if (perhaps > 0) for (const command of expected.keys()) add(command, 0, perhaps)
  return expected
}

type Outcomes = Snapshot['measure']['series'][number]['outcomes']
type Add = (command: string, certain: number, possible: number) => void

/**
 * MULTI and EXEC of a transaction that failed may or may not have been counted, unless it failed because a watched key
 * had changed: then EXEC was run to say so.
 */
function addFrames(command: string, outcomes: Outcomes, add: Add): void {
  for (const { outcome, code, count } of outcomes) {
    const isCertain = outcome === 'ok' || ERROR_CODES[code]?.code === 'watch_conflict'
    add(command, isCertain ? count : 0, isCertain ? 0 : count)
  }
}

function addOutcomes(command: string, outcomes: Outcomes, add: Add): void {
  for (const { outcome, code, count } of outcomes) {
    if (outcome === 'indeterminate') add(command, 0, count)
    else add(command, outcome === 'ok' || isCountedByServer(code) ? count : 0, 0)
  }
}

/**
 * An error that the server answered with was counted by it, one of our own making never reached it, and the commands of
 * an aborted transaction were queued but never run.
 */
function isCountedByServer(code: number): boolean {
  const entry = ERROR_CODES[code]
  if (entry?.code === 'EXECABORT') return false
  return entry?.statusCode !== undefined || entry?.code === 'other_reply'
}
