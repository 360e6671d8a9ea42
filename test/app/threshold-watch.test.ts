import { describe, expect, it } from 'vitest'
import { ThresholdWatch } from '../../src/app/threshold-watch.ts'
import { errorCodeIndex } from '../../src/model/error-codes.ts'
import { MEASURE } from '../../src/model/ledger.ts'
import { FAILED, OK } from '../../src/model/outcome.ts'
import { createLedger } from '../support/ledger.ts'
import { ServerSideTally } from '../../src/reports/server-side-tally.ts'
import { planOf } from '../support/plan.ts'
import { NO_STATE, rowOf } from '../support/server-side.ts'

function watchOf(thresholds: string): ThresholdWatch {
  return new ThresholdWatch(planOf({ 'load.target_ops_per_second': '10', thresholds }).plan)
}

const { ledger, read } = createLedger()
ledger.countPhase(MEASURE, 'dropped_max_in_flight', 4)
for (const micros of [100, 200, 5000]) ledger.record(MEASURE, 0, OK, 0, micros, 2 * micros)
ledger.record(MEASURE, 0, FAILED, errorCodeIndex('OOM'), 300, 600)
const snapshot = read(0)

describe('ThresholdWatch', () => {
  it('finds the first threshold that may end the run and is not met', () => {
    const watch = watchOf('failed < 1; error_rate < 50% abort; p50 < 300us abort; max < 10ms abort')
    expect(watch.missed(snapshot, 1000, [])).toEqual({
      expression: 'p50 < 300us',
      actual: 399.5,
    })
  })

  it('waits for the delay of each', () => {
    const watch = watchOf('failed < 1 abort after 3s; dropped == 0 abort after 2s')
    expect(watch.missed(snapshot, 1000, [])).toBeUndefined()
    expect(watch.missed(snapshot, 1999, [])).toEqual({ expression: 'dropped == 0', actual: 4 })
    expect(watch.missed(snapshot, 3000, [])).toEqual({ expression: 'failed < 1', actual: 1 })
  })

  it('leaves alone what may yet come true, and what has no data', () => {
    const watch = watchOf('ok == 5 abort; reconnection.p95 < 1ms abort; p99(SET) < 1us abort')
    expect(watch.missed(snapshot, 60_000, [])).toBeUndefined()
    expect(watchOf('ok == 2 abort').missed(snapshot, 1000, [])).toEqual({ expression: 'ok == 2', actual: 3 })
  })

  it('ends a run for what the servers say', () => {
    const tally = new ServerSideTally(1000)
    tally.add({ kind: 'state', state: NO_STATE })
    const watch = watchOf('server.evicted_keys < 5 abort; server.used_memory < 90% abort')
    const missed = (): unknown => watch.missed(snapshot, 1000, [], tally.guards)
    tally.add({ kind: 'row', server: 'a', row: rowOf({ evicted_keys: 4 }) })
    expect(missed()).toBeUndefined()
    tally.add({ kind: 'row', server: 'a', row: rowOf({ memory_used_bytes: 95, memory_max_bytes: 100 }) })
    expect(missed()).toEqual({ expression: 'server.used_memory < 90%', actual: 95 })
    tally.add({ kind: 'row', server: 'b', row: rowOf({ evicted_keys: 1 }) })
    expect(missed()).toEqual({ expression: 'server.evicted_keys < 5', actual: 5 })
  })

  it('does nothing without thresholds that may end the run', () => {
    expect(watchOf('failed < 1; dropped == 0').missed(snapshot, 60_000, [])).toBeUndefined()
  })

  it('judges a phase by its own numbers, and counts its delay from its beginning', () => {
    const { plan } = planOf({ thresholds: 'failed < 1 in steady abort after 2s; ok < 2 abort after 60s' })
    const watch = new ThresholdWatch(plan)
    const phase = (name: string, seconds: number) => ({ name, seconds, measure: snapshot.measure })
    expect(watch.missed(snapshot, 30_000, [])).toBeUndefined()
    expect(watch.missed(snapshot, 30_000, [phase('ramp', 9), phase('steady', 1)])).toBeUndefined()
    expect(watch.missed(snapshot, 30_000, [phase('ramp', 9), phase('steady', 2)])).toEqual({
      expression: 'failed < 1 in steady',
      actual: 1,
    })
  })
})
