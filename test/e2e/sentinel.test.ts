import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { command, run, unwrapped } from './support/command-line.ts'
import { startSentinels, type TestSentinels } from './support/redis-sentinel.ts'

const LOAD = ['--target-ops-per-second', '200', '--duration', '1', '--warmup', '0', '--clients', '4']

let watched: TestSentinels
let sentinels: string
beforeAll(async () => {
  watched = await startSentinels({ replicas: 1 })
  sentinels = watched.sentinels.join(',')
})
afterAll(() => watched.stop())

// More of it, and the failovers, are in test/long.
describe('a master that Sentinels watch', () => {
  it('gets the load, by the flags', async () => {
    const { code, result, stdout } = await run(['--sentinels', sentinels, ...LOAD])
    expect(code).toBe(0)
    expect(result.totals.ok).toBe(200)
    expect(result.audit.server).toMatchObject({ status: 'ok', reason: null })
    const phases = result.connections.phases.map(({ phase, completed, failed }) => [
      phase,
      completed.count,
      failed.count,
    ])
    expect(phases).toEqual([
      ['sentinel', 4, 0],
      ['tcp', 4, 0],
      ['handshake', 4, 0],
      ['ready', 4, 0],
    ])
    expect(unwrapped(stdout)).toContain(
      `target        mymaster by Sentinel ${watched.sentinels.join(', ')} (`,
    )
    expect(stdout).toContain('3 Sentinels · failover detector off')
    expect(unwrapped(stdout)).toMatch(
      /^ {2}phases +sentinel p50 [\d.]+ max [\d.]+ · tcp .* · handshake .* · ready .* ms$/m,
    )
  })
})

describe('what is wrong with Sentinels is one line, and what to do', () => {
  const attempt = async (...flags: readonly string[]): Promise<string> => {
    const { code, stderr } = await command(['run', '--metrics-port', '0', ...flags, ...LOAD])
    expect(code).toBe(3)
    const lines = stderr.split('\n').filter((line) => line.startsWith('redis-test: '))
    expect(lines).toHaveLength(1)
    return lines[0]!
  }

  it('a name that they do not know', async () => {
    expect(await attempt('--sentinels', sentinels, '--sentinel-master', 'nobody')).toMatch(
      /the Sentinels know no master named nobody \(.*\) \(give its name with --sentinel-master;.*\)/,
    )
  })

  it('a Sentinel where a server should be', async () => {
    expect(await attempt('--port', watched.sentinels[0]!.split(':')[1]!)).toMatch(
      /the server is a Sentinel \(with --topology sentinel and --sentinel-master/,
    )
  })

  it('a master that cannot be reached under its announced address', async () => {
    const to = `127.0.0.1:${watched.servers[0]!.port}=127.0.0.1:1`
    expect(await attempt('--sentinels', sentinels, '--nat-map', to)).toMatch(
      /cannot connect to mymaster, which is at 127\.0\.0\.1:1 by the Sentinels: ECONNREFUSED \(.*--nat-map/,
    )
  })
})
