import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Redis } from 'ioredis'
import type { RunResult } from '../../src/model/result.ts'
import { startRun } from '../e2e/support/command-line.ts'
import { startSentinels, type TestSentinels } from '../e2e/support/redis-sentinel.ts'
import { until } from '../e2e/support/until.ts'

const CLIENTS = 4
let watched: TestSentinels
let first: string
let second: string
beforeEach(async () => {
  watched = await startSentinels({ replicas: 1 })
  ;[first, second] = watched.servers.map(({ port }) => `127.0.0.1:${port}`) as [string, string]
})
afterEach(() => watched.stop())

function load(seconds: number, ...more: readonly string[]): readonly string[] {
  const rate = ['--target-ops-per-second', '500', '--duration', String(seconds), '--warmup', '0']
  return ['--sentinels', watched.sentinels.join(','), ...rate, '--clients', String(CLIENTS), ...more]
}

async function failOver(): Promise<void> {
  const [host, port] = watched.sentinels[0]!.split(':') as [string, string]
  const sentinel = new Redis(Number(port), host)
  await sentinel.call('SENTINEL', 'FAILOVER', 'mymaster')
  sentinel.disconnect()
}

/** When the first Sentinel names another master, milliseconds since the epoch. */
async function switched(): Promise<number> {
  await until('the Sentinels have a new master', async () => (await watched.master()) === second)
  return Date.now()
}

/** What holds whatever happened. */
function expectWhole(result: RunResult): void {
  const { totals, connections, audit } = result
  expect(audit.checks.filter(({ ok }) => !ok)).toEqual([])
  expect(totals.scheduled).toBe(totals.issued + totals.dropped_max_in_flight + totals.dropped_generator_late)
  expect(totals.issued).toBe(totals.ok + totals.failed + totals.indeterminate + totals.in_flight_at_end)
  expect(connections.drops).toBe(connections.reconnections + connections.unfinished.length)
  expect(connections.unfinished).toEqual([])
  // All of them went over, each once.
  expect(connections.moves).toMatchObject([{ from: first, to: second, connections: CLIENTS }])
  expect(connections.outages.filter(({ from, to }) => from === first && to === second)).toHaveLength(CLIENTS)
  expect(connections.sentinel_errors).toEqual([])
  // Attempts that failed are those that failed in a phase.
  const failed = connections.phases.reduce((sum, phase) => sum + phase.failed.count, 0)
  expect(failed).toBe(connections.attempts_failed)
  expect(audit.server.status).toBe('not_comparable')
  expect(audit.server.reason).toBe(
    `the server changed during the run (failover): it was ${first} and is ${second}`,
  )
}

describe('SENTINEL FAILOVER', () => {
  async function stay(...flags: readonly string[]): Promise<{ millis: number; result: RunResult }> {
    const running = startRun(load(18, ...flags))
    await running.sawSecond(2)
    await failOver()
    const switchedAt = await switched()
    const { code } = await running.ended
    expect(code).toBe(0)
    const result = running.result()
    expectWhole(result)
    return { millis: result.connections.moves[0]!.last_ready_at_ms - switchedAt, result }
  }

  it("is noticed late with ioredis' default, and without an error", async () => {
    const { millis, result } = await stay()
    // The old master is told of its role, and closes its connections, ten seconds after the switch.
    expect(millis).toBeGreaterThan(3000)
    expect(result.plan.target.sentinel.failover_detector).toBe(false)
  })

  it('is noticed at once with the failover detector', async () => {
    const { millis, result } = await stay('--failover-detector')
    expect(millis).toBeLessThan(1500)
    expect(result.connections.drop_causes).toEqual([{ code: 'closed', count: CLIENTS }])
  })
})

describe('a master that dies', () => {
  it('is waited for until there is another one; each outage has its whole length', async () => {
    const running = startRun(load(12))
    await running.sawSecond(2)
    const killedAt = Date.now()
    await watched.servers[0]!.crash()
    const switchedAt = await switched()
    const { code } = await running.ended
    expect(code).toBe(0)
    const result = running.result()
    expectWhole(result)
    // Every Sentinel answered every time.
    expect(result.connections.phases[0]).toMatchObject({ phase: 'sentinel', failed: { count: 0 } })
    expect(result.connections.reconnection.min_ms).toBeGreaterThan(switchedAt - killedAt - 500)
    expect(result.connections.reconnection.max_ms).toBeLessThan(switchedAt - killedAt + 4000)
    expect(result.connections.attempt_errors.map(({ code: name }) => name)).toContain('ECONNREFUSED')
    expect(result.intervals.at(-1)!.ok).toBeGreaterThan(300)
  })
})

describe('a master that freezes', () => {
  async function freeze(...flags: readonly string[]): Promise<{ millis: number; result: RunResult }> {
    const running = startRun(load(14, ...flags))
    await running.sawSecond(2)
    watched.servers[0]!.signal('SIGSTOP')
    const switchedAt = await switched()
    const { code } = await running.ended
    watched.servers[0]!.signal('SIGCONT')
    expect(code).toBe(0)
    const result = running.result()
    expectWhole(result)
    return { millis: result.connections.moves[0]!.last_ready_at_ms - switchedAt, result }
  }

  it('is left when its silence has lasted long enough', async () => {
    const { millis, result } = await freeze('--socket-timeout', '6s', '--command-timeout', '1s')
    expect(millis).toBeGreaterThan(1000)
    expect(result.connections.drop_causes).toEqual([{ code: 'socket_timeout', count: CLIENTS }])
  })

  it('is left when the Sentinels have another one, with the failover detector', async () => {
    const { millis } = await freeze(
      ...['--socket-timeout', '6s', '--command-timeout', '1s', '--failover-detector'],
    )
    expect(millis).toBeLessThan(1500)
  })
})
