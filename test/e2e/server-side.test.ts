import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/model/result.ts'
import { parseInfo } from '../../src/redis/info.ts'
import { command, folder, profile, run, startRun } from './support/command-line.ts'
import { startCollector } from './support/collector.ts'
import { startRedis, type TestServer } from './support/redis-server.ts'
import { until } from './support/until.ts'

let server: TestServer
beforeAll(async () => {
  server = await startRedis(
    '--maxmemory',
    '3mb',
    '--maxmemory-policy',
    'allkeys-lru',
    '--slowlog-log-slower-than',
    '20000',
  )
})
afterAll(() => server.stop())

const target = (): string[] => ['--port', String(server.port), '--warmup', '0', '--no-cleanup']
const BUSY = profile(
  'server-side',
  `load:
  target_ops_per_second: 800
keys:
  count: 4000
values:
  size: 4000
operations:
  - command: SET
    weight: 1
  - command: GET
    weight: 1
  - name: SPIN
    command: EVAL "local s = redis.call('TIME') repeat local n = redis.call('TIME') until (n[1] - s[1]) * 1000000 + n[2] - s[2] > 60000" 0
    weight: 0.006
`,
)

async function infoOf(): Promise<ReadonlyMap<string, string>> {
  const client = server.client()
  const text = await client.info()
  await client.quit()
  return parseInfo(text)
}

describe('the servers during a run', () => {
  let result: RunResult
  let stdout: string
  let totals: Readonly<Record<string, number>>
  let scraped = ''
  let spans: readonly { readonly spanId: string }[]
  const journal = join(folder, 'server-side.ndjson')
  beforeAll(async () => {
    const collector = await startCollector()
    const before = await infoOf()
    const running = startRun([
      ...target(),
      ...['-w', BUSY, '--duration', '2', '--seed', '7', '--journal', journal],
      ...['--trace-slow', '50ms', '--otel-endpoint', collector.endpoint],
      ...['server.evicted_keys > 0', 'server.slowlog_entries > 0', 'server.used_memory > 50%'].flatMap(
        (one) => ['--threshold', one],
      ),
    ])
    const [, url] = await running.saw(/"url":"(http[^"]+)"/)
    scraped = await until('the servers are on /metrics', async () => {
      const text = await (await fetch(url!)).text()
      return text.includes('redis_test_server_commands_total{cmd="get"') && text
    })
    const { code } = await running.ended
    expect(code).toBe(0)
    result = running.result()
    stdout = running.stdout()
    spans = [...collector.spans]
    collector.stop()
    const after = await infoOf()
    const names = ['evicted_keys', 'keyspace_hits', 'keyspace_misses', 'total_net_output_bytes']
    totals = Object.fromEntries(
      names.map((name) => [name, Number(after.get(name)) - Number(before.get(name))]),
    )
  })

  it('are told as they are: what was counted agrees with the server', () => {
    const { servers, notes, mode } = result.server_samples!
    expect([mode, servers.length]).toEqual(['full', 1])
    expect(notes.filter((note) => note.includes('refused'))).toEqual([])
    const [one] = servers
    expect(one!.server).toBe(`127.0.0.1:${server.port}`)
    expect(one!.roles.map(({ role }) => role)).toEqual(['master'])
    expect(one!.totals).toMatchObject({
      keyspace_hits: totals['keyspace_hits'],
      keyspace_misses: totals['keyspace_misses'],
    })
    // It goes on evicting while it is asked.
    expect(one!.totals.evicted_keys).toBeGreaterThan(0)
    expect(one!.totals.evicted_keys).toBeLessThanOrEqual(totals['evicted_keys']!)
    expect(one!.totals.net_output_bytes).toBeLessThanOrEqual(totals['total_net_output_bytes']!)
    // Hits are ours alone: what we read without nil.
    const get = result.operations.find(({ operation }) => operation === 'GET')!
    expect(one!.totals.keyspace_hits).toBe(get.ok - get.nil)
    expect(one!.totals.keyspace_misses).toBe(get.nil)
    expect(one!.memory.max_bytes).toBe(3 * 1024 * 1024)
    expect(one!.memory.last_bytes).toBeGreaterThan(one!.memory.first_bytes!)
  })

  it('can be asked for by thresholds, which have the same numbers', () => {
    const { thresholds, server_samples: samples, slowlog } = result
    const { totals: counted, memory } = samples!.servers[0]!
    expect(thresholds.map(({ actual }) => actual)).toEqual([
      counted.evicted_keys,
      slowlog.length,
      (100 * memory.peak_bytes!) / memory.max_bytes!,
    ])
  })

  it('are columns over time, which add up to the totals', () => {
    const { at_ms, seconds, columns, totals: sums } = result.server_samples!.servers[0]!
    expect(at_ms.length).toBeGreaterThanOrEqual(2)
    for (const values of Object.values(columns)) expect(values).toHaveLength(at_ms.length)
    expect(at_ms).toEqual(at_ms.toSorted((a, b) => a - b))
    const sum = columns.ops_per_second!.reduce<number>(
      (all, ops, index) => all + (ops ?? 0) * seconds[index]!,
      0,
    )
    expect(Math.abs(sum / sums.commands! - 1)).toBeLessThan(0.002)
    expect(columns.hit_ratio!.some((ratio) => ratio !== null && ratio > 0)).toBe(true)
    expect(columns.evicted_keys_per_second!.some((evicted) => evicted! > 0)).toBe(true)
  })

  it('say what they spent on each command, beside what the client saw; our own questions are left out of the audit', () => {
    for (const { operation, ok, service } of result.operations) {
      const counted = result.server_commands.find(
        ({ command: name }) => name === (operation === 'SPIN' ? 'eval' : operation.toLowerCase()),
      )!
      expect(counted.calls).toBe(ok)
      expect(counted.usec_per_call! / 1000).toBeLessThan(service.success.mean_ms)
    }
    expect(result.audit.ok).toBe(true)
    expect(result.audit.server.status).toBe('ok')
    expect(stdout).toMatch(/server side +memory [\d.]+ MiB/)
    expect(stdout).toMatch(/in the server (SET|GET) [\d.]+ of [\d.,]+/)
  })

  it('log what is slow, which is ours, with its span', () => {
    expect(result.slowlog.length).toBeGreaterThan(0)
    expect(result.server_samples!.slowlog_seen).toBe(result.slowlog.length)
    const spins = result.slowest_commands.filter(({ operation }) => operation === 'SPIN')
    expect(spins.length).toBe(result.operations.find(({ operation }) => operation === 'SPIN')!.count)
    for (const { duration_ms, command: text, is_ours } of result.slowlog) {
      expect(duration_ms).toBeGreaterThanOrEqual(60)
      expect(text).toMatch(/^EVAL local s = /)
      expect(is_ours).toBe(true)
    }
    for (const { service_ms, server_ms, span_id } of spins) {
      expect(server_ms).toBeGreaterThanOrEqual(60)
      expect(service_ms).toBeGreaterThanOrEqual(server_ms!)
      expect(spans.some(({ spanId }) => spanId === span_id)).toBe(true)
    }
    expect(result.slowlog.every(({ span_id }) => spins.some((spin) => spin.span_id === span_id))).toBe(true)
  })

  it('cost little, and the cost is told', () => {
    const { cost } = result.server_samples!
    expect(cost.commands).toBeGreaterThan(4)
    expect(cost.bytes).toBeGreaterThan(1000)
    expect(cost.server_usec).toBeGreaterThan(0)
    // On a machine that is busy a server may be held up while it answers.
    expect(cost.server_usec! / 1e6 / cost.seconds).toBeLessThan(0.05)
  })

  it('are on /metrics under the names that are usual for them', () => {
    const label = `server_address="127.0.0.1",server_port="${server.port}"`
    for (const name of [
      'redis_up',
      'redis_memory_used_bytes',
      'redis_connected_clients',
      'redis_commands_processed_total',
    ])
      expect(new RegExp(`^${name}\\{${label}[^}]*\\} [1-9]`, 'm').test(scraped)).toBe(true)
    expect(/^redis_test_server_commands_total\{cmd="get"[^}]*\} [1-9]/m.test(scraped)).toBe(true)
  })

  it('are in the journal, which gives the same result', async () => {
    const again = join(folder, 'server-side-again.json')
    expect((await command(['report', journal, '--output-file', again])).code).toBe(0)
    expect(JSON.parse(readFileSync(again, 'utf8'))).toEqual(result)
  })
})

describe('a server that does not tell', () => {
  it('because the user may not ask is said once, and the run goes on', async () => {
    const admin = server.client()
    await admin.call(
      'ACL',
      'SETUSER',
      'quiet',
      'on',
      '>pw-quiet',
      '~*',
      '&*',
      '+@all',
      '-slowlog',
      '-latency',
    )
    await admin.quit()
    const { code, result, stderr } = await run(
      [...target(), '--username', 'quiet', '--duration', '1', '--target-ops-per-second', '100'],
      { env: { REDIS_PASSWORD: 'pw-quiet' } },
    )
    expect(code).toBe(0)
    expect(result.server_samples!.notes.toSorted()).toEqual([
      'LATENCY is refused (NOPERM): there are no latency events of the servers',
      'SLOWLOG is refused (NOPERM): slow commands are not known as the servers saw them',
    ])
    expect(stderr.match(/does not tell its side/g)).toHaveLength(2)
    expect(result.server_samples!.servers[0]!.looks).toBeGreaterThan(1)
    expect(result.audit.server.status).toBe('ok')
  })
})
