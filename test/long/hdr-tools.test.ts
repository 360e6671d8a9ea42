import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/model/result.ts'
import { command, folder, run } from '../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'

const VERSION = '2.2.2'
const QUANTILES = ['50', '90', '95', '99', '99.9']

/** HdrHistogram itself, or why it is not there. */
function findHdrHistogram(): { readonly jar: string } | { readonly missing: string } {
  const jar =
    process.env['HDRHISTOGRAM_JAR'] ??
    join(homedir(), `.m2/repository/org/hdrhistogram/HdrHistogram/${VERSION}/HdrHistogram-${VERSION}.jar`)
  const works = (program: string, ...args: string[]): boolean => {
    try {
      execFileSync(program, args, { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }
  if (!works('javac', '-version')) return { missing: 'a JDK (Debian: default-jdk-headless)' }
  if (!existsSync(jar))
    works('mvn', '-q', 'dependency:get', `-Dartifact=org.hdrhistogram:HdrHistogram:${VERSION}`)
  if (!existsSync(jar)) return { missing: `HdrHistogram ${VERSION} (Maven, or its jar in HDRHISTOGRAM_JAR)` }
  return { jar }
}

const found = findHdrHistogram()
if ('missing' in found) console.warn(`not checked with HdrHistogram itself: there is no ${found.missing}`)

/** What HdrHistogram reads from a log: by tag, `-` without one. */
interface Read {
  readonly intervals: number
  readonly count: number
  /** Nanoseconds. */
  readonly quantiles: readonly number[]
  readonly distribution: string
}

function read(file: string): ReadonlyMap<string, Read> {
  const program = join(import.meta.dirname, 'support/ReadHdr.java')
  const jar = 'jar' in found ? found.jar : ''
  const text = execFileSync('java', ['-cp', jar, program, file, ...QUANTILES], { encoding: 'utf8' })
  const parts = text.split(/^tag /m).slice(1)
  return new Map(
    parts.map((part) => {
      const end = part.indexOf('\n')
      const [tag = '', intervals, count, ...quantiles] = part.slice(0, end).split(' ')
      return [
        tag,
        {
          intervals: Number(intervals),
          count: Number(count),
          quantiles: quantiles.map(Number),
          distribution: part.slice(end + 1),
        },
      ]
    }),
  )
}

describe.skipIf('missing' in found)('HdrHistogram itself', () => {
  let server: TestServer
  let result: RunResult
  const path = (name: string): string => join(folder, name)
  beforeAll(async () => {
    server = await startRedis()
    const ended = await run([
      ...['--port', String(server.port), '-w', 'high_throughput', '--target-ops-per-second', '2000'],
      ...['--warmup', '0', '--duration', '4', '--journal', path('j'), '--hlog', path('run.hlog')],
      ...['--percentiles', path('{operation}.hgrm')],
    ])
    result = ended.result
    await command(['report', path('j'), '--hlog', path('journal.hlog')])
    await command(['report', ended.result.plan.output.file!, '--hlog', path('whole.hlog')])
  })
  afterAll(() => server.stop())

  it('reads the log of a run: every second, every operation, with the quantiles of the result', () => {
    const log = read(path('run.hlog'))
    expect([...log.keys()].toSorted()).toEqual([
      ...['-', 'GET', 'GET:service', 'PIPELINE', 'PIPELINE:service', 'SET', 'SET:service'],
    ])
    expect(log.get('-')).toMatchObject({ count: result.successful_commands_count })
    expect(log.get('-')!.intervals).toBeGreaterThanOrEqual(4)
    for (const { operation, ok, service, response } of result.operations)
      for (const [tag, latency] of [
        [operation, response!.success],
        [`${operation}:service`, service.success],
      ] as const) {
        const { count, quantiles } = log.get(tag)!
        expect(count).toBe(ok)
        const expected = [latency.p50_ms, latency.p90_ms, latency.p95_ms, latency.p99_ms, latency.p999_ms]
        for (const [index, millis] of expected.entries())
          // Our buckets are within 0.5 %, those of HdrHistogram with three digits within 0.1 %.
          expect(Math.abs(quantiles[index]! / 1e6 / millis - 1)).toBeLessThan(0.006)
      }
  })

  it('reads the same from the journal', () => {
    expect(readFileSync(path('journal.hlog'))).toEqual(readFileSync(path('run.hlog')))
  })

  it('writes the same percentile distributions, to the last digit', () => {
    const log = read(path('whole.hlog'))
    expect(log.size).toBe(7)
    for (const [tag, { distribution }] of log) {
      const name = tag === '-' ? 'all' : tag.replace(':', '_')
      expect(readFileSync(path(`${name}.hgrm`), 'utf8')).toBe(distribution)
    }
  })
})
