import { describe, expect, it } from 'vitest'
import type { DisturbancesRecord } from '../../src/model/disturbance.ts'
import { describeDisturbances } from '../../src/reports/disturbances.ts'
import { disturbanceLines } from '../../src/reports/text-disturbances.ts'
import { BEGAN, disturb, faultOf, outageOf, play, quietPulse, trackerOf } from '../support/disturbances.ts'
import { sampleSnapshot } from '../support/snapshot.ts'

const linesOf = (record: DisturbancesRecord): string[] =>
  disturbanceLines(describeDisturbances(record, sampleSnapshot()))

function waves(count: number, lengthMillis: number): DisturbancesRecord {
  const tracker = trackerOf()
  play(tracker, [0, 5000])
  for (let wave = 0; wave < count; wave++) {
    const at = 5000 + wave * 5000
    disturb(tracker, faultOf('client-kill', at))
    tracker.outage(outageOf(at + 2, 300, { backoff_ms: 150, handshake_ms: 30 }))
    play(tracker, [at, at + 300], () => ({
      ok: 90,
      failed: 10,
      delayed: 2,
      errors: [['failed', 'not_writable', 10]],
      first_failure_ms: BEGAN + at + 3,
      first_success_ms: BEGAN + at + 8,
    }))
    play(tracker, [at + 300, at + lengthMillis])
  }
  return tracker.finish(BEGAN + 5000 * (count + 1), [])
}

describe('disturbanceLines', () => {
  it('are absent where nothing was disturbed', () => {
    expect(linesOf(trackerOf().finish(BEGAN, []))).toEqual([])
  })

  it('tell one at length', () => {
    expect(linesOf(waves(1, 5000))).toEqual([
      'disturbances  1: 1 client-kill',
      '              back to steady after each, after 302 ms at the latest',
      '              cost in all: 30 failed, 0 unknown, 0 dropped, 6 delayed',
      '              outside of them: 0 failed, 1 unknown, 3 dropped',
      '',
      '  #1 client-kill, 5 s into the measured time',
      '     noticed     2 ms after the fault, by a lost connection',
      '     connections 1 lost (1 closed) = 1 back + 0 still down',
      '     reconnected p50 300 ms, p95 300 ms, max 300 ms',
      '                 50 % of it backoff, 10 % handshake and LOADING',
      '     errors      from 3 ms on, first success after 8 ms',
      '                 30 connection_error not_writable (failed)',
      '     cost        30 failed, 0 unknown, 0 dropped, 6 delayed',
      '     steady      after 302 ms',
      '                 before: 1,000 ops/s, p99 up to 5 ms, delayed is over 10 ms',
    ])
  })

  it('show many in a table, and the worst at length; nothing is wider than a terminal', () => {
    const lines = linesOf(waves(30, 5000))
    expect(lines[0]).toBe('disturbances  30: 30 client-kill')
    expect(lines[5]).toBe('  #      at   began with  noticed  lost    back  steady  errors  delayed')
    expect(lines[6]).toBe('  1     5 s  client-kill     2 ms     1  300 ms  302 ms      30        6')
    expect(lines).toContain('  and 10 more that were shorter')
    expect(lines.filter((line) => /^ {2}#\d/.test(line)).map((line) => line.slice(0, 16))).toEqual([
      '  #1 client-kill',
    ])
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('say loudly what did not come to an end', () => {
    const tracker = trackerOf()
    play(tracker, [0, 5000])
    tracker.faultBegan({ ...faultOf('crash', 5000), node: null }, 1)
    tracker.pulse(quietPulse(5100, { ok: 0, down: 2, failed: 5, errors: [['failed', 'closed', 5]] }))
    const unfinished = [outageOf(5010, 90, { finished: false }), outageOf(5010, 90, { finished: false })]
    const lines = linesOf(tracker.finish(BEGAN + 5100, unfinished))
    expect(lines).toContain('              NOT BACK TO STEADY before the end')
    expect(lines).toContain('     connections 2 lost (2 closed) = 0 back + 2 STILL DOWN')
    expect(lines).toContain('     steady      NOT before the end')
  })

  it('say when it seemed over, and when nothing was noticed', () => {
    const tracker = trackerOf()
    play(tracker, [0, 5000])
    disturb(tracker, faultOf('cluster-failover', 5000))
    play(tracker, [5000, 6000])
    const lines = linesOf(tracker.finish(BEGAN + 6000, []))
    expect(lines).toContain('     noticed     no error, no loss')
    expect(lines).toContain('     steady      after 0 s, it seems; the run ended too soon to be sure')
  })
})
