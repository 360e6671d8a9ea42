import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { profile, run } from '../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'
import { expectAllJudged, MIX, readsOf, verified } from '../e2e/support/verification.ts'

let server: TestServer
let target: string[]
beforeAll(async () => {
  server = await startRedis()
  target = ['--port', String(server.port), '--warmup', '0', '--duration', '2', '--verify']
})
afterAll(() => server.stop())

describe('--verify on a server that does what it should', () => {
  it.each([
    ['one thread', ['--clients', '10']],
    ['threads and keys that are hot', ['--threads', '3', '--clients', '12', '--key-distribution', 'zipfian']],
    ['one key that all threads want', ['--threads', '2', '--clients', '8', '--key-range', '1']],
    ['pipelines', ['--threads', '2', '--clients', '6', '--pipeline-size', '10', '--key-range', '50']],
    ['transactions', ['--threads', '2', '--clients', '6', '--transaction-size', '5', '--key-range', '50']],
    [
      'JSON of several sizes',
      ['--clients', '10', '--value-kind', 'json', '--value-size', '64..4096:9, 100000:1'],
    ],
    [
      'an open loop that drops',
      ['--target-ops-per-second', '30000', '--max-in-flight', '20', '--key-range', '10'],
    ],
    [
      'keys that were filled',
      ['--threads', '2', '--clients', '6', '--preload', '0.5', '--value-kind', 'compressible'],
    ],
  ])('checks every read and finds nothing: %s', async (_, flags) => {
    const { code, result, stdout } = await run([...target, '-w', profile('verify-mix', MIX), ...flags])
    expect(code).toBe(0)
    const { ok, wrong, stale, missing, unjudged, findings } = verified(result)
    expect({ wrong, stale, missing, unjudged, findings }).toEqual({
      ...{ wrong: 0, stale: 0, missing: 0, unjudged: 0 },
      findings: [],
    })
    expectAllJudged(result, readsOf(result, 'GET'))
    expect(ok).toBeGreaterThan(100)
    expect(result.audit.ok).toBe(true)
    expect(stdout).toMatch(/^verification {2}[\d,]+ reads: [\d,]+ right · none wrong, stale or missing$/m)
  })

  it.each(['measure', 'as-app'])('raises no alarm when connections are cut, preset %s', async (preset) => {
    const faults =
      'faults:\n  - {kind: socket-cut, at: 200ms, every: 200ms}\n  - {kind: client-kill, at: 300ms, every: 200ms}\n'
    const { result } = await run([
      ...[...target, '-w', profile('verify-cuts', `${MIX}${faults}`), '--preset', preset, '--duration', '3'],
      ...['--threads', '2', '--clients', '20', '--key-range', '100', '--concurrency', '200'],
    ])
    const { ok, wrong, stale, missing } = verified(result)
    expect({ wrong, stale, missing }).toEqual({ wrong: 0, stale: 0, missing: 0 })
    expectAllJudged(result, readsOf(result, 'GET'))
    expect(ok).toBeGreaterThan(1000)
    expect(result.connections.drops).toBeGreaterThan(20)
  })

  it('says what it cannot judge', async () => {
    const text =
      'operations:\n  - {command: "SET {key} {value} PX 5", weight: 1}\n  - {command: GET, weight: 9}\n'
    const { result, stdout } = await run([...target, '-w', profile('verify-ttl', text), '--key-range', '5'])
    const { wrong, stale, missing, unjudged, missing_unjudged_because: reason } = verified(result)
    expect({ wrong, stale, missing }).toEqual({ wrong: 0, stale: 0, missing: 0 })
    expect(unjudged).toBeGreaterThan(0)
    expect(reason).toBe('the workload gives keys a time to live')
    expect(stdout).toContain('missing values are not (all) judged: the workload gives keys a time to live')
  })
})
