import { describe, expect, it } from 'vitest'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import type { RunResult } from '../../src/model/result.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import { limitOf } from '../../src/reports/limit.ts'
import { planOf } from '../support/plan.ts'
import { sampleRecord } from '../support/snapshot.ts'

const resultOf = (flags: Record<string, string>): RunResult =>
  buildResult(sampleRecord(planOf(flags).plan), RESULT_TOOLS)
const sent = { scheduled: 10_000, issued: 10_000, dropped_max_in_flight: 0, dropped_generator_late: 0 }
const some = resultOf({ 'load.clients': '8' })
const closed = { ...some, totals: { ...some.totals, ...sent } }
const open = { ...resultOf({ 'load.target_ops_per_second': '1000' }), totals: { ...closed.totals, ...sent } }
const busy = { ...open.generator, cpu_cores: 0.97 }

describe('what limited a run', () => {
  it('was the target, when all of it was sent', () => {
    expect(limitOf(open)).toEqual({
      by: 'target',
      because: '100 % of what was asked for was sent, 1,000 ops/s on average',
    })
  })

  it('was the server, when commands had to wait for answers', () => {
    const totals = { ...open.totals, issued: 8000, dropped_max_in_flight: 2000 }
    expect(limitOf({ ...open, totals })).toEqual({
      by: 'server',
      because: '2,000 of 10,000 commands were not sent, because 10,000 were waiting for answers',
    })
    expect(limitOf(closed)).toMatchObject({
      by: 'server',
      because: expect.stringMatching(
        /^8 in flight at most, each waiting for its answer \(median [\d.]+ ms\); the generator used 20.0 % of its CPU$/,
      ),
    })
  })

  it.each<[string, Partial<RunResult>, string]>([
    [
      'late',
      { totals: { ...open.totals, issued: 9900, dropped_generator_late: 100 } },
      'it was too late for 100 of 10,000 commands, which were never sent',
    ],
    ['busy', { generator: busy }, 'its load threads used 97.0 % of their CPU'],
    [
      'slow to start',
      { generator: { ...open.generator, start_lag: { ...open.generator.start_lag, p99_ms: 12 } } },
      'it started commands late (p99 12.00 ms)',
    ],
    [
      'held up',
      { generator: { ...open.generator, loop_delay: { ...open.generator.loop_delay, p99_ms: 25 } } },
      'its event loop was held up (p99 25.00 ms)',
    ],
  ])('was the generator, when it was %s', (_, change, because) => {
    expect(limitOf({ ...open, ...change })).toEqual({ by: 'generator', because })
  })

  it('was not the generator only because it spins', () => {
    expect(limitOf({ ...open, generator: { ...busy, pacing: 'precise' } }).by).toBe('target')
  })

  it('was the time to think, when that is longer than an answer takes', () => {
    const thinking = {
      ...closed,
      plan: { ...closed.plan, load: { ...closed.plan.load, think_time: { min_ms: 20, max_ms: 30 } } },
    }
    expect(limitOf({ ...thinking, median_latency_ms: 0.5 })).toMatchObject({ by: 'pauses' })
    expect(limitOf({ ...thinking, median_latency_ms: 100 })).toMatchObject({ by: 'server' })
  })

  it('is not known of a run that sent nothing', () => {
    expect(limitOf({ ...open, totals: { ...open.totals, issued: 0 } }).by).toBe('unknown')
  })
})
