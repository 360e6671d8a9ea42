import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseXml } from '../support/xml.ts'
import { problemsOfJournalLine } from '../support/validate-result.ts'
import { command, folder, run, type RunEnded } from './support/command-line.ts'
import { startRedis, type TestServer } from './support/redis-server.ts'

const path = (name: string): string => join(folder, name)
const read = (name: string): string => readFileSync(path(name), 'utf8')

let server: TestServer
let ended: RunEnded
beforeAll(async () => {
  server = await startRedis()
  writeFileSync(path('step.md'), '')
  ended = await run(
    [
      ...['--port', String(server.port), '--clients', '2', '--target-ops-per-second', '200'],
      ...['--warmup', '0', '--duration', '2', '--run-id', 'r/1', '--journal', path('{run_id}.ndjson')],
      ...['--markdown', path('a.md'), '--junit', path('{run_id}.xml'), '--csv', path('a.csv')],
      ...['--hlog', path('a.hlog'), '--percentiles', path('a.hgrm')],
      ...['--threshold', 'p99 < 1us', '--threshold', 'error_rate < 1%'],
    ],
    { env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: path('step.md') } },
  )
})
afterAll(() => server.stop())

describe('the outputs of a run', () => {
  it('begin with the answer, and end with where they are', () => {
    expect(ended.code).toBe(4)
    expect(ended.stdout).toMatch(/^FAIL {10}1 of 2 thresholds not met · exit code 4\n/)
    expect(ended.stdout).not.toContain('\u001b')
    expect(ended.stdout).toMatch(/^ok {9,} +[\d,]+ .*\n/m)
    expect(ended.stdout).toMatch(/^limited by {4}\S/m)
    expect(ended.stdout).toContain(`\n              ${path('a.md')}\n`)
    expect(ended.stdout).toMatch(/^::error title=redis-test basic_rw::FAIL: /m)
    expect(ended.stdout.split('\n').filter((line) => line.length > 100 && !line.startsWith('::'))).toEqual([])
  })

  it('are all there', () => {
    expect(read('a.md')).toMatch(/^## ❌ FAIL: basic&#95;rw\n/)
    expect(read('step.md')).toBe(`${read('a.md')}\n`)
    expect(parseXml(read('r_1.xml')).attributes).toMatchObject({ failures: '1' })
    expect(read('a.csv').split('\r\n')).toHaveLength(ended.result.intervals.length + 2)
    expect(read('a.hlog').match(/^\d/gm)!.length).toBeGreaterThanOrEqual(2)
    expect(read('a.all.hgrm')).toContain(`Total count    = ${String(ended.result.totals.ok).padStart(12)}]`)
  })

  it('are the same when they are made again, from the journal or from the result', async () => {
    const journal = path('r_1.ndjson')
    const args = (name: string): string[] => [
      ...['--markdown', path(`${name}.md`), '--csv', path(`${name}.csv`), '--junit', path(`${name}.xml`)],
      ...['--percentiles', path(`${name}.hgrm`), '--hlog', path(`${name}.hlog`)],
    ]
    const [again, other] = await Promise.all([
      command(['report', journal, ...args('b')]),
      command(['report', ended.result.plan.output.file!, ...args('c'), '--summary', 'full']),
    ])
    expect([again.code, other.code]).toEqual([4, 4])
    expect(other.stdout).toMatch(/ min +mean +p50 +p90 /)
    for (const name of ['b', 'c'])
      for (const [file, first] of [
        ['md', 'a.md'],
        ['csv', 'a.csv'],
        ['xml', 'r_1.xml'],
        ['GET.hgrm', 'a.GET.hgrm'],
      ] as const)
        expect(read(`${name}.${file}`)).toBe(read(first))
    expect(read('b.hlog')).toBe(read('a.hlog'))
    const lines = readFileSync(journal, 'utf8').trim().split('\n')
    expect(lines.flatMap((line) => problemsOfJournalLine(JSON.parse(line)))).toEqual([])
  })

  it('are checked before any load, also with --dry-run', async () => {
    const args = ['run', '--port', String(server.port), '--csv', '/proc/nope/a.csv']
    for (const more of [[], ['--dry-run']]) {
      const { code, stderr } = await command([...args, ...more])
      expect(code).toBe(2)
      expect(stderr).toContain('output.csv: cannot write /proc/nope/a.csv: ENOENT (choose another path)')
    }
  })
})
