import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Comparison } from '../../src/model/comparison.ts'
import type { HistoryEntry } from '../../src/model/history.ts'
import type { TimeChart } from '../../src/reports/html/chart-data.ts'
import { command, folder, start } from '../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'
import { dataOf } from '../support/html-page.ts'
import { problemsOfComparison } from '../support/validate-result.ts'

let server: TestServer
let load: string[]
beforeAll(async () => {
  server = await startRedis()
  load = ['run', '--port', String(server.port), '--target-ops-per-second', '400', '--duration', '1s']
  load.push('--warmup', '0', '--metrics-port', '0', '--log-level', 'error')
})
afterAll(() => server.stop())

const results = join(folder, 'results')
const files = (): string[] => readdirSync(results).filter((name) => name.endsWith('.json'))

describe('a series of runs', () => {
  it('takes turns, keeps every result, and compares', async () => {
    const comparison = join(folder, 'series.json')
    const series = [
      '--quiet',
      '--repeat',
      '1',
      '--warmup-runs',
      '1',
      '--against',
      'load.clients=20',
      '--strict',
    ]
    series.push('--results-dir', results, '--comparison', comparison, '--fail-if', 'p50 > +100000%')
    const { code, stdout, stderr } = await command([...load, ...series])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const titles = [...stdout.matchAll(/^run (\d) of 4, ([AB])( \(warm-up.*?\))?:/gm)]
    expect(
      titles.map(([, number, side, warmUp]) => `${number}${side}${warmUp === undefined ? '' : '*'}`),
    ).toEqual(['1A*', '2B*', '3A', '4B'])
    expect(stdout).toContain('the plans of A and B differ: load.clients 10 → 20, load.concurrency 10 → 20')
    expect(files()).toHaveLength(2)
    const written = JSON.parse(readFileSync(comparison, 'utf8')) as Comparison
    expect(problemsOfComparison(written)).toEqual([])
    const { sides, pairs, budgets } = written
    expect(sides.map(({ name, runs }) => [name, runs.length])).toEqual([
      ['A', 1],
      ['B', 1],
    ])
    expect(pairs[0]!.method).toBe('none')
    expect(budgets.map(({ verdict, fails }) => [verdict, fails])).toEqual([['unclear', false]])
  })

  it('ends with a signal, and what had come to its end is kept', async () => {
    const output = join(folder, 'cut.json')
    const longer = ['--duration', '60s', '--repeat', '3', '--output-file', output]
    const running = start([...load, ...longer])
    await running.saw(/measure +1\/60s/)
    running.child.kill('SIGINT')
    const { code, stdout } = await running.ended
    expect(code).toBe(130)
    expect(stdout).toMatch(/^run 1 of 3: .* · cut short · .* · is not compared\n/)
    expect(stdout).not.toContain('run 2 of 3')
    expect(existsSync(join(folder, 'cut-1.json'))).toBe(true)
  })
})

describe('a side that cannot be reached', () => {
  it('ends the series, since there is nothing to compare with', async () => {
    const against = ['--against', 'redis://127.0.0.1:1', '--repeat', '3']
    const { code, stdout, stderr } = await command([...load, '--quiet', ...against])
    expect(code).toBe(3)
    expect(stdout).toMatch(/^run 1 of 6, A: /)
    expect(stdout.match(/^run /gm)).toHaveLength(1)
    expect(stderr).toContain('127.0.0.1:1')
  })
})

describe('the history of a folder', () => {
  it('lists its runs, and follows a metric', async () => {
    const asked = ['history', '--results-dir', results]
    const listed = await command([...asked, '--json'])
    const entries = JSON.parse(listed.stdout) as HistoryEntry[]
    expect(entries.map(({ file }) => file).toSorted()).toEqual(files())
    expect(entries[0]!.run_start).toBeGreaterThanOrEqual(entries[1]!.run_start)
    const page = join(folder, 'trend.html')
    const trend = await command([...asked, '--trend', 'p50', '--html', page])
    expect(trend.stdout).toMatch(/^p50 {2}[▁-█]{2} {2}/)
    const { charts } = dataOf(readFileSync(page, 'utf8'))
    expect((charts[0] as TimeChart).series[0]!.values).toEqual(entries.map(({ p50 }) => p50).toReversed())
    expect((await command([...asked, '--failed'])).stdout).toBe('no runs\n')
    const compared = await command(['compare', 'old=latest~1', 'latest', '--results-dir', results])
    expect(compared.stdout).toMatch(/^not judged: latest against old\n/)
  })
})
