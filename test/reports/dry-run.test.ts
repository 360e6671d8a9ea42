import { describe, expect, it } from 'vitest'
import type { DryRunReport, TargetState } from '../../src/model/dry-run-report.ts'
import { type DangerInput, dangersOf, obstaclesOf } from '../../src/reports/dry-run-dangers.ts'
import { renderTextDryRun } from '../../src/reports/text-dry-run.ts'
import { planOf } from '../support/plan.ts'

const MIB = 1024 * 1024
const STATE: TargetState = {
  place: 'this machine',
  address: '127.0.0.1',
  role: 'master',
  cluster_enabled: false,
  user: 'default',
  is_open: true,
  keys: 0,
  used_memory_bytes: MIB,
  max_memory_bytes: 0,
  eviction_policy: 'noeviction',
  system_memory_bytes: 1000 * MIB,
  clients: 1,
  max_clients: 100,
  other_clients: 0,
  replica_lag_bytes: null,
  busy_with: [],
}
const SPACE = {
  pattern: 'p:s:*',
  type: 'string',
  keys: 10_000,
  elements: 1,
  element_bytes: 100,
  overhead_bytes: 92.4,
  overhead_from: 'measured' as const,
  samples: 8,
  total_bytes: 10 * MIB,
}

function inputOf(state: Partial<TargetState>, change: Partial<DangerInput> = {}): DangerInput {
  return {
    plan: planOf({ 'target.host': 'redis.example' }).plan,
    state: { ...STATE, ...state },
    readOnly: false,
    permissions: [{ command: 'SET', allowed: true, error: null }],
    connections: 10,
    keySpaces: [SPACE],
    hasOtherKeys: false,
    roundTripP50Millis: 0.1,
    ...change,
  }
}
const dangers = (state: Partial<TargetState>, change?: Partial<DangerInput>): string[] => [
  ...dangersOf(inputOf(state, change)),
]

describe('dangersOf', () => {
  it('finds none on an idle server of this machine', () => {
    expect(dangers({})).toEqual([])
    expect([...obstaclesOf(inputOf({}))]).toEqual([])
  })

  it('tells of a server that is elsewhere, and of how it is protected', () => {
    const address = '203.0.113.7'
    expect(dangers({ place: 'a private address', address })).toEqual([
      'the server is not this machine: redis.example (203.0.113.7), a private address',
    ])
    expect(dangers({ place: 'a public address', address })).toEqual([
      'the server is not this machine: redis.example (203.0.113.7), a public address',
      'the server lets everybody in without a password',
      'without TLS everything is readable on the way',
    ])
    const { plan } = planOf({ 'target.host': address, 'target.password': 'hush' })
    expect(dangers({ place: 'a public address', address, is_open: false }, { plan })).toEqual([
      'the server is not this machine: 203.0.113.7, a public address',
      'without TLS everything is readable on the way, the password as well',
    ])
  })

  it('tells of others, and of what the server is doing', () => {
    expect(dangers({ keys: 12_345, other_clients: 2 })).toEqual([
      'there are 12,345 keys of others on this server',
      "2 other clients are connected: the load disturbs them, and the counts cannot be compared with the server's",
    ])
    expect(dangers({ busy_with: ['saving a snapshot (RDB)'] })).toEqual([
      'the server is saving a snapshot (RDB): latencies will show it',
    ])
    expect(dangers({ role: 'slave' }, { readOnly: true })).toEqual([
      'the server is a replica: what is read may be stale',
    ])
    expect(dangers({ cluster_enabled: true })).toEqual(['cluster mode is enabled on this server'])
    expect(dangers({}, { roundTripP50Millis: 25 })).toEqual([
      'a round trip takes 25.00 ms: that is the least that every command takes',
    ])
  })

  it.each([
    [12 * MIB, 'noeviction', '(maxmemory)'],
    [10 * MIB, 'noeviction', ': writes will fail with OOM (noeviction)'],
    [10 * MIB, 'allkeys-lru', ': keys will be evicted, also those of others (allkeys-lru)'],
    [10 * MIB, 'volatile-ttl', ', and then writes will fail with OOM (volatile-ttl)'],
  ])('tells how %d bytes of maxmemory and %s end', (limit, policy, end) => {
    const [danger, ...rest] = dangers({ max_memory_bytes: limit, eviction_policy: policy })
    expect(rest).toEqual([])
    expect(danger).toContain(
      `the data of the load (about 10.0 MiB) brings the server to 11.0 MiB of ${limit / MIB}.0 MiB (maxmemory)`,
    )
    expect(danger!.endsWith(end)).toBe(true)
  })

  it('tells when there is no maxmemory and little memory', () => {
    expect(dangers({ system_memory_bytes: 13 * MIB })).toEqual([
      'the data of the load (about 10.0 MiB) brings the server to 11.0 MiB of 13.0 MiB (all memory of its machine), and it has no maxmemory',
    ])
    expect(dangers({ system_memory_bytes: 14 * MIB, max_memory_bytes: 100 * MIB })).toEqual([])
  })

  it('tells when clients hardly fit, and stops when they do not', () => {
    expect(dangers({ max_clients: 12 })).toEqual([
      'with 10 connections 11 of at most 12 clients are connected (maxclients)',
    ])
    expect([...obstaclesOf(inputOf({ max_clients: 10 }))]).toEqual([
      '10 connections do not fit: 1 of at most 10 clients are connected (maxclients)',
    ])
  })

  it('stops when a command is refused', () => {
    const permissions = [{ command: 'SET', allowed: false, error: 'NOPERM' }]
    expect([...obstaclesOf(inputOf({}, { permissions }))]).toEqual([
      'the server refuses SET (NOPERM): every SET of the load would fail',
    ])
  })
})

function reportOf(change: Partial<DryRunReport> = {}): DryRunReport {
  const { plan } = planOf({ 'load.target_ops_per_second': '1000', 'load.duration': '10s' })
  return {
    schema: 'redis-test/dry-run',
    schema_version: 1,
    tool_version: '1.2.3',
    can_run: true,
    obstacles: [],
    warnings: ['beware'],
    target: '127.0.0.1:6379',
    server: { name: 'Redis', version: '7.0.15', mode: 'standalone', role: 'master', protocol: '3' },
    state: STATE,
    round_trip_ms: { p50: 0.05, p99: 0.2, max: 1, samples: 200 },
    permissions: [
      { command: 'SET', allowed: true, error: null },
      { command: 'INFO', allowed: false, error: 'NOPERM' },
    ],
    permissions_unknown: ['SUBSCRIBE'],
    connections: 10,
    key_spaces: [SPACE],
    has_other_keys: false,
    traffic: {
      ops_per_second: 1000,
      request_bytes: 150.25,
      reply_bytes: 5,
      reply_is_at_least: false,
      sent_bytes_per_second: 150_250,
      received_bytes_per_second: 5000,
    },
    plan,
    ...change,
  }
}

describe('the text', () => {
  it('reads like this', () => {
    expect(renderTextDryRun(reportOf())).toBe(`dry run       test on 127.0.0.1:6379; no load was sent
server        Redis 7.0.15 · standalone · master · RESP3 · on this machine
user          default · may SET · may not INFO (NOPERM) · unknown SUBSCRIBE
distance      round trip p50 0.050 p99 0.200 max 1.000 ms (200 PINGs)

load          open loop, up to 1,000 ops/s · 10 connections · 1 load thread · 10 s after 1 s of warm-up
keys          at most 10,000
              p:s:* (string): 10,000
memory        about 10.0 MiB
              10,000 keys × (100 bytes of value + 92.4 bytes of name and overhead, measured on 8 sample keys)
bandwidth     146.7 KiB/s sent = 1,000 ops/s × 150 bytes
              4.88 KiB/s received = 1,000 ops/s × 5 bytes, when every read hits; what follows on a miss comes on top
in use        1.00 MiB of no limit · noeviction
              1 of 100 clients · 0 keys

warning       beware

it can run
`)
  })

  it('has formulas for collections, and says what it cannot know', () => {
    const hash = { ...SPACE, pattern: 'p:h:*', type: 'hash', elements: 50, overhead_from: 'formula' as const }
    const list = { ...SPACE, pattern: 'p:l:*', type: 'list', elements: null, total_bytes: null }
    const text = renderTextDryRun(
      reportOf({ key_spaces: [hash, list], traffic: { ...reportOf().traffic, reply_is_at_least: true } }),
    )
    expect(text).toContain(`keys          at most 20,000
              p:h:* (hash): 10,000
              p:l:* (list): 10,000
memory        about 10.0 MiB and what grows with the run
              10,000 keys × (50 elements × 100 bytes + 92.4 bytes of name and overhead, by formula)
              p:l:* grows with the run (list)
`)
    expect(text).toContain('at least 4.88 KiB/s received')
    expect(dangers({}, { keySpaces: [list] })).toEqual([
      'nobody knows how much memory all keys will take: some grow with the run, or cannot be listed',
    ])
  })

  it('says why it cannot run, and what it does not know', () => {
    const { plan } = planOf()
    const text = renderTextDryRun(
      reportOf({
        plan,
        can_run: false,
        obstacles: ['no', 'never'],
        warnings: [],
        key_spaces: [],
        state: { ...STATE, used_memory_bytes: null, clients: null },
        traffic: {
          ...reportOf().traffic,
          ops_per_second: null,
          sent_bytes_per_second: null,
          received_bytes_per_second: null,
        },
      }),
    )
    expect(text).toContain('load          closed loop, 10 in flight · 10 connections')
    expect(text).toContain('keys          none are written\n')
    expect(text).toContain(
      'bandwidth     as much as the server can do: 150 bytes sent and 5 bytes received for each command\n',
    )
    expect(text).not.toContain('in use')
    expect(text.endsWith('\n\nIT CANNOT RUN\n              no\n              never\n')).toBe(true)
  })
})
