import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/model/result.ts'
import { acked, distinctCount, elementCount, readLists } from '../e2e/support/acked-writes.ts'
import { command, profile, run, startRun, unwrapped } from '../e2e/support/command-line.ts'
import { restartRedis, startRedis, type TestServer } from '../e2e/support/redis-server.ts'
import { until } from '../e2e/support/until.ts'

let server: TestServer
let reader: Redis
let target: string[]
beforeAll(async () => {
  server = await startRedis('--repl-diskless-sync-delay', '0')
  reader = server.client()
  target = ['--port', String(server.port), '--warmup', '0', '--duration', '2']
})
afterEach(() => reader.flushall())
afterAll(() => server.stop())

describe('--audit-writes while a client sends commands again', () => {
  it('finds, with preset as-app, as many repetitions as there are', async () => {
    const text =
      'operations: [{command: GET}]\nfaults: [{kind: client-kill, at: 200ms, every: 150ms}, {kind: socket-cut, at: 270ms, every: 150ms}]\n'
    const journal = `${server.folder}/acked.ndjson`
    const { result } = await run([
      ...[...target, '-w', profile('acked-as-app', text), '--preset', 'as-app', '--audit-writes', '100%'],
      ...['--clients', '4', '--concurrency', '400', '--no-cleanup', '--journal', journal],
    ])
    const { duplicated, lost, confirmed, acknowledged, unknown, applied_unacknowledged, ...others } =
      acked(result)
    const lists = await readLists(reader)
    expect(duplicated).toBe(elementCount(lists) - distinctCount(lists))
    expect(confirmed + applied_unacknowledged).toBe(distinctCount(lists))
    expect(duplicated).toBeGreaterThan(0)
    expect({ lost, reordered: others.reordered, refused_applied: others.refused_applied }).toEqual({
      lost: 0,
      reordered: 0,
      refused_applied: 0,
    })
    expect(confirmed).toBe(acknowledged)
    expect(unknown).toBeGreaterThanOrEqual(0)
    expect(result.connections.resent_commands).toBeGreaterThanOrEqual(duplicated)
    expect(others.readings.map(({ reason }) => reason)).toContain('after client-kill')
    const file = `${server.folder}/acked.json`
    await command(['report', journal, '--output-file', file])
    const rebuilt = JSON.parse(readFileSync(file, 'utf8')) as RunResult
    expect(rebuilt.acked_writes).toEqual(result.acked_writes)
  })
})

describe('--audit-writes and a master that gives up what it had acknowledged', () => {
  it('finds exactly the writes that a reader of both servers misses on the new one', async () => {
    const other = await startRedis('--repl-diskless-sync-delay', '0')
    try {
      const copy = other.client()
      const running = startRun([
        ...[...target, '--duration', '12', '--audit-writes', '20%', '--target-ops-per-second', '2000'],
        ...['--clients', '4', '--no-cleanup', '--audit-read-back', '1s', '--max-in-flight', '100000'],
      ])
      await copy.replicaof('127.0.0.1', server.port)
      await until('a copy', async () => (await copy.info('replication')).includes('master_link_status:up'))
      await until('some load', async () => ((await reader.keys('*:acked:*')).length >= 4 ? true : undefined))
      // Nobody tells the old master that there is a new one.
      await copy.replicaof('NO', 'ONE')
      const kept = await readLists(copy)
      await until('writes that only the old one has', async () =>
        elementCount(await readLists(reader)) > elementCount(kept) + 200 ? true : undefined,
      )
      await reader.client('PAUSE', 5000, 'WRITE')
      const had = await readLists(reader)
      await reader.replicaof('127.0.0.1', other.port)
      await until('the old one follows', async () =>
        (await reader.info('replication')).includes('master_link_status:up'),
      )
      await reader.replicaof('NO', 'ONE')
      await reader.client('UNPAUSE')
      await running.ended
      const { lost, acknowledged, confirmed, complete, ...others } = acked(running.result())
      expect(lost).toBe(elementCount(had) - elementCount(kept))
      expect({ complete, reordered: others.reordered }).toEqual({ complete: true, reordered: 0 })
      expect(confirmed).toBe(acknowledged - lost)
      expect(confirmed + others.applied_unacknowledged).toBe(distinctCount(await readLists(reader)))
    } finally {
      await other.stop()
    }
  })
})

describe("--audit-writes when a loss is not the server's fault", () => {
  it.each([
    ['the policy allows it', 'the server may evict any key (maxmemory-policy allkeys-lru)'],
    ['the database is emptied', 'the database was emptied (FLUSHALL, FLUSHDB or SWAPDB)'],
  ])('says that nothing is proven: %s', async (what, reason) => {
    const running = startRun([
      ...[...target, '--duration', '3', '--audit-writes', '20%', '--target-ops-per-second', '1000'],
      ...['--audit-read-back', '1s', '--threshold', 'lost == 0; duplicated == 0'],
    ])
    const keys = await until('some load', async () => {
      const found = await reader.keys('*:acked:*')
      return found.length > 3 ? found : undefined
    })
    if (what === 'the database is emptied') await reader.flushall()
    else {
      await reader.config('SET', 'maxmemory', '1gb', 'maxmemory-policy', 'allkeys-lru')
      await reader.unlink(keys)
    }
    const { code, stdout } = await running.ended
    await reader.config('SET', 'maxmemory', '0', 'maxmemory-policy', 'noeviction')
    const result = running.result()
    expect(acked(result)).toMatchObject({ voided_because: reason, complete: true, duplicated: 0 })
    expect(acked(result).lost).toBeGreaterThan(0)
    expect(result.thresholds.map(({ ok, actual }) => [ok, actual])).toEqual([
      [false, null],
      [true, 0],
    ])
    expect(code).toBe(4)
    expect(unwrapped(stdout)).toContain('which is no proof of a loss: the ')
    expect(stdout).not.toContain('ACKNOWLEDGED WRITES LOST')
  })
})

describe('--audit-writes and a server that crashes', () => {
  it('counts what a restart without persistence forgets as lost', async () => {
    const first = await startRedis()
    const running = startRun([
      ...['--port', String(first.port), '--warmup', '0', '--duration', '8', '--audit-writes', '20%'],
      ...['--target-ops-per-second', '1000', '--clients', '4', '--no-cleanup', '--audit-read-back', '1s'],
    ])
    const client = first.client()
    await until('some load', async () => elementCount(await readLists(client)) > 300)
    await first.crash()
    const second = await restartRedis(first)
    await running.ended
    const { lost, acknowledged, confirmed, applied_unacknowledged, ...others } = acked(running.result())
    const held = await readLists(second.client())
    await second.stop()
    expect(lost).toBeGreaterThan(300)
    expect(acknowledged).toBe(confirmed + lost)
    expect(confirmed + applied_unacknowledged).toBe(distinctCount(held))
    expect(others).toMatchObject({ complete: true, voided_because: null, duplicated: 0, refused_applied: 0 })
  })

  it('says that it could not read back from one that is gone, and does not wait for ever', async () => {
    const gone = await startRedis()
    const running = startRun([
      ...['--port', String(gone.port), '--warmup', '0', '--duration', '4', '--audit-writes', '20%'],
      ...['--target-ops-per-second', '1000', '--audit-patience', '1s', '--audit-read-back', '1h'],
      ...['--threshold', 'lost == 0', '--threshold', 'unread == 0'],
    ])
    const client = gone.client()
    await until('some load', async () => elementCount(await readLists(client)) > 100)
    await gone.stop()
    const { code, stdout } = await running.ended
    const { acknowledged, confirmed, unread, complete, lost } = acked(running.result())
    expect({ confirmed, lost, complete, unread }).toEqual({
      confirmed: 0,
      lost: 0,
      complete: false,
      unread: acknowledged,
    })
    expect(acknowledged).toBeGreaterThan(100)
    expect(code).toBe(4)
    expect(unwrapped(stdout)).toMatch(
      /^NOT READ BACK: of [\d,]+ acknowledged writes nobody knows whether they are there \(.+\)$/m,
    )
  })
})

describe('--audit-writes and replicas', () => {
  it('counts looks at a replica that lags, and for how long it did', async () => {
    const replica = await startRedis('--repl-diskless-sync-delay', '0')
    const copy = replica.client()
    await copy.replicaof('127.0.0.1', server.port)
    await until('a copy', async () => (await copy.info('replication')).includes('master_link_status:up'))
    const running = startRun([
      ...[...target, '--duration', '6', '--audit-writes', '20%', '--target-ops-per-second', '1000'],
      ...['--threshold', 'lost == 0; stale_reads == 0'],
    ])
    await until('some load', async () => (await reader.keys('*:acked:*')).length > 3)
    await copy.client('PAUSE', 2500, 'WRITE')
    const { stdout } = await running.ended
    await replica.stop()
    const result = running.result()
    const { reads, stale, age_max_ms, age_mean_ms } = acked(result).stale_reads!
    expect(stale).toBeGreaterThan(0)
    expect(stale).toBeLessThan(reads)
    expect(age_max_ms).toBeGreaterThan(500)
    expect(age_max_ms).toBeLessThan(4000)
    expect(age_mean_ms).toBeLessThanOrEqual(age_max_ms)
    expect(result.thresholds.map(({ ok, actual }) => [ok, actual])).toEqual([
      [true, 0],
      [false, stale],
    ])
    expect(unwrapped(stdout)).toMatch(/^replicas {6}\d+ looks, \d+ stale: behind by [\d.,]+ ms on average/m)
  })
})
