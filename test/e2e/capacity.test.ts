import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CapacityResult } from '../../src/model/capacity-result.ts'
import { command, folder, start } from './support/command-line.ts'
import { startRedis, type TestServer } from './support/redis-server.ts'

let server: TestServer
let target: string[]
beforeAll(async () => {
  server = await startRedis()
  target = ['--port', String(server.port), '--log-level', 'warn', '--metrics-port', '0', '--warmup', '0']
})
afterAll(() => server.stop())

const resultIn = (file: string): CapacityResult => JSON.parse(readFileSync(file, 'utf8')) as CapacityResult

describe.concurrent('redis-test capacity', () => {
  it('says every mistake in one line, and sends no load', async () => {
    const args = ['capacity', ...target, '--precision', '90', '--repeats', '2', '--step-duration', 'soon']
    const { code, stderr } = await command(args)
    expect(code).toBe(2)
    expect(stderr.split('\n')).toEqual([
      'redis-test: --precision: expected a percentage from 0.5% to 50%, got "90"',
      'redis-test: --repeats: expected an odd number from 1 to 9, got "2"',
      'redis-test: --step-duration: expected a duration from 1s to 1h, got "soon"',
      '',
    ])
    const empty = await command(['capacity', ...target])
    expect([empty.code, empty.stderr]).toEqual([
      2,
      "redis-test: --slo: there is nothing to keep (say what has to be true, as in --slo 'p99 < 2ms')\n",
    ])
    const misspelt = await command(['capacity', ...target, '--slo', 'p99(GTE) < 5s'])
    expect(misspelt.code).toBe(2)
    expect(misspelt.stderr).toContain(
      'flag --slo: thresholds.0: "p99(GTE) < 5s": the workload has no operation GTE',
    )
  })

  it('ends with the highest rate allowed when that holds', async () => {
    const file = join(folder, 'all-held.json')
    const { code, stdout } = await command([
      ...['capacity', ...target, '--slo', 'p50 < 5s', '--slo', 'error_rate == 0', '--output-file', file],
      ...['--from', '300', '--to', '300', '--repeats', '1', '--step-duration', '1s'],
    ])
    expect(code).toBe(0)
    expect(stdout).toContain(
      'capacity      300 ops/s keeps p50 < 5s and error_rate == 0, the highest rate allowed',
    )
    const result = resultIn(file)
    expect([result.schema, result.schema_version, result.end_reason]).toEqual([
      'redis-test/capacity',
      1,
      'all_held',
    ])
    expect(result.capacity_ops_per_second).toBe(300)
    expect(result.steps).toHaveLength(1)
    expect(result.steps[0]!.answered_per_second).toBeGreaterThan(250)
  })

  it('gives what is known when it is interrupted', async () => {
    const file = join(folder, 'interrupted.json')
    const search = start([
      ...['capacity', ...target, '--slo', 'p50 < 5s', '--output-file', file],
      ...['--from', '200', '--step-duration', '1s'],
    ])
    await search.saw(/step {2}1 · {7}200 ops\/s · held/)
    search.child.kill('SIGINT')
    const { code, stdout } = await search.ended
    expect(code).toBe(130)
    expect(stdout).toContain('NOT FINISHED  ended by the user')
    const { end_reason, interval } = resultIn(file)
    expect(end_reason).toBe('signal')
    expect(interval.held).toBeGreaterThanOrEqual(200)
  })
})
