import { FAULT_CATALOGUE } from '../../../src/model/fault-catalogue.ts'
import type { FaultResult } from '../../../src/model/fault-result.ts'
import type { RunResult } from '../../../src/model/result.ts'
import type { RunEnded } from '../../e2e/support/command-line.ts'
import type { Cell } from './rows.ts'

/** How much longer than its measured time a run may last, seconds. */
const MORE_SECONDS = 10
/** A connection that was lost longer before the end than this has to be back: no fault lasts so close to the end. */
const PATIENCE_MILLIS = 3000
const BAD_OUTPUT = /unhandled|MaxListeners|possible .*memory leak|internal error|^\s+at .+:\d+:\d+\)?$/im

/** What does not hold of the invariants, each in a sentence. */
export function problemsOf(
  cell: Cell,
  { code, stdout, stderr, result }: RunEnded,
  seconds: number,
): string[] {
  return [
    ...unless(code === 0, `exit code ${String(code)}: ${stderr.slice(-400)}`),
    ...unless(seconds <= cell.seconds + MORE_SECONDS, `it took ${seconds.toFixed(1)} s`),
    ...unless(!BAD_OUTPUT.test(stdout + stderr), `it wrote ${BAD_OUTPUT.exec(stdout + stderr)?.[0]}`),
    ...unless(result.end_reason === 'duration', `it ended because of ${result.end_reason}`),
    ...unless(result.generator.internal_errors === 0, `${result.generator.internal_errors} internal errors`),
    ...countProblems(cell, result),
    ...outageProblems(result),
    ...faultProblems(cell, result),
    ...ackedProblems(cell, result),
  ]
}

function countProblems(cell: Cell, { totals, audit }: RunResult): string[] {
  const { scheduled, issued, ok, failed, indeterminate, in_flight_at_end: inFlight } = totals
  const dropped = totals.dropped_max_in_flight + totals.dropped_generator_late
  const failedChecks = audit.checks
    .filter((check) => !check.ok)
    .map(({ name, detail }) => `${name}: ${detail}`)
  // A command that somebody wrote twice is one that the server has to have seen more often.
  const isServerRight = audit.server.status !== 'failed' || cell.duplicates > 0
  return [
    ...failedChecks,
    ...unless(audit.ok || cell.duplicates > 0, 'the audit is not ok'),
    ...unless(isServerRight, `the server counted otherwise: ${JSON.stringify(audit.server.commands)}`),
    ...unless(issued === ok + failed + indeterminate + inFlight, `issued: ${JSON.stringify(totals)}`),
    ...unless(scheduled === issued + dropped, `scheduled: ${JSON.stringify(totals)}`),
    ...unless(inFlight === 0, `${inFlight} in flight at the end`),
    ...unless(ok > 0, 'nothing was answered'),
  ]
}

function outageProblems({ connections, cluster, run_end: end }: RunResult): string[] {
  const { drops, reconnections, unfinished, outages } = connections
  const superseded = cluster?.outages_superseded ?? 0
  const sum = reconnections + superseded + unfinished.length
  const hanging = unfinished.filter(({ lost_at_ms: lost }) => end * 1000 - lost > PATIENCE_MILLIS)
  return [
    ...unless(drops === sum, `${drops} outages, ${reconnections} + ${superseded} + ${unfinished.length}`),
    ...unless(
      outages.length === reconnections + superseded,
      `${drops} outages, ${outages.length} are listed`,
    ),
    ...unless(hanging.length === 0, `${hanging.length} connections did not come back`),
  ]
}

function faultProblems(cell: Cell, result: RunResult): string[] {
  const planned = cell.faults.reduce((sum, { every }) => sum + (every === undefined ? 1 : 2), 0)
  const shown = [
    ...result.operations.flatMap(({ errors }) => errors),
    ...result.connections.drop_causes,
    ...result.connections.attempt_errors,
  ].map(({ code }) => code)
  return [
    ...unless(result.faults.length === planned, `${result.faults.length} faults, not ${planned}`),
    ...result.faults.flatMap(faultProblem),
    ...unless(
      cell.sees === null || shown.includes(cell.sees),
      `no ${cell.sees} in ${[...new Set(shown)].join(' ')}`,
    ),
    ...unless(
      result.max_latency_ms >= cell.slowest,
      `the slowest took ${result.max_latency_ms} ms, not ${cell.slowest}`,
    ),
  ]
}

function faultProblem({
  kind,
  error,
  reverted,
  revert_error: why,
  ended_at_ms: ended,
}: FaultResult): string[] {
  const { lasts, undo } = FAULT_CATALOGUE[kind]
  const needsRevert = lasts !== null && !undo.startsWith('none')
  return [
    ...unless(error === null, `${kind} failed: ${error}`),
    ...unless(ended !== null, `${kind} did not end`),
    ...unless(reverted === (needsRevert ? true : null), `${kind} was not taken back: ${why}`),
  ]
}

function ackedProblems({ loss, duplicates }: Cell, { acked_writes: acked }: RunResult): string[] {
  if (acked === null) return ['no acknowledged writes']
  const { complete, voided_because: voided, acknowledged, unread } = acked
  return [
    ...unless(complete && unread === 0, `not read back: ${unread}`),
    ...unless(voided === null, `void: ${voided}`),
    ...unless(acknowledged > 0, 'nothing was acknowledged'),
    ...unless(loss !== 'none' || acked.lost === 0, `${acked.lost} acknowledged writes lost`),
    ...unless(loss !== 'must' || acked.lost > 0, 'a loss was not found'),
    ...unless(acked.duplicated === duplicates, `${acked.duplicated} duplicated, not ${duplicates}`),
    ...unless(acked.refused_applied === 0 && acked.unexpected === 0, 'a contradiction in what was read back'),
    ...unless(acked.reordered === 0, `${acked.reordered} out of order`),
  ]
}

function unless(holds: boolean, problem: string): string[] {
  return holds ? [] : [problem]
}
