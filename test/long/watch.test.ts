import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { command, start, startRun } from '../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'

describe('watching', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.stop())

  it('shows a run elsewhere in lines where there is no terminal, until it is over and gone', async () => {
    const running = startRun([
      ...[
        '--port',
        String(server.port),
        '--target-ops-per-second',
        '500',
        '--warmup',
        '0',
        '--duration',
        '4',
      ],
      ...['--metrics-linger', '2s', '--threshold', 'failed == 0'],
    ])
    const [, url] = await running.saw(/"url":"(http:[^"]+)"/)
    const { code, stdout, stderr } = await command(['watch', url!])
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.trimEnd().split('\n')
    const measured = lines.filter((line) =>
      /^measure +\d\/4s · +[\d,.]+ ops\/s of 500 · response p50 ~[\d.]+ p99 ~/.test(line),
    )
    expect(measured.length).toBeGreaterThanOrEqual(2)
    const rates = measured.map((line) => Number(/([\d,.]+) ops/.exec(line)![1]!.replace(',', '')))
    expect(Math.max(...rates)).toBeGreaterThan(250)
    expect(measured[0]).toMatch(/^measure +\d\/4s · /)
    expect(lines.at(-1)).toMatch(
      /^over {3}basic_rw · run \w{8} · [\d,]+ commands · no errors · thresholds met$/,
    )
    expect((await running.ended).code).toBe(0)
  })

  it('says in one line why there is nothing to watch', async () => {
    const other = createServer((request, response) => {
      response.statusCode = request.url === '/metrics' ? 200 : 404
      response.end('up 1\n')
    })
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve)
    })
    const host = `127.0.0.1:${(other.address() as AddressInfo).port}`
    const nobody = `127.0.0.1:${await freePort()}`
    const [silent, foreign, missing] = await Promise.all([
      command(['watch', nobody]),
      command(['watch', host]),
      command(['watch', `http://${host}/x`]),
    ])
    other.close()
    expect([silent.code, silent.stderr]).toEqual([
      3,
      `redis-test: cannot reach http://${nobody}/metrics: ECONNREFUSED (is the run going on, and does it show its metrics there (--metrics-host, --metrics-port)?)\n`,
    ])
    expect([foreign.code, foreign.stderr]).toEqual([
      2,
      expect.stringMatching(/^redis-test: URL: .*shows no run of redis-test.*\n$/),
    ])
    expect([missing.code, missing.stderr]).toEqual([
      2,
      expect.stringMatching(/^redis-test: URL: .*answers with status 404.*\n$/),
    ])
  })

  it('needs a terminal for the live view', async () => {
    const { code, stderr } = await start(['run', '--port', String(server.port), '--progress', 'live']).ended
    expect([code, stderr]).toEqual([
      2,
      'redis-test: output.progress: standard error is no terminal, and the live view needs one (use --progress auto)\n',
    ])
  })
})
