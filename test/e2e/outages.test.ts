import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { decodeHdr } from '../../src/ledger/hdr.ts'
import type { RunResult } from '../../src/model/result.ts'
import { startSilentPort } from './support/collector.ts'
import { profile, run, startRun } from './support/command-line.ts'
import { restartRedis, startRedis, type TestServer } from './support/redis-server.ts'
import { pause } from './support/until.ts'

let server: TestServer
let target: string[]
beforeEach(async () => {
  server = await startRedis('--hz', '500')
  target = ['--port', String(server.port)]
})
afterEach(() => server.stop())

const WAVES = `operations:
  - command: SET
  - command: GET
faults:
  - kind: client-kill
    at: 500ms
    every: 500ms
    share: 100%
`

/** What the audit checks as well, spelled out. */
function expectEquations({ totals }: RunResult): void {
  const { scheduled, issued, dropped_max_in_flight, dropped_generator_late } = totals
  expect(scheduled).toBe(issued + dropped_max_in_flight + dropped_generator_late)
  expect(issued).toBe(totals.ok + totals.failed + totals.indeterminate + totals.in_flight_at_end)
}

describe('connections that are killed', () => {
  it('fail fast in the preset measure: what was lost is lost, and the server saw no more than that', async () => {
    const file = profile('measure-kills', `load:\n  clients: 10\n  concurrency: 40\n${WAVES}`)
    const { code, result } = await run([...target, '-w', file, '--duration', '2', '--warmup', '0'])
    expect(code).toBe(0)
    expectEquations(result)
    expect(result.totals.indeterminate).toBeGreaterThan(0)
    expect(result.connections.resent_commands).toBe(0)
    expect(result.connections.offline_queued_commands).toBe(0)
    expect(result.audit.server.status).toBe('ok')
    for (const { server: seen, at_least, at_most } of result.audit.server.commands) {
      expect(seen).toBeGreaterThanOrEqual(at_least)
      expect(seen).toBeLessThanOrEqual(at_most!)
    }
    const killed = result.faults.reduce((sum, { connections }) => sum + connections, 0)
    expect(killed).toBe(30)
    expect(result.connections.drops).toBe(30)
    // A request that meets a closed socket is answered with a reset.
    const causes = result.connections.drop_causes.map(({ code: name }) => name)
    expect(causes.filter((name) => !['closed', 'ECONNRESET', 'EPIPE'].includes(name))).toEqual([])
    expect(result.connections.drop_causes.reduce((sum, { count }) => sum + count, 0)).toBe(30)
    expect(result.reconnection_count + result.connections.unfinished.length).toBe(30)
    // An outage is its detection, its backoff (50 ms plus up to 50 ms of jitter) and a dial.
    expect(result.connections.backoff.min_ms).toBeGreaterThanOrEqual(50)
    expect(result.connections.backoff.max_ms).toBeLessThan(150)
    expect(result.connections.reconnection.min_ms).toBeGreaterThanOrEqual(50)
  })

  it('are hidden by ioredis in the preset as-app, and what can be seen of it is counted', async () => {
    const file = profile('as-app-kills', `load:\n  clients: 10\n  concurrency: 40\n${WAVES}`)
    const { code, result, stdout } = await run([
      ...[...target, '-w', file, '--duration', '2', '--warmup', '0', '--preset', 'as-app'],
    ])
    expect(code).toBe(0)
    expectEquations(result)
    expect(result.totals.failed + result.totals.indeterminate).toBe(0)
    expect(result.connections.resent_commands).toBeGreaterThan(0)
    expect(result.audit.server.status).toBe('ok')
    const seen = result.audit.server.commands.reduce((sum, entry) => sum + entry.server, 0)
    expect(seen).toBeGreaterThanOrEqual(result.totals.ok)
    expect(seen).toBeLessThanOrEqual(result.totals.ok + result.connections.resent_commands)
    expect(stdout).toMatch(/preset\s+as-app/)
    expect(stdout).toMatch(/[1-9]\d* commands sent again by the client/)
  })
})

describe('a server that is away', () => {
  it('is waited for; the outage has its whole length, and the server is not compared with', async () => {
    const running = startRun([
      ...[...target, '--target-ops-per-second', '500', '--duration', '4', '--warmup', '0', '--clients', '4'],
    ])
    await running.sawSecond(1)
    await server.stop()
    const downAt = performance.now()
    await running.saw(/0\/4 connections/)
    server = await restartRedis(server)
    const downMillis = performance.now() - downAt
    const { code } = await running.ended
    const result = running.result()
    expect(code).toBe(0)
    expectEquations(result)
    expect(result.reconnection_count).toBe(4)
    expect(result.connections.attempts_failed).toBeGreaterThan(0)
    expect(result.connections.attempt_errors.map(({ code: name }) => name)).toContain('ECONNREFUSED')
    expect(result.connections.reconnection.max_ms).toBeGreaterThan(0.8 * downMillis)
    expect(result.totals.failed).toBeGreaterThan(0)
    expect(result.intervals.at(-1)!.ok).toBeGreaterThan(0)
    expect(result.audit.server).toMatchObject({
      status: 'not_comparable',
      reason: 'the server restarted during the run',
    })
  })

  it('may freeze: drops are counted, deadlines hold, and the run recovers', async () => {
    const running = startRun([
      ...[
        ...target,
        '--target-ops-per-second',
        '1000',
        '--duration',
        '5',
        '--warmup',
        '0',
        '--max-in-flight',
        '100',
      ],
      ...['--command-timeout', '300ms', '--socket-timeout', '600ms', '--connect-timeout', '1s'],
    ])
    await running.sawSecond(1)
    server.signal('SIGSTOP')
    await running.sawSecond(3)
    server.signal('SIGCONT')
    const { code } = await running.ended
    const result = running.result()
    expect(code).toBe(0)
    expectEquations(result)
    expect(result.totals.scheduled).toBe(5000)
    expect(result.totals.dropped_max_in_flight).toBeGreaterThan(0)
    const errors = result.operations.flatMap((operation) => operation.errors)
    expect(
      new Set(
        errors.filter(({ outcome }) => outcome === 'indeterminate').map(({ error_type }) => error_type),
      ),
    ).toContain('timeout')
    expect(result.connections.drop_causes.map(({ code: name }) => name)).toContain('socket_timeout')
    // Frozen from within the second interval to the end of the third.
    expect(result.intervals[2]!.ok).toBeLessThan(100)
    expect(result.intervals.at(-1)!.ok).toBeGreaterThan(500)
    expect(result.audit.ok).toBe(true)
    for (const { response } of result.operations) expect(response!.error.max_ms).toBeLessThan(1500)
  })
})

describe('CLIENT PAUSE', () => {
  // Measured against a clock of the test's own: on a machine that is busy with other things this may take another try.
  it('gives the response times that one computes on paper', { retry: 2 }, async () => {
    const file = profile('paper', 'operations:\n  - command: GET\n')
    const load = ['--target-ops-per-second', '1000', '--duration', '10', '--warmup', '500ms']
    const running = startRun([...target, '-w', file, ...load])
    await running.sawSecond(3)
    const client = server.client()
    await client.ping()
    const pausedAt = performance.now()
    await client.call('CLIENT', 'PAUSE', '1000', 'ALL')
    await client.ping()
    const pauseMillis = performance.now() - pausedAt
    expect(pauseMillis).toBeGreaterThan(990)
    expect((await running.ended).code).toBe(0)
    const [get] = running.result().operations
    expect(get!.count).toBe(10_000)
    const response = get!.response!.success
    // One arrival a millisecond; those that are due in the pause wait for its end. So the largest response time is the
    // pause, the k-th largest is k ms less, and all of them together wait for the area of a triangle.
    const distribution = decodeHdr(response.hdr)
    for (const quantile of [0.95, 0.96, 0.97, 0.98, 0.99, 0.995, 0.999, 1]) {
      const onPaper = pauseMillis - (1 - quantile) * 10_000
      const measured = distribution.quantile(quantile) / 1000
      expect(measured / onPaper).toBeGreaterThan(0.98)
      expect(measured / onPaper).toBeLessThan(1.02)
    }
    const waited = (response.mean_ms - response.p50_ms) * 10_000
    // Whatever else stalls in ten seconds is in the mean as well.
    expect(waited / (pauseMillis ** 2 / 2)).toBeGreaterThan(0.98)
    expect(waited / (pauseMillis ** 2 / 2)).toBeLessThan(1.1)
    expect(response.p50_ms).toBeLessThan(5)
  })
})

describe('a signal', () => {
  it('ends a run in time with its full report, though Redis and the collector are frozen', async () => {
    const silent = await startSilentPort()
    try {
      const running = startRun([
        ...[...target, '--target-ops-per-second', '1000', '--duration', '60', '--warmup', '0'],
        ...['--otel-endpoint', `http://127.0.0.1:${silent.port}`, '--otel-export-interval', '1000'],
      ])
      await running.sawSecond(1)
      server.signal('SIGSTOP')
      await running.sawSecond(2)
      const toldAt = performance.now()
      running.child.kill('SIGINT')
      const { code, stdout } = await running.ended
      expect(performance.now() - toldAt).toBeLessThan(5000)
      expect(code).toBe(130)
      const result = running.result()
      expect(result.end_reason).toBe('signal')
      expect(result.partial).toBe(false)
      expectEquations(result)
      expect(result.totals.ok).toBeGreaterThan(900)
      expect(result.audit.ok).toBe(true)
      expect(result.audit.server.status).toBe('not_comparable')
      expect(stdout).toContain('audit')
    } finally {
      silent.stop()
    }
  })

  it('that comes twice is obeyed at once', async () => {
    const running = startRun([
      ...target,
      '--target-ops-per-second',
      '1000',
      '--duration',
      '60',
      '--warmup',
      '0',
    ])
    await running.sawSecond(1)
    server.signal('SIGSTOP')
    await pause(100)
    running.child.kill('SIGTERM')
    await running.saw(/SIGTERM: ending the load/)
    const toldAt = performance.now()
    running.child.kill('SIGINT')
    expect((await running.ended).code).toBe(130)
    expect(performance.now() - toldAt).toBeLessThan(1000)
  })

  it('is how a run without a duration ends well', async () => {
    const running = startRun([...target, '--target-ops-per-second', '1000', '--warmup', '0'])
    await running.sawSecond(1)
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(0)
    expect(running.result().audit.server.status).toBe('ok')
  })
})
