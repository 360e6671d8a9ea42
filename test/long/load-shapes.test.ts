import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PhaseResult, RunResult } from '../../src/model/result.ts'
import { command, folder, run } from '../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'

let server: TestServer
let target: string[]
beforeAll(async () => {
  server = await startRedis()
  target = ['--port', String(server.port), '--warmup', '0']
})
afterAll(() => server.stop())

const flags = (text: string): string[] => [...target, ...text.split(' ')]

/** Every field of the phases that is a count, summed. */
function sumsOf(phases: readonly PhaseResult[]): Partial<Record<keyof PhaseResult, number>> {
  const names = ['scheduled', 'issued', 'ok', 'failed', 'indeterminate', 'dropped'] as const
  return Object.fromEntries(names.map((name) => [name, phases.reduce((sum, phase) => sum + phase[name], 0)]))
}

function totalsOf({ totals }: RunResult): ReturnType<typeof sumsOf> {
  const { scheduled, issued, ok, failed, indeterminate } = totals
  const dropped = totals.dropped_max_in_flight + totals.dropped_generator_late
  return { scheduled, issued, ok, failed, indeterminate, dropped }
}

describe('a ramp', () => {
  it('has the arrivals of the integral, in all and at every moment', async () => {
    const { code, result } = await run(
      flags('--target-ops-per-second 1000 --ramp-up 2s --duration 3 --threads 2'),
    )
    expect(code).toBe(0)
    expect(result.totals.scheduled).toBe(2000)
    expect(result.phases.map(({ name, times, target_ops_per_second: rate }) => [name, times, rate])).toEqual([
      ['ramp', 1, 500],
      ['steady', 1, 1000],
    ])
    let scheduled = 0
    for (const interval of result.intervals) {
      scheduled += interval.scheduled
      const at = Math.min(3, interval.at_ms / 1000 - result.run_start)
      const integral = at <= 2 ? 250 * at ** 2 : 1000 + 1000 * (at - 2)
      // What 100 ms of a busy machine may hold up.
      expect(Math.abs(scheduled - integral)).toBeLessThan(100)
    }
    expect(result.intervals.map(({ phase }) => phase)).toEqual(['ramp', 'ramp', 'steady'])
  })
})

describe('a count', () => {
  it.each([
    ['an open loop', '--target-ops-per-second 5000 --threads 3 --clients 5', 1234],
    ['arrivals by chance', '--target-ops-per-second 5000 --arrivals poisson --threads 2', 1234],
    ['a closed loop', '--threads 3 --clients 7', 1234],
    ['pipelines, the last of which is not cut', '--pipeline-size 10 --threads 2', 1240],
  ])('is kept to the command by %s, and seen by the server', async (_, load, expected) => {
    const client = server.client()
    await client.config('RESETSTAT')
    const { code, result, stderr } = await run(flags(`${load} --count 1234`))
    expect(code).toBe(0)
    expect(result.end_reason).toBe('count')
    expect(result.totals).toMatchObject({ scheduled: expected, ok: expected })
    expect(result.measured_seconds).toBeLessThan(10)
    const counted = await client.info('commandstats')
    const calls = [...counted.matchAll(/cmdstat_(?:set|get):calls=(\d+)/g)].map(([, count]) => Number(count))
    const deleted = result.operations.find(({ operation }) => operation === 'DEL')?.count ?? 0
    expect(calls.reduce((sum, count) => sum + count, deleted)).toBe(expected)
    expect(stderr).not.toContain('"level":"error"')
  })

  it('ends by time when that comes first', async () => {
    const { result } = await run(flags('--target-ops-per-second 100 --count 1000 --duration 1'))
    expect(result).toMatchObject({ end_reason: 'duration', totals: { scheduled: 100 } })
  })
})

describe('phases', () => {
  it('on and off are in the result, add up exactly, and can be rebuilt from the journal', async () => {
    const journal = join(folder, 'phases.ndjson')
    const { result, stdout, stderr } = await run(
      flags(
        `--target-ops-per-second 2000 --on-time 600ms --off-time 400ms --duration 3 --journal ${journal}`,
      ),
    )
    expect(result.totals.scheduled).toBe(3600)
    expect(result.phases.map(({ name, times }) => [name, times])).toEqual([
      ['on', 3],
      ['off', 3],
    ])
    expect(sumsOf(result.phases)).toEqual(totalsOf(result))
    const [on, off] = result.phases
    expect(on!.target_ops_per_second).toBe(2000)
    expect(off!.target_ops_per_second).toBe(0)
    expect(on!.seconds + off!.seconds).toBeCloseTo(result.measured_seconds, 2)
    // A late look puts a few into the wrong phase.
    expect(off!.scheduled).toBeLessThan(on!.scheduled / 2)
    for (const { operation, count } of result.operations)
      expect(
        result.phases
          .flatMap(({ operations }) => operations)
          .filter((entry) => entry.operation === operation)
          .reduce((sum, entry) => sum + entry.count, 0),
      ).toBe(count)
    expect(stdout).toMatch(/^on +response +1\.8 +3 +2,000 /m)
    expect(stderr).toMatch(/measure +1\/3s +3\d% · on · /)
    const rebuilt = join(folder, 'rebuilt.json')
    expect((await command(['report', journal, '--output-file', rebuilt])).code).toBe(0)
    expect((JSON.parse(readFileSync(rebuilt, 'utf8')) as RunResult).phases).toEqual(result.phases)
  })

  it('a spike shows', async () => {
    const { result } = await run(
      flags(
        '--target-ops-per-second 100 --spike-every 1s --spike-duration 300ms --spike-rate 2000 --duration 2',
      ),
    )
    const [base, spike] = result.phases
    expect(result.totals.scheduled).toBe(2 * (70 + 600))
    expect(spike).toMatchObject({ name: 'spike', times: 2, target_ops_per_second: 2000 })
    expect(spike!.ops_per_second).toBeGreaterThan(4 * base!.ops_per_second)
  })

  it('of a closed loop change what is in flight', async () => {
    const { result } = await run(
      flags('--stages one:500ms:1c,none:500ms:0c,many:500ms:20c --think-time 20ms --clients 20 --threads 2'),
    )
    const [one, none, many] = result.phases
    expect(result.measured_seconds).toBe(1.5)
    // 25, 0 and 500 by computation, which is also the most that can be.
    expect(result.totals.ok).toBeLessThanOrEqual(26 + 520)
    expect(many!.ok).toBeGreaterThan(2 * one!.ok)
    expect(none!.ok).toBeLessThan(many!.ok / 2)
    expect(none!.target_ops_per_second).toBeNull()
    expect(sumsOf(result.phases)).toEqual(totalsOf(result))
  })
})

describe('time to think', () => {
  it('slows a closed loop down as computed', async () => {
    const { result, stdout } = await run(
      flags('--clients 4 --think-time 20ms..30ms --duration 2 --threads 2'),
    )
    // Nobody can be faster than 4 slots with 25 ms on average, 5 standard deviations of the mean of their times aside.
    expect(result.totals.ok).toBeLessThan(1.05 * 4 * (2000 / 25) + 4)
    expect(result.totals.ok).toBeGreaterThan(0.5 * 4 * (2000 / 25))
    expect(stdout).toContain('closed loop, 4 in flight, 20 to 30 ms to think')
  })
})

describe('a search by steps', () => {
  it('ends with the first step that does not hold, and names it', async () => {
    const { code, result, stdout } = await run(
      flags(
        '--step-from 100 --step-by 100000 --step-to 900100 --step-every 400ms --max-in-flight 20 --clients 2',
      ),
    )
    expect(code).toBe(0)
    expect(result.end_reason).toBe('step_search')
    const { held, failed } = result.step_search!
    const names = result.plan.load.stages.map(({ name }) => name)
    expect(names).toContain(failed!.phase)
    expect(held?.phase).toBe(names[names.indexOf(failed!.phase) - 1])
    expect(failed!.reason).toMatch(/arrivals dropped: \d+|were answered/)
    expect(result.measured_seconds).toBeLessThan(3)
    expect(stdout).toMatch(/^step search {3}\S.* did not: /m)
  })
})

describe('a shape that makes no sense', () => {
  it('is one clear line, and no load', async () => {
    const { code, stderr } = await command(['run', ...flags('--ramp-up 5s --on-time 5s --off-time 5s')])
    expect(code).toBe(2)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toContain('flag --on-time: load.on: on and off, and ramp as well')
    expect(stderr).not.toContain(' at ')
  })
})
