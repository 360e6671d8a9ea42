import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/model/result.ts'
import { command, profile, run, startRun, unwrapped } from './support/command-line.ts'
import { acked, elementCount, readLists } from './support/acked-writes.ts'
import { startRedis, type TestServer } from './support/redis-server.ts'
import { until } from './support/until.ts'

let server: TestServer
let reader: Redis
let target: string[]
beforeAll(async () => {
  server = await startRedis()
  target = ['--port', String(server.port), '--warmup', '0', '--duration', '2']
})
afterAll(() => server.stop())

function auditWritesOf({ operations }: RunResult): number {
  return operations.find(({ operation }) => operation === 'ACKED_WRITE')?.count ?? 0
}

describe('--audit-writes on a server that does what it should', () => {
  it('counts them like everything else, finds all of them, and removes its lists', async () => {
    const { code, result, stdout } = await run([
      ...[...target, '--audit-writes', '10%', '--target-ops-per-second', '3000', '--pipeline-size', '5'],
      ...['--threads', '2', '--clients', '8', '--threshold', 'lost == 0; duplicated == 0; unread == 0'],
    ])
    expect(code).toBe(0)
    const { acknowledged, confirmed, complete, voided_because, examples, thinned, ...others } = acked(result)
    expect(acknowledged).toBe(auditWritesOf(result) + result.totals.warmup_issued)
    // Of a hundred units ten are audit writes, and ninety have five commands.
    expect(acknowledged).toBeGreaterThan(120)
    expect(acknowledged).toBeLessThan(140)
    expect({ confirmed, complete, voided_because, examples, thinned }).toEqual({
      confirmed: acknowledged,
      complete: true,
      voided_because: null,
      examples: [],
      thinned: 0,
    })
    expect(others).toMatchObject({
      lost: 0,
      duplicated: 0,
      reordered: 0,
      unknown: 0,
      unexpected: 0,
      lists: 8,
    })
    expect(result.audit.server).toMatchObject({ status: 'ok' })
    expect(result.audit.server.commands).toContainEqual(
      expect.objectContaining({ command: 'rpush', server: acknowledged, at_least: acknowledged }) as object,
    )
    expect(result.totals.scheduled).toBeGreaterThan(5900)
    expect(unwrapped(stdout)).toMatch(/^acked writes {2}1\d\d acknowledged: 1\d\d there, 0 lost · 0 unknown/m)
    // Not earlier: to the audit it is a stranger.
    reader = server.client()
    expect(await readLists(reader)).toEqual(new Map())
  })

  it('shares a count, a closed loop and transactions with the load', async () => {
    const { result } = await run([
      ...[...target, '--audit-writes', '50%', '--count', '4000', '--transaction-size', '4', '--no-cleanup'],
      ...['--clients', '4', '--threads', '2', '--seed', '5'],
    ])
    const { acknowledged, confirmed, reordered } = acked(result)
    expect({ confirmed, reordered }).toEqual({ confirmed: acknowledged, reordered: 0 })
    // Units of four commands and of one take turns.
    expect(acknowledged).toBeGreaterThanOrEqual(798)
    expect(acknowledged).toBeLessThanOrEqual(804)
    const lists = await readLists(reader)
    expect(elementCount(lists)).toBe(acknowledged)
    await reader.flushall()
  })
})

describe('--audit-writes on a server that changes what was written', () => {
  it('finds every loss, repetition and exchange, and nothing else, with the exact writes', async () => {
    const running = startRun([
      ...[...target, '--audit-writes', '100%', '--target-ops-per-second', '800', '--clients', '1'],
      ...['--audit-read-back', '1s', '--threshold', 'lost == 0', '--no-cleanup', '--log-format', 'json'],
    ])
    const key = await until('a full list', async () => {
      const keys = await reader.keys('*:acked:0:0')
      return keys.length > 0 && (await reader.llen(keys[0]!)) === 256 ? keys[0]! : undefined
    })
    const changes = reader.multi()
    for (const lost of [3, 40, 41, 255]) changes.lrem(key, 0, lost)
    changes.lrem(key, 0, 7).rpush(key, 7)
    changes.rpush(key, 100, 100, 2, 'nobody')
    await changes.exec()
    const { code, stdout, stderr } = await running.ended
    const result = running.result()
    const { lost, duplicated, reordered, unexpected, examples, ...others } = acked(result)
    expect({ lost, duplicated, reordered, unexpected }).toEqual({
      lost: 4,
      duplicated: 3,
      reordered: 1,
      unexpected: 1,
    })
    expect(examples.map(({ problem, sequence, list }) => [problem, sequence, list])).toEqual([
      ...[3, 40, 41, 255].map((sequence) => ['lost', sequence, key]),
      ...[2, 100, 100].map((sequence) => ['duplicated', sequence, key]),
      ['reordered', 7, key],
      ['unexpected', null, key],
    ])
    const { run_start, measured_seconds } = result
    for (const { acknowledged_at_ms: at, problem } of examples)
      if (problem !== 'unexpected') {
        expect(at).toBeGreaterThanOrEqual(run_start * 1000 - 100)
        expect(at).toBeLessThanOrEqual((run_start + measured_seconds) * 1000)
      }
    expect(others).toMatchObject({
      confirmed: others.acknowledged - 4,
      lost_from_ms: examples[0]!.acknowledged_at_ms,
      lost_until_ms: examples[3]!.acknowledged_at_ms,
      complete: true,
    })
    expect(code).toBe(4)
    expect(unwrapped(stdout)).toMatch(
      /^ACKNOWLEDGED WRITES LOST: 4 acknowledged writes lost, acknowledged between \S+Z and \S+Z$/m,
    )
    expect(stderr).toContain('acknowledged writes are lost')
    await reader.flushall()
  })
})

describe('--audit-writes where there is no place for them', () => {
  it.each([
    ['operations: [{command: GET}]', ['--read-from', 'replicas'], 'which take no writes'],
    ['operations: [{name: ACKED_WRITE, command: GET}]', [], 'an operation is named ACKED_WRITE'],
  ])('says so before any load: %s', async (text, flags, expected) => {
    const file = profile('acked-refused', `${text}\n`)
    const { code, stderr } = await command(['run', '-w', file, ...target, '--audit-writes', '1%', ...flags])
    expect(code).toBe(2)
    expect(stderr).toContain(expected)
  })
})
