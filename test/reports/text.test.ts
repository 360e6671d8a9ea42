import { describe, expect, it } from 'vitest'
import { RESULT_TOOLS } from '../../src/app/result-tools.ts'
import { buildResult } from '../../src/reports/build-result.ts'
import { alignColumns, formatCount, formatMillis, wrapLine } from '../../src/reports/format.ts'
import { renderProgressLine } from '../../src/reports/progress-line.ts'
import { overallLatencies } from '../../src/reports/overall-latencies.ts'
import { renderTextCheck } from '../../src/reports/text-check.ts'
import { renderTextSummary } from '../../src/reports/text-summary.ts'
import { faultResult } from '../support/faults.ts'
import { QUIET_SECOND } from '../support/interval.ts'
import { planOf } from '../support/plan.ts'
import { createLedger } from '../support/ledger.ts'
import { AT_MILLIS, sampleRecord } from '../support/snapshot.ts'

const flags = { 'load.target_ops_per_second': '10', 'load.warmup': '1s', 'identity.version': 'v' }
const { plan } = planOf(flags)
const OPTIONS = { preset: 'measure (fail-fast)', target: '127.0.0.1:6379' }

function summary(change: Parameters<typeof sampleRecord>[1] = {}, runPlan = plan): string {
  return renderTextSummary(buildResult(sampleRecord(runPlan, change), RESULT_TOOLS), OPTIONS)
}

describe('the summary', () => {
  it('fits on a terminal', () => {
    const { plan: wide } = planOf({ ...flags, 'load.target_ops_per_second': '1000' })
    const result = buildResult(sampleRecord(wide), RESULT_TOOLS)
    for (const columns of [80, 88, 100]) {
      const lines = renderTextSummary(result, { ...OPTIONS, columns }).split('\n')
      expect(lines.filter((line) => line.length > columns)).toEqual([])
    }
    const header = (columns?: number): string =>
      /^operation .*$/m.exec(renderTextSummary(result, { ...OPTIONS, columns }))![0].replaceAll(/ +/g, ' ')
    expect(header()).toBe('operation latency [ms] count ops/s mean p50 p95 p99 p99.9 max')
    expect(header(84)).toBe('operation latency [ms] count ops/s p50 p95 p99 p99.9 max')
    expect(header(76)).toBe('operation latency [ms] count ops/s p50 p99 p99.9 max')
  })

  it('reads like this', () => {
    expect(summary()).toMatchInlineSnapshot(`
      "DONE          no threshold was set · the audit holds · exit code 0

      redis-test 1.2.3 · test · open loop, 10 ops/s constant · 10.0 s measured after 1.0 s warm-up
      target        127.0.0.1:6379 (Redis 7.0.15 standalone) · RESP3
      client        10 connections · 1 load thread · writes coalesced
      preset        measure (fail-fast)

      operation  latency [ms]     count  ops/s    mean    p50     p95     p99   p99.9     max
      GET        ok response          3   0.30   3.533  0.400   10.00   10.00   10.00   10.00
                 ok service                      1.767  0.200   5.000   5.000   5.000   5.000
                 failed response      2   0.20  15,000  0.600  30,000  30,000  30,000  30,000
                 failed service                 15,000  0.300  30,000  30,000  30,000  30,000
      SET        ok response          1   0.10   0.500  0.500   0.500   0.500   0.500   0.500
                 ok service                      0.250  0.250   0.250   0.250   0.250   0.250

      errors  error_type        code    outcome  count
      GET     memory_error      OOM     failed       1
      GET     connection_error  closed  unknown      1

      load          9 scheduled = 6 issued + 3 dropped (2 too many in flight, 1 generator late) ·
                    4 ok, 1 failed, 1 unknown · 0 in flight at the end · 0.60 ops/s
      misses        GET 1 of 3 nil
      connections   10 planned · 3 attempts, 1 failed · first connect p50 1.500 p95 1.500 max 1.500 ms ·
                    1 lost
      outages       1 (1 closed) = 1 reconnected + 0 still down
      reconnection  p50 75.00 p95 75.00 max 75.00 ms · of it backoff p50 60.00 p95 60.00 max 60.00 ms ·
                    detection before it p50 2.000 p95 2.000 max 2.000 ms

      limited by    THE GENERATOR: it was too late for 1 of 9 commands, which were never sent
      generator     start lag p50 0.020 p99 0.020 ms · loop delay p99 0 ms · GC max 0 ms · 0.20 cores ·
                    pacing economical
      warning       the generator could not keep up (commands never sent: 1); more --threads may help
      warning       only 66.7 % of the target load was sent

      audit         ok: 6 equations hold
                    not compared with the server: nobody asked
      "
    `)
  })
})

describe('the pieces of the summary', () => {
  it('are loud about reads that went wrong, and show the first few', () => {
    const findings = [1, 2, 3, 4, 5, 6].map((at_ms) => ({
      verdict: 'stale' as const,
      key: `p:s:${at_ms}`,
      at_least: 3,
      got: 'sequence 2',
      at_ms,
    }))
    const verification = { keys: 100, missing_unjudged_because: 'the server evicts keys (allkeys-lru)' }
    const text = summary({ verification, findings })
    expect(text).toContain(`READS WENT WRONG: 4 wrong · 3 stale · 2 missing
verification  100 reads: 90 right · 1 could not be judged
              stale: p:s:1 gave sequence 2, expected sequence 3 or later
`)
    expect(text).not.toContain('p:s:6')
    expect(text).toContain('missing values are not (all) judged: the server evicts keys (allkeys-lru)\n')
    expect(summary()).not.toContain('verification')
  })

  it('say what the attempts to connect went through, and where connections went', () => {
    const { ledger, read } = createLedger()
    for (const [name, micros] of [
      ['connect_sentinel', 2000],
      ['connect_tcp', 1000],
      ['connect_tcp', 3000],
      ['connect_tcp_failed', 4000],
      ['connect_ready', 5000],
    ] as const)
      ledger.recordThread(name, micros)
    ledger.count('sentinel_unreachable', 7)
    const lostAt = Date.UTC(2026, 0, 1, 12, 34, 56, 789)
    const text = summary(
      {
        total: read(AT_MILLIS),
        moves: [
          {
            from: '10.0.0.1:6379',
            to: '10.0.0.2:6379',
            connections: 4,
            first_lost_at_ms: lostAt,
            last_ready_at_ms: lostAt + 120,
          },
        ],
      },
      planOf({ 'target.sentinel.nodes': 'a:1,b:2', 'target.sentinel.failover_detector': true }).plan,
    )
    expect(text).toMatch(/^sentinel {6}2 Sentinels · failover detector on: /m)
    expect(text).toContain(`
  phases      sentinel p50 2.000 max 2.000 · tcp p50 1.000 max 3.000 · ready p50 5.000 max 5.000 ms
  failed      1 in tcp (max 4.000 ms)
  sentinels   7 sentinel_unreachable
  moved       4 from 10.0.0.1:6379 to 10.0.0.2:6379: the first was lost at 12:34:56.789 UTC, the
              last was ready 120.0 ms later
`)
    expect(summary()).not.toMatch(/^sentinel|^ {2}(phases|failed|moved)/m)
  })

  it('show few operations and errors unless all are asked for, and the quantiles that most need', () => {
    const some = buildResult(sampleRecord(plan), RESULT_TOOLS)
    const [get] = some.operations
    const many = {
      ...some,
      operations: Array.from({ length: 20 }, (_, index) => ({
        ...get!,
        operation: `OPERATION-WITH-A-LONG-NAME-${index}`,
        count: index,
      })),
    }
    const compact = renderTextSummary(many, OPTIONS)
    expect(compact).toContain('and 5 operations with fewer commands (--summary full)\n')
    expect(compact).toContain('and 30 kinds that were rarer (--summary full)\n')
    expect(compact).toContain('\nOPERATION-WITH-A-LO…')
    expect(compact.split('\n').filter((line) => line.length > 100)).toEqual([])
    const full = renderTextSummary(many, { ...OPTIONS, mode: 'full' })
    expect(full).toContain('OPERATION-WITH-A-LONG-NAME-0 ')
    expect(full).toMatch(/min +mean +p50 +p90 +p95 +p99 +p99.9 +max\n/)
    expect(full).not.toContain('--summary full')
  })

  it('give the latencies of all operations together', () => {
    const result = buildResult(sampleRecord(plan), RESULT_TOOLS)
    const overall = overallLatencies(result, RESULT_TOOLS)
    expect(overall?.response?.success).toMatchObject({ count: 4, min_ms: 0.2, max_ms: 10, mean_ms: 2.775 })
    expect(overall?.service.error).toMatchObject({ count: 2, p50_ms: 0.3, max_ms: 30_000 })
    const text = renderTextSummary(result, { ...OPTIONS, overall })
    expect(text).toMatch(/^all +ok response +4 +0\.40 +2\.775 +0\.400 /m)
    const [get, ...others] = result.operations
    expect(overallLatencies({ ...result, operations: [get!] }, RESULT_TOOLS)).toBeUndefined()
    // What waits for something by itself is no latency of the server.
    const waiting = { ...get!, operation: 'BLPOP', waits: true as const }
    const operations = [get!, waiting, ...others]
    expect(overallLatencies({ ...result, operations }, RESULT_TOOLS)).toEqual(overall)
  })

  it('say where the reports are, and which could not be written', () => {
    const files = [
      { path: '/r/a.json', error: undefined },
      { path: '/r/a.md', error: 'ENOSPC' },
    ]
    const result = buildResult(sampleRecord(plan), RESULT_TOOLS)
    expect(renderTextSummary(result, { ...OPTIONS, files })).toContain(
      '\nreports       /r/a.json\n              NOT WRITTEN: /r/a.md (ENOSPC)\n',
    )
  })

  it('show what others chose as text', () => {
    const result = buildResult(sampleRecord(plan), RESULT_TOOLS)
    const [get] = result.operations
    const hostile = { ...get!, operation: 'G\u001b[31mET\n::error::x' }
    const text = renderTextSummary({ ...result, operations: [hostile] }, { ...OPTIONS, mode: 'full' })
    expect(text).toContain('G\\u001b[31mET\\u000a::error::x ')
    expect(text).not.toContain('\u001b')
  })

  it('name every error by type, code and outcome', () => {
    expect(summary()).toMatch(/GET +memory_error +OOM +failed +1\n/)
    expect(summary()).toMatch(/GET +connection_error +closed +unknown +1\n/)
  })

  it('say that a closed loop is one', () => {
    const text = summary({}, planOf().plan)
    expect(text).toContain('closed loop, 10 in flight')
    expect(text).toContain('a stall hides the commands that were not sent')
    expect(text).not.toContain('response')
  })

  it('are loud about a failed audit, a crash and a partial result', () => {
    const record = sampleRecord(plan)
    const failed = summary({ end: { ...record.end!, inFlight: 5 } })
    expect(failed).toContain('AUDIT FAILED')
    expect(failed).toContain('7 = 5 + 1 + 1 + 5')
    expect(
      summary({ end: { ...record.end!, reason: 'thread_crashed', error: 'load thread 0 died' } }),
    ).toContain('ERROR: load thread 0 died')
    expect(summary({ end: undefined })).toContain('PARTIAL')
  })

  it("show the server's own counts, or why they could not be compared", () => {
    const record = sampleRecord(plan)
    expect(summary()).toContain('not compared with the server: nobody asked')
    const commands = [
      { command: 'get', server: 5, at_least: 5, at_most: 5, ok: true },
      { command: 'set', server: 9, at_least: 1, at_most: 2, ok: false },
    ]
    const end = { ...record.end!, serverAudit: { status: 'failed', reason: null, commands } as const }
    const text = summary({ end })
    expect(text).toContain('FAIL          the audit failed: the server counted otherwise · exit code 5\n')
    expect(text).toContain('get: server 5 within 5 exactly')
    expect(text).toContain('set: server 9 OUTSIDE 1…2')
  })

  it('tell of faults, outages and hidden retries', () => {
    const faults = [faultResult({ connections: 5 })]
    const text = summary({ faults: [...faults, { ...faults[0]!, connections: 0, error: 'NOPERM' }] })
    expect(text).toContain('faults        client-kill × 2: 5 connections, 1 failed (NOPERM)')
    expect(text).toContain('outages       1 (1 closed) = 1 reconnected + 0 still down')
    expect(text).toMatch(/reconnection  p50 75\.00 .*backoff p50 60\.00/)
  })
})

describe('faults in the summary', () => {
  const lasting = faultResult({
    kind: 'pause',
    at_ms: 1_700_000_000_000,
    ended_at_ms: 1_700_000_002_500,
    nodes: ['127.0.0.1:7000'],
    detail: 'CLIENT PAUSE 2500 ALL',
    reverted: true,
  })

  it('are told one by one when they last', () => {
    const text = summary({ faults: [lasting, { ...lasting, origin: 'live' }] })
    expect(text).toContain('faults        pause × 2: 0 connections')
    expect(text).toMatch(
      /^ {14}pause after -?[\d.]+ s for 2\.5 s on 127\.0\.0\.1:7000: CLIENT PAUSE 2500 ALL$/m,
    )
    expect(text).toContain('CLIENT PAUSE 2500 ALL (live)')
    expect(text).not.toContain('NOT TAKEN BACK')
  })

  it('are loud when they were not taken back', () => {
    const faults = [lasting, { ...lasting, reverted: false, revert_error: 'NOPERM' }]
    const text = summary({ faults }, planOf({ ...flags, 'output.journal': '/j' }).plan)
    expect(text).toContain('FAULTS WERE NOT TAKEN BACK: 1; the servers are not as they were')
    expect(text).toContain('pause on 127.0.0.1:7000: NOPERM')
    expect(text).toContain('try: redis-test recover /j')
  })
})

describe('the progress line', () => {
  it('shows what one wants to see while it runs', () => {
    const interval = {
      ...QUIET_SECOND,
      at_ms: 0,
      seconds: 1,
      scheduled: 1010,
      issued: 1000,
      ok: 990,
      failed: 8,
      indeterminate: 2,
      dropped: 10,
      service_p50_ms: 0.1,
      service_p99_ms: 0.2,
      response_p50_ms: 0.3,
      response_p99_ms: 1.5,
      connections_active: 9,
      reconnections: 3,
      phase: null,
    }
    const progress = {
      phase: 'measure',
      elapsedMillis: 12_001,
      interval,
      scheduled: 2500,
      inFlight: 4,
    } as const
    const line = renderProgressLine(progress, planOf({ ...flags, 'load.duration': '30s' }).plan)
    expect(line).toBe(
      'measure  12/30s  40% ·     1,000 ops/s · response p50 0.300 p99 1.500 ms · 4 in flight · 9/10 connections · 10 errors · 10 dropped · 3 reconnected',
    )
    const staged = { ...progress, interval: { ...interval, phase: 'spike' } }
    expect(renderProgressLine(staged, planOf({ ...flags, 'load.count': '10000' }).plan)).toMatch(
      /^measure          12s · 2,500\/10,000 commands  25% · spike · +1,000 ops\/s · /,
    )
    expect(renderProgressLine({ ...staged, phase: 'warmup', elapsedMillis: 1000 }, plan)).toMatch(
      /^warmup     1\/1s 100% · +1,000 ops/,
    )
    const late = { ...progress, elapsedMillis: 32_000 }
    expect(renderProgressLine(late, planOf({ ...flags, 'load.duration': '30s' }).plan)).toMatch(
      /^drain             2s · /,
    )
  })
})

describe('the check', () => {
  it('answers the four questions', () => {
    const text = renderTextCheck({
      target: '127.0.0.1:6379',
      established_ms: 0.2,
      ready_ms: 1.5,
      server: {
        name: 'Redis',
        version: '7.0.15',
        mode: 'standalone',
        role: 'master',
        os: 'Linux',
        protocol: '3',
      },
      user: 'default',
      permissions: [
        { command: 'GET', allowed: true, error: null },
        { command: 'CLIENT KILL', allowed: false, error: 'NOPERM' },
      ],
      round_trip_ms: { p50: 0.05, p99: 0.2, max: 1, samples: 200 },
      clock_offset_ms: -1.2,
      memory: { used_bytes: 1_572_864, limit_bytes: 0, policy: 'noeviction' },
      clients: { connected: 2, limit: 10_000 },
      keys: 12,
    })
    expect(text).toBe(`reached       127.0.0.1:6379 · connected in 0.200 ms, ready in 1.500 ms
server        Redis 7.0.15 · standalone · master · RESP3 · Linux
user          default · may GET
              may not CLIENT KILL (NOPERM)
distance      round trip p50 0.050 p99 0.200 max 1.000 ms (200 PINGs)
clock         server 1.200 ms behind of this machine
memory        1.50 MiB used of no limit · noeviction
clients       2 connected of 10,000
keys          12 in this database
`)
  })
})

describe('formatting', () => {
  it.each([
    [0, '0'],
    [0.0512, '0.051'],
    [9.9994, '9.999'],
    [12.345, '12.35'],
    [123.45, '123.5'],
    [12_345.6, '12,346'],
  ])('%d ms reads %s', (millis, text) => {
    expect(formatMillis(millis)).toBe(text)
  })

  it.each([
    [0, '0'],
    [5, '5'],
    [0.5, '0.50'],
    [12.34, '12.3'],
    [1234.5, '1,235'],
    [1_000_000, '1,000,000'],
  ])('%d reads %s', (value, text) => {
    expect(formatCount(value)).toBe(text)
  })

  it('wraps long lines after a part, or at a space', () => {
    const words = (count: number): string => 'word '.repeat(count).trim()
    expect(wrapLine(`load          ${words(5)} · ${words(4)} · ${words(3)}`, 62)).toEqual([
      `load          ${words(5)} · ${words(4)} ·`,
      `              ${words(3)}`,
    ])
    expect(wrapLine(`load          ${words(20)}`, 60)).toEqual([
      `load          ${words(9)}`,
      `              ${words(9)}`,
      `              ${words(2)}`,
    ])
    expect(wrapLine(`              ${words(20)}`, 60)).toEqual([
      `              ${words(9)}`,
      `                ${words(9)}`,
      `                ${words(2)}`,
    ])
    expect(wrapLine(`reports       /${'x'.repeat(90)}`, 60)).toEqual([`reports       /${'x'.repeat(90)}`])
  })

  it('aligns columns', () => {
    expect(alignColumns([['a', '1'], ['long', '100'], ['b']])).toEqual(['a       1', 'long  100', 'b'])
  })
})
