import type { PhaseSnapshot } from '../model/snapshot.ts'
import type { AuditCheck, AuditResult } from '../model/result.ts'
import type { RunRecord } from '../model/run-record.ts'
import { countOutcomes } from './count-outcomes.ts'

const NO_END: AuditResult['server'] = {
  status: 'not_comparable',
  reason: 'the run did not come to its end, so the server was not asked',
  commands: [],
}

/** The equations that every run has to satisfy. An audit that fails makes the result worthless, and says so. */
export function auditRecord(record: RunRecord): AuditResult {
  const { total, end } = record
  const checks = [
    ...phaseChecks('measured phase', total.measure),
    ...phaseChecks('warm-up', total.warmup),
    settlementCheck(record),
    ...histogramChecks(record),
    reconnectionCheck(record),
  ]
  const server = end?.serverAudit ?? NO_END
  return { ok: checks.every(({ ok }) => ok) && server.status !== 'failed', checks, server }
}

function phaseChecks(name: string, { counters }: PhaseSnapshot): AuditCheck[] {
  const { scheduled, issued, dropped_max_in_flight: full, dropped_generator_late: late } = counters
  return [
    {
      name: `${name}: scheduled = issued + dropped`,
      ok: scheduled === issued + full + late,
      detail: `${scheduled} = ${issued} + ${full + late}`,
    },
  ]
}

/** Without an end, commands that nobody settled are in flight by definition, so only the direction can be checked. */
function settlementCheck({ total, end }: RunRecord): AuditCheck {
  const issued = total.measure.counters.issued + total.warmup.counters.issued
  const measured = countOutcomes(total.measure)
  const warmup = countOutcomes(total.warmup)
  const ok = measured.ok + warmup.ok
  const failed = measured.failed + warmup.failed
  const indeterminate = measured.indeterminate + warmup.indeterminate
  const settled = ok + failed + indeterminate
  const name = 'issued = ok + failed + indeterminate + in flight at the end'
  if (end === undefined || end.reason === 'thread_crashed')
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
function histogramChecks({ plan, total }: RunRecord): AuditCheck[] {
  let settled = 0
  let timed = 0
  let responded = 0
  for (const series of [...total.measure.series, ...total.warmup.series]) {
    for (const { count } of series.outcomes) settled += count
    timed += series.serviceSuccess.count + series.serviceError.count
    responded += series.responseSuccess.count + series.responseError.count
  }
  const service = {
    name: 'settled = entries in the service histograms',
    ok: settled === timed,
    detail: `${settled} = ${timed}`,
  }
  if (plan.load.model === 'closed') return [service]
  const name = 'settled = entries in the response histograms'
  return [service, { name, ok: settled === responded, detail: `${settled} = ${responded}` }]
}

function reconnectionCheck({ total, end }: RunRecord): AuditCheck {
  const { outages, reconnections } = total.counters
  const open =
    end === undefined || end.reason === 'thread_crashed'
      ? outages - reconnections
      : end.unfinishedOutages.length
  return {
    name: 'outages = reconnections + unfinished outages',
    ok: outages === reconnections + open && open >= 0,
    detail: `${outages} = ${reconnections} + ${open}`,
  }
}
