import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DisturbanceCost } from '../../src/model/disturbance.ts'
import type { RunResult } from '../../src/model/result.ts'
import { command, folder, profile, run, startRun } from '../e2e/support/command-line.ts'
import { restartRedis, startRedis, type TestServer } from '../e2e/support/redis-server.ts'
import { pause } from '../e2e/support/until.ts'

let server: TestServer
let target: string[]
beforeEach(async () => {
  server = await startRedis()
  target = ['--port', String(server.port)]
})
afterEach(() => server.stop())

const LOAD = `load:
  target_ops_per_second: 1000
  clients: 20
  warmup: 1s
operations:
  - command: SET
  - command: GET
`

/** Costs of all disturbances and what is outside of them are the totals of the run, to the unit. */
function expectSums({ disturbances: { cost, outside, list }, totals, connections }: RunResult): void {
  const add = (name: keyof DisturbanceCost): number => (cost[name] ?? 0) + (outside[name] ?? 0)
  expect(add('failed')).toBe(totals.failed)
  expect(add('indeterminate')).toBe(totals.indeterminate)
  expect(add('dropped')).toBe(totals.dropped_max_in_flight + totals.dropped_generator_late)
  const sum = (part: 'lost' | 'reconnected' | 'still_down'): number =>
    list.reduce((all, one) => all + one.connections[part], 0)
  expect(sum('lost')).toBe(connections.drops)
  expect(sum('reconnected')).toBe(connections.reconnections)
  expect(sum('still_down')).toBe(connections.unfinished.length)
}

async function rebuild(
  journal: string,
): Promise<{ readonly code: number | null; readonly result: RunResult }> {
  const file = join(folder, 'rebuilt.json')
  const { code } = await command(['report', journal, '--output-file', file])
  return { code, result: JSON.parse(readFileSync(file, 'utf8')) as RunResult }
}

describe('waves of killed connections', () => {
  it('are one disturbance each, and what was expected of them is judged, from the journal as well', async () => {
    const faults = `faults:
  - kind: client-kill
    at: 4s
    every: 7s
    share: 50%
expect:
  - reconnection.p95 < 2s
  - reconnected_within: 2s
  - fault(client-kill).disturbances == 2
  - fault(client-kill, 2).outages == 10
  - outages.unfinished == 0
  - fault(client-kill).failed == 0
`
    const journal = join(folder, 'kill-waves.ndjson')
    const file = profile('kill-waves', LOAD + faults)
    const flags = ['-w', file, '--duration', '17900ms', '--journal', journal]
    const { code, result, stdout } = await run([...target, ...flags])
    expectSums(result)
    // A busy machine may stand still for half a second: that is a disturbance by itself.
    const list = result.disturbances.list.filter(({ cause }) => cause !== null)
    expect(list.map(({ cause }) => cause)).toEqual(['client-kill', 'client-kill'])
    for (const [index, one] of list.entries()) {
      expect(one.began_at_ms).toBe(result.faults[index]!.at_ms)
      expect(Math.abs(one.began_after_start_ms - (4000 + 7000 * index))).toBeLessThan(300)
      expect(one.detection_ms).toBeLessThan(500)
      expect(one.connections).toMatchObject({ lost: 10, reconnected: 10, still_down: 0 })
      // 50 ms of backoff and up to 50 ms of jitter, and a dial.
      expect(one.reconnection.p50_ms).toBeGreaterThanOrEqual(50)
      expect(one.reconnection.max_ms).toBeLessThan(1500)
      expect(one.backoff_share).toBeGreaterThan(0.05)
      expect(one.steady_before?.ops_per_second).toBeGreaterThan(800)
    }
    expect(result.expectations.map(({ expression, ok }) => [expression, ok])).toEqual([
      ['reconnection.p95 < 2s', true],
      ['reconnected_within <= 2s', true],
      ['fault(client-kill).disturbances == 2', true],
      ['fault(client-kill, 2).outages == 10', true],
      ['outages.unfinished == 0', true],
      ['fault(client-kill).failed == 0', list.every(({ cost }) => cost.failed === 0)],
    ])
    expect(code).toBe(result.expectations.every(({ ok }) => ok) ? 0 : 4)
    expect(stdout).toMatch(/^expected {6}/m)
    expect(stdout).toMatch(/^disturbances {2}\d: 2 client-kill/m)
    const rebuilt = await rebuild(journal)
    expect(rebuilt.code).toBe(code)
    expect(rebuilt.result.disturbances).toEqual(result.disturbances)
    expect(rebuilt.result.expectations).toEqual(result.expectations)
  })
})

describe('a server that', () => {
  it('stands still is noticed after the socket timeout, and its disturbance began with the silence', async () => {
    const file = profile('stands-still', LOAD)
    const flags = [
      '-w',
      file,
      '--duration',
      '13',
      '--socket-timeout',
      '1s',
      '--expect',
      'recovered_within: 1s',
    ]
    const running = startRun([...target, ...flags])
    await running.sawSecond(4)
    const stoppedAt = Date.now()
    server.signal('SIGSTOP')
    await pause(2500)
    server.signal('SIGCONT')
    const continuedAt = Date.now()
    const { code } = await running.ended
    const result = running.result()
    expectSums(result)
    expect(result.disturbances.list).toHaveLength(1)
    const [one] = result.disturbances.list
    expect(one!.cause).toBeNull()
    expect(Math.abs(one!.began_at_ms - stoppedAt)).toBeLessThan(1000)
    expect(one!.detection_from).toBe('last_reply')
    expect(one!.detection_ms).toBeGreaterThan(950)
    expect(one!.detection_ms).toBeLessThan(2500)
    expect(one!.connections.causes.map(({ code: cause }) => cause)).toContain('socket_timeout')
    // What is dialled while it stands still is accepted by the kernel and waits for an answer.
    const recoveredAt = one!.began_at_ms + one!.steady_after_ms!
    expect(recoveredAt).toBeGreaterThanOrEqual(continuedAt - 100)
    expect(recoveredAt).toBeLessThan(continuedAt + 2000)
    expect(one!.first_success_after_ms! + one!.began_at_ms).toBeGreaterThanOrEqual(continuedAt - 100)
    expect(code).toBe(4)
    expect(result.expectations[0]).toMatchObject({ expression: 'recovered_within <= 1s', ok: false })
    expect(result.expectations[0]!.actual).toBeCloseTo(one!.steady_after_ms! / 1000, 6)
  })

  it('is killed and comes back is one disturbance as long as it was away', async () => {
    const file = profile('killed', LOAD)
    const running = startRun([...target, '-w', file, '--duration', '13'])
    await running.sawSecond(4)
    const crashedAt = Date.now()
    await server.crash()
    await pause(1000)
    server = await restartRedis(server)
    const backAt = Date.now()
    await running.ended
    const result = running.result()
    expectSums(result)
    const [one, ...others] = result.disturbances.list
    expect(others).toEqual([])
    expect(Math.abs(one!.began_at_ms - crashedAt)).toBeLessThan(300)
    expect(one!.connections).toMatchObject({ lost: 20, reconnected: 20 })
    expect(one!.reconnection.max_ms).toBeGreaterThan(backAt - crashedAt - 300)
    expect(one!.steady_after_ms).toBeGreaterThanOrEqual(one!.reconnection.max_ms)
    expect(one!.steady_after_ms).toBeLessThan(backAt - crashedAt + 3000)
    expect(one!.cost.failed + one!.cost.indeterminate + one!.cost.dropped).toBeGreaterThan(0)
  })

  it('stays away is not recovered from, in the journal of a run that was killed as well', async () => {
    const file = profile('stays-away', LOAD)
    const journal = join(folder, 'stays-away.ndjson')
    const running = startRun([...target, '-w', file, '--duration', '60', '--journal', journal])
    await running.sawSecond(4)
    await server.crash()
    await pause(2500)
    running.child.kill('SIGKILL')
    await running.ended
    const { result } = await rebuild(journal)
    expect(result.partial).toBe(true)
    expect(result.disturbances.list).toHaveLength(1)
    expect(result.disturbances.list[0]).toMatchObject({
      cause: null,
      steady_after_ms: null,
      connections: { lost: 20, reconnected: 0, still_down: 20 },
    })
  })
})
