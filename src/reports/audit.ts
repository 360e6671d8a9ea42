import type { PhaseSnapshot } from '../model/snapshot.ts'
import type { AuditCheck, AuditResult } from '../model/result.ts'
import type { RunRecord } from '../model/run-record.ts'
import { ackedWriteChecks } from './audit-acked-writes.ts'
import { messagingChecks } from './audit-messaging.ts'
import { countOutcomes } from './count-outcomes.ts'

const NO_END: AuditResult['server'] = {
  status: 'not_comparable',
  reason: 'the run did not come to its end, so the server was not asked',
  commands: [],
}

/** Share of a second's load that the threads may get done while their ledgers are being read; and at least so much. */
const READ_SECONDS = 0.1
const LEAST_SLACK = 10

/**
 * The equations that every run has to satisfy, to the unit. An audit that fails makes the result worthless, and says so.
 * The last numbers of a run that was killed were read while its threads went on writing: they may be apart by what
 * happened during the read.
 */
export function auditRecord(record: RunRecord): AuditResult {
  const { total, end } = record
  const slack = slackOf(record)
  const checks = [
    phaseCheck('measured phase', total.measure, slack),
    phaseCheck('warm-up', total.warmup, slack),
    settlementCheck(record),
    ...histogramChecks(record, slack),
    reconnectionCheck(record),
    ...(hasComeToItsEnd(record) ? [...messagingChecks(record), ...ackedWriteChecks(record)] : []),
  ]
  const server = end?.serverAudit ?? NO_END
  return { ok: checks.every(({ ok }) => ok) && server.status !== 'failed', checks, server }
}

function hasComeToItsEnd({ end }: RunRecord): boolean {
  return end !== undefined && end.reason !== 'thread_crashed'
}

function slackOf(record: RunRecord): number {
  if (hasComeToItsEnd(record)) return 0
  const { measureStartMillis, measureEndMillis, total } = record
  const seconds = Math.max(1, (measureEndMillis - measureStartMillis) / 1000)
  return Math.max(LEAST_SLACK, Math.ceil((total.measure.counters.scheduled / seconds) * READ_SECONDS))
}

function equal(name: string, left: number, right: number, sides: string, slack: number): AuditCheck {
  const difference = Math.abs(left - right)
  const note = difference === 0 ? '' : ` (${difference} apart, ${slack} allowed: read while the load went on)`
  return { name, ok: difference <= slack, detail: `${sides}${slack === 0 ? '' : note}` }
}

function phaseCheck(name: string, { counters }: PhaseSnapshot, slack: number): AuditCheck {
  const { scheduled, issued, dropped_max_in_flight: full, dropped_generator_late: late } = counters
  const dropped = full + late
  const sides = `${scheduled} = ${issued} + ${dropped}`
  return equal(`${name}: scheduled = issued + dropped`, scheduled, issued + dropped, sides, slack)
}

/** Without an end, commands that nobody settled are in flight by definition, so only the direction can be checked. */
function settlementCheck(record: RunRecord): AuditCheck {
  const { total, end } = record
  const issued = total.measure.counters.issued + total.warmup.counters.issued
  const measured = countOutcomes(total.measure)
  const warmup = countOutcomes(total.warmup)
  const ok = measured.ok + warmup.ok
  const failed = measured.failed + warmup.failed
  const indeterminate = measured.indeterminate + warmup.indeterminate
  const settled = ok + failed + indeterminate
  const name = 'issued = ok + failed + indeterminate + in flight at the end'
  if (end === undefined || !hasComeToItsEnd(record))
    return {
      name,
      ok: issued >= settled,
      detail: `${issued} = ${ok} + ${failed} + ${indeterminate} + ${issued - settled} (nobody was left to settle the last)`,
    }
  return {
    name,
    ok: issued === settled + end.inFlight,
    detail: `${issued} = ${ok} + ${failed} + ${indeterminate} + ${end.inFlight}`,
  }
}

/** Every settled command is in exactly one service histogram and, in an open loop, in one response histogram. */
function histogramChecks({ plan, total }: RunRecord, slack: number): AuditCheck[] {
  let settled = 0
  let timed = 0
  let responded = 0
  for (const series of [...total.measure.series, ...total.warmup.series]) {
    for (const { count } of series.outcomes) settled += count
    timed += series.serviceSuccess.count + series.serviceError.count
    responded += series.responseSuccess.count + series.responseError.count
  }
  const check = (kind: string, entries: number): AuditCheck =>
    equal(`settled = entries in the ${kind} histograms`, settled, entries, `${settled} = ${entries}`, slack)
  const service = check('service', timed)
  return plan.load.model === 'closed' ? [service] : [service, check('response', responded)]
}

/** Without an end, outages without a reconnection are unfinished by definition. */
function reconnectionCheck(record: RunRecord): AuditCheck {
  const { total, end } = record
  const { outages, reconnections, outages_superseded: superseded } = total.counters
  const open =
    end === undefined || !hasComeToItsEnd(record)
      ? Math.max(0, outages - reconnections - superseded)
      : end.unfinishedOutages.length
  const left = superseded === 0 ? '' : ` + ${superseded}`
  const sides = `${outages} = ${reconnections} + ${open}${left}`
  const name = `outages = reconnections + unfinished outages${superseded === 0 ? '' : ' + superseded ones'}`
  return equal(
    name,
    outages,
    reconnections + open + superseded,
    sides,
    hasComeToItsEnd(record) ? 0 : LEAST_SLACK,
  )
}
