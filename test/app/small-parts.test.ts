import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CleanupStack } from '../../src/app/cleanup-stack.ts'
import { EventOutbox } from '../../src/app/event-outbox.ts'
import { everySecond } from '../../src/app/every-second.ts'
import { keyPrefixOf, pacingOf, unitsPerSecondOf } from '../../src/app/run-plan-parts.ts'
import { threadCpuMicros } from '../../src/app/thread-cpu.ts'
import { monotonicMillis, takeTimeAnchor, threadTime } from '../../src/app/thread-time.ts'
import type { Outage } from '../../src/model/connection-event.ts'
import { createLedger } from '../support/ledger.ts'
import { planOf } from '../support/plan.ts'

describe('CleanupStack', () => {
  it('undoes everything, the newest first, whatever fails on the way', async () => {
    const warned: string[] = []
    const log = {
      debug() {},
      info() {},
      error() {},
      warn: (_: object, message: string) => void warned.push(message),
    }
    const stack = new CleanupStack(log)
    const undone: string[] = []
    stack.add('close the first', () => void undone.push('first'))
    stack.add('close the second', () => Promise.reject(new Error('no')))
    stack.add('close the third', async () => {
      await Promise.resolve()
      undone.push('third')
    })
    await stack.run()
    expect(undone).toEqual(['third', 'first'])
    expect(warned).toEqual(['could not close the second'])
    await stack.run()
    expect(undone).toHaveLength(2)
  })
})

describe('everySecond', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('keeps to the second, also after a call that came late', async () => {
    const startedAt = Date.now()
    const calls: number[] = []
    const stop = everySecond(
      startedAt + 250,
      () => Date.now(),
      () => {
        calls.push(Date.now() - startedAt)
        if (calls.length === 2) vi.setSystemTime(Date.now() + 1300)
      },
    )
    await vi.advanceTimersByTimeAsync(5000)
    stop()
    await vi.advanceTimersByTimeAsync(5000)
    expect(calls).toEqual([250, 1250, 3250, 4250, 5250, 6250])
  })
})

describe('time', () => {
  it('is the same for all threads, and tied to the wall clock once', () => {
    const anchor = takeTimeAnchor()
    const time = threadTime(anchor)
    expect(Math.abs(time.toEpochMillis(performance.now()) - Date.now())).toBeLessThan(50)
    const monotonic = monotonicMillis()
    expect(
      Math.abs(
        time.toEpochMillis(time.fromMonotonic(monotonic)) -
          (anchor.epochMillis + monotonic - anchor.monotonicMillis),
      ),
    ).toBeLessThan(0.01)
  })
})

describe('threadCpuMicros', () => {
  it('grows with work', () => {
    const begin = performance.now()
    const before = threadCpuMicros()
    const used = () => threadCpuMicros() - before
    // On a busy machine a thread waits longer for its share than for the time it takes.
    while (used() < 20_000 && performance.now() - begin < 4000);
    expect(used()).toBeGreaterThanOrEqual(20_000)
    // The system counts in ticks of 10 ms.
    expect(used()).toBeLessThanOrEqual((performance.now() - begin) * 1000 + 20_000)
  })
})

describe('EventOutbox', () => {
  it('hands everything on once, and counts what does not fit', () => {
    const { ledger, read } = createLedger()
    const outbox = new EventOutbox(ledger, (at) => at)
    for (let event = 0; event < 5003; event++) outbox.outage({} as Outage)
    expect(outbox.take().outages).toHaveLength(5000)
    expect(outbox.take().outages).toHaveLength(0)
    expect(read().counters.events_dropped).toBe(3)
  })

  it('wants the first findings only', () => {
    const outbox = new EventOutbox(createLedger().ledger, (at) => at)
    let taken = 0
    for (let found = 0; found < 50; found++) {
      if (outbox.wantsFindings)
        outbox.finding({ verdict: 'stale', key: 'k', at_least: 2, got: 'sequence 1', at_ms: found })
      if (found % 7 === 0) taken += outbox.take().findings.length
    }
    expect(taken + outbox.take().findings.length).toBe(20)
  })
})

describe('what follows from a plan', () => {
  it('has keys that no other run has', () => {
    const { plan } = planOf({ 'identity.run_id': 'r', 'identity.instance_id': 'i', 'keys.prefix': 'p' })
    expect(keyPrefixOf(plan)).toMatch(/^p:[0-9a-f]{8}$/)
    expect(
      keyPrefixOf(planOf({ 'identity.run_id': 'r', 'identity.instance_id': 'i', 'keys.prefix': 'p' }).plan),
    ).toBe(keyPrefixOf(plan))
    expect(
      keyPrefixOf(planOf({ 'identity.run_id': 'r', 'identity.instance_id': 'j', 'keys.prefix': 'p' }).plan),
    ).not.toBe(keyPrefixOf(plan))
  })

  it('counts a target in commands and arrivals in units', () => {
    expect(
      unitsPerSecondOf(planOf({ 'load.target_ops_per_second': '1000', 'pipeline.size': '10' }).plan),
    ).toBe(100)
  })

  it('does not pace a closed loop', () => {
    expect(pacingOf(planOf({ 'load.pacing': 'precise' }).plan)).toBe('economical')
    expect(pacingOf(planOf({ 'load.pacing': 'precise', 'load.target_ops_per_second': '1' }).plan)).toBe(
      'precise',
    )
  })
})
