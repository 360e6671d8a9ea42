import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Calibration } from '../../src/model/calibration.ts'
import { command, folder, run, withoutFiles } from '../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())

const env = { XDG_CACHE_HOME: join(folder, 'cache') }
const CLIENT = ['--clients', '8', '--value-size', '64', '--log-level', 'warn']

it(
  'measures the generator once, and every run with its settings says its share',
  { timeout: 600_000 },
  async () => {
    const target = [
      ...CLIENT,
      '--port',
      String(server.port),
      '--target-ops-per-second',
      '2000',
      '--duration',
      '2',
    ]
    const before = await run([...target, '--warmup', '0', '--summary', 'full'], { env })
    expect(before.result.generator.calibration).toBeNull()
    const advice = /calibration {3}none: redis-test (calibrate .*)/.exec(before.stdout)!
    expect(advice[1]).toBe('calibrate -w basic_rw --threads 1 --clients 8 --value-size 64')

    const { code, stdout, stderr } = await command([...advice[1]!.split(' '), '--log-level', 'warn'], { env })
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^step {2}1 /)])
    process.stdout.write(stdout)
    const file = /^kept in +(\S+)$/m.exec(stdout)![1]!
    expect(file.startsWith(env.XDG_CACHE_HOME) && existsSync(file)).toBe(true)
    const calibration = JSON.parse(readFileSync(file, 'utf8')) as Calibration
    expect(calibration.ceiling_ops_per_second).toBeGreaterThan(4000)
    // What answers has to be able to do more than what is measured with it.
    expect(calibration.responder_ceiling_ops_per_second).toBeGreaterThan(calibration.ceiling_ops_per_second)
    expect(calibration.floor.response_p50_ms).toBeGreaterThan(0)
    expect(calibration.floor.response_p99_ms).toBeGreaterThanOrEqual(calibration.floor.response_p50_ms)

    const journal = join(folder, 'calibrated.ndjson')
    const after = await run([...target, '--warmup', '0', '--journal', journal], { env })
    const share = after.result.generator.calibration!
    expect(share.ceiling_ops_per_second).toBe(calibration.ceiling_ops_per_second)
    expect(share.share).toBeCloseTo(2000 / calibration.ceiling_ops_per_second, 2)
    expect(after.stdout).toMatch(
      /calibration {3}the generator was at (most )?[\d.]+ % of what it can do here/,
    )
    const again = await command(['report', journal], { env })
    expect(withoutFiles(again.stdout)).toBe(withoutFiles(after.stdout))
    const other = await run([...target, '--warmup', '0', '--pipeline-size', '10'], { env })
    expect(other.result.generator.calibration).toBeNull()
  },
)
