import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePulse, encodePulse } from '../../src/app/encode-pulse.ts'
import type { DisturbanceResult, DisturbancesRecord, Pulse } from '../../src/model/disturbance.ts'
import { describeDisturbances } from '../../src/reports/disturbances.ts'
import { BEGAN, disturb, faultOf, outageOf, play, quietPulse, trackerOf } from '../support/disturbances.ts'
import { sampleSnapshot } from '../support/snapshot.ts'

const lost = (count: number): Partial<Pulse> => ({
  ok: 100 - count,
  indeterminate: count,
  errors: [['indeterminate', 'max_retries', count]],
})

function only({ list }: DisturbancesRecord): DisturbanceResult {
  expect(list).toHaveLength(1)
  return list[0]!
}

describe('a fault that is told after what it did', () => {
  // Connections are down at 5.1 s and the first error was at 5.07 s. What the fault was comes when it has acted.
  function told(faultAt: number): DisturbanceResult {
    const tracker = trackerOf()
    play(tracker, [0, 5000])
    tracker.pulse(quietPulse(5100, { ...lost(7), down: 2, first_failure_ms: BEGAN + 5070 }))
    disturb(tracker, faultOf('proxy', faultAt))
    play(tracker, [5100, 12_000])
    return only(tracker.finish(BEGAN + 12_000, []))
  }

  it('is the cause when it is stamped before the first sign', () => {
    expect(told(5040)).toMatchObject({ cause: 'proxy', began_at_ms: BEGAN + 5040, detection_ms: 30 })
  })

  it('is not when the first sign came before it', () => {
    expect(told(5090)).toMatchObject({ cause: null, began_at_ms: BEGAN + 5070, fault_count: 1 })
  })
})

describe('a fault that closes connections', () => {
  // At 5.03 s two connections are killed; one is back at 5.36 s, the other at 5.61 s; all is well from then on.
  function history(): DisturbancesRecord {
    const tracker = trackerOf({ errorsAfterMillis: [4000, 5100, 6000] })
    play(tracker, [0, 5000])
    disturb(tracker, faultOf('client-kill', 5030))
    const failing = { failed: 20, ok: 60, dropped: 15, errors: [['failed', 'not_writable', 20]] } as const
    tracker.pulse(quietPulse(5100, { ...lost(7), down: 2, first_failure_ms: BEGAN + 5034 }))
    play(tracker, [5100, 5400], () => ({ ...failing, down: 2 }))
    tracker.outage(
      outageOf(5032, 328, { backoff_ms: 200, handshake_ms: 50, cause: 'closed', detection_ms: 3 }),
    )
    play(tracker, [5400, 5600], () => ({ ...failing, delayed: 4, down: 1, first_success_ms: BEGAN + 5450 }))
    tracker.outage(outageOf(5040, 572, { backoff_ms: 250, handshake_ms: 13, cause: 'ECONNRESET' }))
    tracker.pulse(quietPulse(5700, { ok: 105, delayed: 9, p99_ms: 400, p999_ms: 500 }))
    play(tracker, [5700, 6400], () => ({ p99_ms: 400, p999_ms: 500 }))
    play(tracker, [6400, 12_000])
    return tracker.finish(BEGAN + 12_000, [])
  }

  it('is told with each of its numbers', () => {
    expect(only(history())).toEqual({
      number: 1,
      began_at_ms: BEGAN + 5030,
      began_after_start_ms: 5030,
      cause: 'client-kill',
      faults: [faultOf('client-kill', 5030)],
      fault_count: 1,
      first_error_after_ms: 4,
      first_loss_after_ms: 2,
      detection_ms: 2,
      detection_from: 'fault',
      errors: [
        { outcome: 'failed', error_type: 'connection_error', code: 'not_writable', count: 100 },
        { outcome: 'indeterminate', error_type: 'connection_error', code: 'max_retries', count: 7 },
      ],
      connections: {
        lost: 2,
        reconnected: 2,
        superseded: 0,
        still_down: 0,
        causes: [
          { code: 'ECONNRESET', count: 1 },
          { code: 'closed', count: 1 },
        ],
        unfinished: [],
      },
      shard_outages: [],
      reconnection: { count: 2, p50_ms: 328, p95_ms: 572, max_ms: 572 },
      backoff_share: 0.5,
      handshake_share: 0.07,
      first_success_after_ms: 420,
      steady_before: {
        seconds: 4.9,
        ops_per_second: 1000,
        answered_low: 1,
        answered_high: 1,
        p50_ms: 1,
        p99_high_ms: 5,
        error_share_high: 0,
        delayed_above_ms: 10,
      },
      // When the last connection is back; pulses of a whole second are there to say so.
      steady_after_ms: 582,
      unconfirmed_after_ms: null,
      ended_at_ms: BEGAN + 5612,
      cost: { failed: 100, indeterminate: 7, dropped: 75, delayed: 17 },
    })
  })

  it('is in the sums, and errors are counted from an instant on', () => {
    const { count, left_out, kinds, cost, delayedOutside, errors_after } = history()
    expect({ count, left_out, cost, delayedOutside }).toEqual({
      count: 1,
      left_out: 0,
      cost: { failed: 100, indeterminate: 7, dropped: 75, delayed: 17 },
      delayedOutside: 0,
    })
    expect(kinds).toEqual([
      {
        kind: 'client-kill',
        count: 1,
        not_recovered: 0,
        recovery_max_ms: 582,
        detection_max_ms: 2,
        reconnection_max_ms: 572,
        lost: 2,
        still_down: 0,
        failed: 100,
        indeterminate: 7,
        dropped: 75,
        delayed: 17,
      },
    ])
    expect(errors_after).toEqual([
      { after_ms: 4000, count: 107 },
      { after_ms: 5100, count: 100 },
      { after_ms: 6000, count: 0 },
    ])
  })

  it('that changes nothing is recovered from at once', () => {
    const tracker = trackerOf()
    play(tracker, [0, 5000])
    disturb(tracker, faultOf('cluster-failover', 5000))
    play(tracker, [5000, 8000])
    expect(only(tracker.finish(BEGAN + 8000, []))).toMatchObject({
      detection_ms: null,
      first_error_after_ms: null,
      steady_after_ms: 0,
      cost: { failed: 0, indeterminate: 0, dropped: 0, delayed: 0 },
    })
  })

  it('is not over as long as it is in force, and not for two seconds after', () => {
    const tracker = trackerOf()
    play(tracker, [0, 5000])
    tracker.faultBegan(faultOf('maxclients', 5000), 7)
    play(tracker, [5000, 9000])
    tracker.faultEnded(7, BEGAN + 9000)
    tracker.pulse(quietPulse(9100, lost(3)))
    play(tracker, [9100, 15_000])
    expect(only(tracker.finish(BEGAN + 15_000, []))).toMatchObject({
      steady_after_ms: 4100,
      cost: { indeterminate: 3 },
    })
  })

  it('too near the end is not called over', () => {
    const tracker = trackerOf()
    play(tracker, [0, 5000])
    disturb(tracker, faultOf('client-kill', 5000))
    tracker.pulse(quietPulse(5100, lost(3)))
    play(tracker, [5100, 7000])
    play(tracker, [7000, 9000], () => ({ draining: true, scheduled: 0, ok: 0 }))
    expect(only(tracker.finish(BEGAN + 7000, []))).toMatchObject({
      steady_after_ms: null,
      unconfirmed_after_ms: 100,
      ended_at_ms: BEGAN + 7000,
      cost: { indeterminate: 3 },
    })
  })

  it('that comes while another is felt belongs to the same disturbance', () => {
    const tracker = trackerOf()
    play(tracker, [0, 5000])
    disturb(tracker, faultOf('client-kill', 5000))
    tracker.pulse(quietPulse(5100, lost(3)))
    play(tracker, [5100, 6500])
    disturb(tracker, faultOf('pause', 6500))
    tracker.pulse(quietPulse(6600, lost(4)))
    play(tracker, [6600, 12_000])
    disturb(tracker, faultOf('pause', 12_000))
    play(tracker, [12_000, 15_000])
    const { list, kinds } = tracker.finish(BEGAN + 15_000, [])
    expect(
      list.map(({ cause, fault_count, steady_after_ms }) => [cause, fault_count, steady_after_ms]),
    ).toEqual([
      ['client-kill', 2, 1600],
      ['pause', 1, 0],
    ])
    expect(kinds.map(({ kind, count, indeterminate }) => [kind, count, indeterminate])).toEqual([
      ['client-kill', 1, 7],
      ['pause', 2, 7],
    ])
  })

  it('that is told late is still the cause of what came before the news', () => {
    const tracker = trackerOf()
    play(tracker, [0, 5000])
    tracker.pulse(quietPulse(5100, { ...lost(3), first_failure_ms: BEGAN + 5042 }))
    disturb(tracker, faultOf('client-kill', 5040))
    play(tracker, [5100, 9000])
    expect(only(tracker.finish(BEGAN + 9000, []))).toMatchObject({
      cause: 'client-kill',
      began_after_start_ms: 5040,
      first_error_after_ms: 2,
      detection_ms: 2,
      cost: { indeterminate: 3 },
    })
  })

  it('right at the start is compared with what was due', () => {
    const tracker = trackerOf()
    play(tracker, [0, 500])
    disturb(tracker, faultOf('pause', 500))
    play(tracker, [500, 1500], () => ({ ok: 0 }))
    play(tracker, [1500, 6000], () => ({ p99_ms: 800 }))
    expect(only(tracker.finish(BEGAN + 6000, []))).toMatchObject({
      steady_before: null,
      steady_after_ms: 1000,
    })
  })
})

describe('without a fault', () => {
  it('a loss begins a disturbance, detected from the last good reply on', () => {
    const tracker = trackerOf()
    play(tracker, [0, 5000])
    tracker.pulse(quietPulse(5100, { down: 1 }))
    play(tracker, [5100, 5300], () => ({ down: 1 }))
    tracker.outage(outageOf(5020, 300, { detection_ms: 1000, cause: 'socket_timeout' }))
    play(tracker, [5300, 9000])
    expect(only(tracker.finish(BEGAN + 9000, []))).toMatchObject({
      cause: null,
      began_after_start_ms: 5020,
      detection_ms: 1000,
      detection_from: 'last_reply',
      connections: { lost: 1, reconnected: 1 },
      steady_after_ms: 300,
    })
  })

  it('errors begin one where there were none, and where there were few', () => {
    const few = (at: number): Partial<Pulse> => (at % 1000 === 0 ? lost(2) : {})
    const tracker = trackerOf()
    play(tracker, [0, 6000], few)
    tracker.pulse(quietPulse(6100, { ...lost(30), first_failure_ms: BEGAN + 6033 }))
    play(tracker, [6100, 12_000], few)
    expect(only(tracker.finish(BEGAN + 12_000, []))).toMatchObject({
      began_after_start_ms: 6033,
      steady_after_ms: 67,
      steady_before: { error_share_high: 0.002 },
    })
  })

  it('half a second without an answer is one, from its beginning on', () => {
    const tracker = trackerOf()
    play(tracker, [0, 5000])
    play(tracker, [5000, 7000], () => ({ ok: 0, dropped: 30 }))
    play(tracker, [7000, 10_000])
    expect(only(tracker.finish(BEGAN + 10_000, []))).toMatchObject({
      began_after_start_ms: 5000,
      detection_ms: null,
      steady_after_ms: 2000,
      cost: { dropped: 600 },
    })
  })

  it('noise, a pause of the load and its end are none', () => {
    const tracker = trackerOf()
    play(tracker, [0, 5000], (at) => ({ p99_ms: 5 + (at % 300) / 10 }))
    play(tracker, [5000, 8000], () => ({ scheduled: 0, ok: 0 }))
    play(tracker, [8000, 9000])
    play(tracker, [9000, 10_000], () => ({ scheduled: 0, ok: 0, draining: true }))
    expect(tracker.finish(BEGAN + 9000, []).count).toBe(0)
  })

  it('a closed loop is compared by its rate', () => {
    const tracker = trackerOf({ isOpenLoop: false })
    play(tracker, [0, 5000])
    disturb(tracker, faultOf('pause', 5000))
    play(tracker, [5000, 7000], () => ({ scheduled: 50, ok: 50 }))
    play(tracker, [7000, 10_000])
    expect(only(tracker.finish(BEGAN + 10_000, []))).toMatchObject({
      steady_after_ms: 2000,
      steady_before: { answered_low: 1000 },
    })
  })
})

describe('what does not come to an end', () => {
  const storm = (): ReturnType<typeof trackerOf> => {
    const tracker = trackerOf()
    play(tracker, [0, 5000])
    tracker.faultBegan(faultOf('crash', 5000), 1)
    play(tracker, [5000, 8000], () => ({
      ok: 0,
      failed: 100,
      errors: [['failed', 'not_writable', 100]],
      down: 50,
    }))
    return tracker
  }

  it('is listed with the connections that are still down, a few of them by name', () => {
    const tracker = storm()
    const unfinished = Array.from({ length: 50 }, (_, connection) =>
      outageOf(5001, 2999, { connection, finished: false }),
    )
    const one = only(tracker.finish(BEGAN + 8000, unfinished))
    expect(one).toMatchObject({
      steady_after_ms: null,
      unconfirmed_after_ms: null,
      connections: { lost: 50, reconnected: 0, still_down: 50 },
      reconnection: { count: 0 },
      backoff_share: null,
      first_success_after_ms: null,
      cost: { failed: 3000 },
    })
    expect(one.connections.unfinished).toHaveLength(20)
  })

  it('says how many were down when the run was killed', () => {
    expect(only(storm().finish(BEGAN + 8000, undefined)).connections).toMatchObject({
      lost: 50,
      still_down: 50,
    })
  })

  it('keeps the longest of many, and the sums of all', () => {
    const tracker = trackerOf()
    play(tracker, [0, 5000])
    for (let wave = 0; wave < 1200; wave++) {
      const at = 5000 + wave * 5000
      disturb(tracker, faultOf('client-kill', at))
      tracker.outage(outageOf(at, 100 + wave))
      play(tracker, [at, at + 200], () => lost(1))
      play(tracker, [at + 200, at + 5000])
    }
    const { count, list, left_out, cost, kinds } = tracker.finish(BEGAN + 6_005_000, [])
    expect([count, list.length, left_out]).toEqual([1200, 500, 700])
    expect(list[0]!.number).toBe(701)
    expect(cost.indeterminate).toBe(2400)
    expect(kinds[0]).toMatchObject({ count: 1200, lost: 1200, recovery_max_ms: 1299, indeterminate: 2400 })
  })
})

describe('all disturbances', () => {
  const anyPulse = fc.record({
    ok: fc.integer({ min: 0, max: 100 }),
    failed: fc.constantFrom(0, 0, 0, 5),
    indeterminate: fc.constantFrom(0, 0, 0, 2),
    dropped: fc.constantFrom(0, 0, 30),
    delayed: fc.constantFrom(0, 0, 4),
    down: fc.constantFrom(0, 0, 0, 3),
  })
  const anyStep = fc.record({
    pulse: anyPulse,
    /** How long it goes on like this. */
    times: fc.integer({ min: 1, max: 40 }),
    fault: fc.constantFrom(null, null, 'pause', 'client-kill'),
    outage: fc.constantFrom(null, null, 100, 4000),
  })

  type Step = typeof anyStep extends fc.Arbitrary<infer Value> ? Value : never
  /** Everything that a journal holds, in its order. */
  function playSteps(steps: readonly Step[], viaJournal: boolean): DisturbancesRecord {
    const tracker = trackerOf({ errorsAfterMillis: [3000] })
    play(tracker, [0, 3000])
    let at = 3000
    for (const { pulse, times, fault, outage } of steps) {
      if (fault !== null) disturb(tracker, faultOf(fault, at))
      if (outage !== null) tracker.outage(outageOf(Math.max(0, at - outage), outage))
      for (let time = 0; time < times; time++) {
        at += 100
        const errors = [
          ['failed', 'closed', pulse.failed],
          ['indeterminate', 'closed', pulse.indeterminate],
        ] as const
        const one = quietPulse(at, { ...pulse, errors: errors.filter(([, , count]) => count > 0) })
        tracker.pulse(viaJournal ? decodePulse(JSON.parse(JSON.stringify(encodePulse(one)))) : one)
      }
    }
    return tracker.finish(BEGAN + at, [])
  }
  const total = (steps: readonly Step[], name: 'failed' | 'indeterminate' | 'dropped' | 'delayed'): number =>
    steps.reduce((sum, { pulse, times }) => sum + times * pulse[name], 0)

  it('and what is outside of them are the totals, and each outage is in one', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 30 }), (steps) => {
        const { list, cost, delayedOutside, errors_after } = playSteps(steps, false)
        for (const name of ['failed', 'indeterminate', 'dropped', 'delayed'] as const) {
          const sum = list.reduce((all, one) => all + one.cost[name], 0)
          expect(cost[name]).toBe(sum)
          if (name === 'delayed') expect(sum + delayedOutside).toBe(total(steps, name))
          else expect(sum).toBeLessThanOrEqual(total(steps, name))
        }
        expect(list.reduce((all, { connections }) => all + connections.lost, 0)).toBe(
          steps.filter(({ outage }) => outage !== null).length,
        )
        expect(errors_after[0]!.count).toBe(total(steps, 'failed') + total(steps, 'indeterminate'))
        for (const { errors, cost: one } of list)
          expect(errors.reduce((all, { count }) => all + count, 0)).toBe(one.failed + one.indeterminate)
        for (const [index, one] of list.entries())
          if (index > 0) expect(one.began_at_ms).toBeGreaterThanOrEqual(list[index - 1]!.began_at_ms)
      }),
      { numRuns: 200 },
    )
  })

  it('are the same when they are read from a journal', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 20 }), (steps) => {
        expect(playSteps(steps, true)).toEqual(playSteps(steps, false))
      }),
      { numRuns: 100 },
    )
  })

  it('leave the rest of the totals outside', () => {
    const { delayedOutside, ...record } = playSteps([], false)
    const cost = { failed: 1, indeterminate: 0, dropped: 2, delayed: 5 }
    expect(describeDisturbances({ ...record, cost, delayedOutside: 7 }, sampleSnapshot()).outside).toEqual({
      failed: 0,
      indeterminate: 1,
      dropped: 1,
      delayed: 7,
    })
    expect(delayedOutside).toBe(0)
  })
})
