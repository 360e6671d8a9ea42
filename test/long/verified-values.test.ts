import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/model/result.ts'
import type { Verdict } from '../../src/model/verification.ts'
import { command, profile, run, startRun } from '../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'
import { until } from '../e2e/support/until.ts'
import { expectAllJudged, MIX, readsOf, verified } from '../e2e/support/verification.ts'

let server: TestServer
let target: string[]
beforeAll(async () => {
  server = await startRedis()
  target = ['--port', String(server.port), '--warmup', '0', '--duration', '2', '--verify']
})
afterAll(() => server.stop())

describe('--verify on a server that does what it should', () => {
  it('follows every command that reads and writes values', async () => {
    const commands = [
      ...[
        'GET',
        'SET',
        'GETSET',
        'GETDEL',
        'SETNX',
        'DEL',
        'UNLINK',
        'MGET ({key})*5',
        'MSET ({key} {value})*5',
      ],
      ...['SET {key} {value} NX', 'SET {key} {value} XX GET', 'STRLEN', 'EXISTS', 'GETRANGE'],
    ]
    const operations = commands.map((text, index) => `  - {name: OP${index}, command: "${text}"}\n`).join('')
    const { code, result } = await run([
      ...[...target, '-w', profile('verify-all', `operations:\n${operations}`)],
      ...['--threads', '2', '--clients', '8', '--key-range', '30'],
    ])
    expect(code).toBe(0)
    const { ok, wrong, stale, missing, unjudged } = verified(result)
    expect({ wrong, stale, missing, unjudged }).toEqual({ wrong: 0, stale: 0, missing: 0, unjudged: 0 })
    const reads = readsOf(result, 'OP0', 'OP2', 'OP3', 'OP10') + 5 * readsOf(result, 'OP7')
    expect(ok).toBeGreaterThan(100)
    expectAllJudged(result, reads, 5)
  })

  it('verifies what is read through a cache', async () => {
    const text =
      'operations:\n  - {command: GET, weight: 9, on_nil: "SET {same} {value}"}\n  - {command: DEL}\n'
    const { result } = await run([
      ...target,
      '-w',
      profile('verify-cache', text),
      '--clients',
      '8',
      '--threads',
      '2',
    ])
    const { wrong, stale, missing } = verified(result)
    expect({ wrong, stale, missing }).toEqual({ wrong: 0, stale: 0, missing: 0 })
    expectAllJudged(result, readsOf(result, 'GET'))
  })
})

describe('--verify on a server that loses and changes values', () => {
  it('counts exactly what went wrong', async () => {
    const client = server.client()
    const log = await watch(server)
    const stranger = await addressOf(client)
    const running = startRun([
      ...[
        ...target,
        '-w',
        profile('verify-lies', MIX),
        '--duration',
        '3',
        '--clients',
        '1',
        '--concurrency',
        '1',
      ],
      ...['--threads', '1', '--key-range', '8', '--seed', '7'],
    ])
    await until('some load', () => (log.commands.length > 500 ? true : undefined))
    const prefix = /^(.*:)\d+$/.exec(log.commands[0]!.args[0]!)![1]!
    const hasFoundEnough = (): boolean => {
      const { wrong, stale, missing } = judge(log.commands, stranger)
      return Math.min(wrong, stale, missing) > 5 && wrong + stale + missing > 20
    }
    while (running.child.exitCode === null && !hasFoundEnough()) await tamper(client, prefix)
    const ended = await running.ended
    await until('the end of the log', () =>
      log.commands.some(({ name }) => name === 'UNLINK') ? true : undefined,
    )
    log.stop()
    const result = running.result()
    const expected = judge(log.commands, stranger)
    const { ok, wrong, stale, missing, unjudged, findings } = verified(result)
    expect({ ok, wrong, stale, missing, unjudged }).toEqual(expected)
    expect(Math.min(wrong, stale, missing)).toBeGreaterThan(0)
    expect(findings).toHaveLength(20)
    expect(findings[0]).toMatchObject({ key: expect.stringContaining(prefix) as string })
    expect(ended.code).toBe(0)
    expect(ended.stdout).toMatch(/^READS WENT WRONG: [\d,]+ wrong · [\d,]+ stale · [\d,]+ missing$/m)
    expect(ended.stderr).toContain('a read went wrong')
  })

  it('shows the verdicts on /metrics and rebuilds them from a journal', async () => {
    const journal = `${server.folder}/verify.ndjson`
    const running = startRun([
      ...[...target, '-w', profile('verify-journal', MIX), '--journal', journal, '--key-range', '5'],
      ...['--metrics-linger', '30s', '--log-format', 'json'],
    ])
    const [, url = ''] = await running.saw(/"url":"(http[^"]+)"/)
    const client = server.client()
    await until('some load', async () => ((await client.dbsize()) > 0 ? true : undefined))
    const scrape = async (): Promise<string> => (await fetch(url)).text()
    await until('a wrong read', async () => {
      for (const key of await client.keys('*')) await client.set(key, 'somebody else was here')
      return /verdict="wrong".*\} [1-9]/.test(await scrape()) ? true : undefined
    })
    await running.saw(/metrics stay up/)
    const text = await scrape()
    const result = running.result()
    const { wrong, findings } = verified(result)
    expect(wrong).toBeGreaterThan(0)
    expect(text).toMatch(
      new RegExp(`^redis_test_verified_reads_total\\{.*verdict="wrong".*\\} ${wrong}$`, 'm'),
    )
    expect(findings[0]).toMatchObject({ verdict: 'wrong', got: 'a value that is none of this run' })
    running.child.kill('SIGTERM')
    await running.ended
    const file = `${server.folder}/rebuilt.json`
    await command(['report', journal, '--output-file', file])
    const rebuilt = JSON.parse(readFileSync(file, 'utf8')) as RunResult
    expect(rebuilt.verification).toEqual(result.verification)
  })
})

describe('--verify on a workload that it cannot follow', () => {
  it('refuses it before any load, and says which operation it is', async () => {
    const file = profile('verify-append', `${MIX}  - {command: APPEND}\n`)
    const { code, stderr } = await command(['run', '-w', file, ...target, '--value-size', '20'])
    expect(code).toBe(2)
    expect(stderr).toContain(
      'APPEND makes it impossible to verify values: its APPEND changes keys that hold values',
    )
    expect(stderr).toContain('20 has no room for the label of a verified value, which takes 35 bytes')
  })
})

/** A command that the server ran, and for whom. */
interface Ran {
  readonly name: string
  readonly args: readonly string[]
  readonly address: string
}

/** Every command that the server ran, in order, as MONITOR tells it. */
async function watch({ client }: TestServer): Promise<{ readonly commands: Ran[]; stop(): void }> {
  const commands: Ran[] = []
  const monitor = await client().monitor()
  monitor.on('monitor', (_at: string, [name = '', ...args]: string[], address: string) => {
    if (/^(set|get|del|unlink)$/i.test(name)) commands.push({ name: name.toUpperCase(), args, address })
  })
  return { commands, stop: () => monitor.disconnect() }
}

async function addressOf(client: Redis): Promise<string> {
  return / addr=(\S+)/.exec(await client.client('INFO'))![1]!
}

/** What has to be said of each read of the load, as one client sees it that does one thing after the other. */
function judge(commands: readonly Ran[], stranger: string): Record<Verdict, number> {
  const counts = { ok: 0, wrong: 0, stale: 0, missing: 0, unjudged: 0 }
  const store = new Map<string, string>()
  const truth = new Map<string, string | undefined>()
  const written = new Map<string, Set<string>>()
  for (const { name, args, address } of commands) {
    const [key = '', value = ''] = args
    const isLoad = address !== stranger
    if (name === 'SET') {
      store.set(key, value)
      if (!isLoad) continue
      truth.set(key, value)
      written.set(key, (written.get(key) ?? new Set()).add(value))
    } else if (name === 'DEL') {
      store.delete(key)
      if (isLoad) truth.set(key, undefined)
    } else if (name === 'GET' && isLoad) {
      const held = store.get(key)
      const wasKnown = truth.has(key) || held === undefined || !held.startsWith('not a value')
      if (held === truth.get(key)) counts.ok++
      else if (!wasKnown) counts.unjudged++
      else if (held === undefined) counts.missing++
      else counts[written.get(key)?.has(held) === true ? 'stale' : 'wrong']++
    }
  }
  return counts
}

/** Overwrites some keys, removes some and rolls some back, again and again. What the load does in between stays. */
async function tamper(client: Redis, prefix: string): Promise<void> {
  for (let round = 0; round < 10; round++) {
    const key = (index: number): string => `${prefix}${index}`
    const old = await client.get(key(1))
    await client.set(key(2), 'not a value of ours')
    await client.del(key(3))
    const value = await client.get(key(5))
    if (value !== null) {
      await client.set(key(4), value)
      await client.set(key(5), `${value.slice(0, 60)}!${value.slice(61)}`)
    }
    if (old !== null) await client.set(key(1), old)
  }
}
