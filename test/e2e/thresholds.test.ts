import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command, folder, profile, run, withoutFiles } from './support/command-line.ts'
import { startRedis, type TestServer } from './support/redis-server.ts'

let server: TestServer
let target: string[]
beforeAll(async () => {
  server = await startRedis()
  target = ['--port', String(server.port), '--log-level', 'warn', '--quiet']
})
afterAll(() => server.stop())

const SHORT = ['--duration', '1', '--warmup', '0', '--target-ops-per-second', '200']

describe('thresholds', () => {
  it('that are met end with exit code 0, from a profile', async () => {
    const file = profile(
      'met',
      `operations:
  - command: SET
  - command: GET
thresholds:
  - p99(GET) < 5s
  - threshold: error_rate < 0.1%
    abort_on_fail: true
  - reconnection.p95 < 500ms
  - ops_per_second > 100
  - audit.ok == 1
  - audit.lost == 0
`,
    )
    const { code, stdout, result } = await run([...target, ...SHORT, '-w', file])
    expect(code).toBe(0)
    expect(result.end_reason).toBe('duration')
    expect(stdout).toContain('thresholds    all 6 met\n              ✓ p99(GET) < 5s')
    expect(result.thresholds.map(({ expression, ok }) => [expression, ok])).toEqual([
      ['p99(GET) < 5s', true],
      ['error_rate < 0.1%', true],
      ['reconnection.p95 < 500ms', true],
      ['ops_per_second > 100', true],
      ['audit.ok == 1', true],
      ['audit.lost == 0', true],
    ])
    expect(result.thresholds[2]).toMatchObject({ actual: null, note: 'no data: no connection was lost' })
  })

  it('that are not met end with exit code 4, from flags, and again from the journal', async () => {
    const journal = join(folder, 'missed.ndjson')
    const { code, stdout, result } = await run([
      ...[...target, ...SHORT, '--journal', journal],
      ...['--threshold', 'max(GET) < 0.001ms', '--threshold', 'ok < 10', '--threshold', 'failed == 0'],
    ])
    expect(code).toBe(4)
    expect(result.thresholds.map(({ ok, unit }) => [ok, unit])).toEqual([
      [false, 'ms'],
      [false, ''],
      [true, ''],
    ])
    const get = result.operations.find(({ operation }) => operation === 'GET')!
    expect(result.thresholds[0]!.actual).toBeCloseTo(get.response!.success.max_ms, 3)
    expect(result.thresholds[1]!.actual).toBe(result.totals.ok)
    expect(stdout).toContain('thresholds    2 OF 3 NOT MET\n              ✗ max(GET) < 0.001ms')

    const again = join(folder, 'again.json')
    const report = await command(['report', journal, '--output-file', again])
    expect(report.code).toBe(4)
    expect(withoutFiles(report.stdout)).toBe(withoutFiles(stdout))
  })

  it('end the run after their delay when asked to', async () => {
    const { code, stderr, stdout, result } = await run([
      ...[...target, '--duration', '60', '--warmup', '0', '--target-ops-per-second', '200'],
      ...['--threshold', 'p50 < 1us abort after 2s', '--threshold', 'max < 1us'],
    ])
    expect(code).toBe(4)
    expect(result.end_reason).toBe('thresholds')
    expect(result.measured_seconds).toBeGreaterThanOrEqual(1.9)
    expect(result.measured_seconds).toBeLessThan(20)
    expect(result.thresholds.map(({ ok, aborted }) => [ok, aborted])).toEqual([
      [false, true],
      [false, false],
    ])
    expect(result.audit.ok).toBe(true)
    expect(result.totals.in_flight_at_end).toBe(0)
    expect(stderr).toMatch(/a threshold is not met: ending the run/)
    expect(stderr).toContain('p50 < 1us')
    expect(stdout).toMatch(/✗ p50 < 1us +[\d.,]+us +ended the run/)
  })

  it('that nobody could judge send no load', async () => {
    const client = server.client()
    const before = await client.info('commandstats')
    const { code, stderr } = await command(['run', ...target, ...SHORT, '--metrics-port', '0'], {
      env: { TEST_THRESHOLDS: 'p99(GTE) < 1ms; p99(GET) < 1ms in steady' },
    })
    expect(code).toBe(2)
    expect(stderr).toBe(
      'redis-test: environment TEST_THRESHOLDS: thresholds.0: "p99(GTE) < 1ms": the workload has no operation GTE (did you mean GET?)\n' +
        'redis-test: environment TEST_THRESHOLDS: thresholds.1: "p99(GET) < 1ms in steady": there is no phase steady (the load has no stages; leave out "in …")\n',
    )
    const calls = (text: string): string | undefined => /cmdstat_set:calls=(\d+)/.exec(text)?.[1]
    expect(calls(await client.info('commandstats'))).toBe(calls(before))
  })
})
