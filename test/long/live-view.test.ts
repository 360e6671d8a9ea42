import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/model/result.ts'
import { widthOf } from '../../src/reports/live-view/text-width.ts'
import { folder, MAIN } from '../e2e/support/command-line.ts'
import { startRedis, type TestServer } from '../e2e/support/redis-server.ts'
import { hasTmux, openTmux, type TestTerminal } from '../e2e/support/tmux.ts'
import { until } from '../e2e/support/until.ts'
import { freePort } from '../support/free-port.ts'

let server: TestServer
let terminal: TestTerminal
let file: string
let metricsPort: number
let runs = 0
beforeAll(async () => {
  server = await startRedis()
})
afterAll(() => server.stop())
beforeEach(async () => {
  file = join(folder, `live-${runs++}`)
  metricsPort = await freePort()
})
afterEach(() => terminal.close())

/** Types a run; its process id and result are in files. */
const typeRun = (...flags: string[]): Promise<void> =>
  terminal.type(
    [
      `sh -c 'echo $$ > ${file}.pid; exec "$0" "$@"' ${process.execPath} ${MAIN} run --port ${server.port}`,
      `--output-file ${file}.json --journal ${file}.ndjson --metrics-port ${metricsPort}`,
      '--target-ops-per-second 1000 --warmup 0 --duration 5m',
      ...flags,
      '; echo code=$?',
    ].join(' '),
  )

const pid = (): number => Number(readFileSync(`${file}.pid`, 'utf8'))
const result = (): RunResult => JSON.parse(readFileSync(`${file}.json`, 'utf8')) as RunResult

/** The screen and its modes are the shell's again, and it reads whole lines. */
async function expectRestored(): Promise<void> {
  expect(await terminal.modes()).toEqual({ alternate: false, cursor: true })
  await terminal.type('clear; stty -a | grep -c " icanon.* echo "')
  await terminal.saw(/^1$/m)
}

describe.skipIf(!hasTmux)('the live view', () => {
  it.each([
    [80, 24],
    [200, 50],
  ])(
    'shows a run in a terminal of %d×%d, takes keys, and puts everything back',
    async (columns, rows) => {
      terminal = await openTmux(columns, rows)
      await typeRun(`--threshold 'p99 < 10s'`, `--threshold 'outages == 0'`)
      const lines = await terminal.saw(/ops\/s of 1,000[^]*server +memory/)
      expect(await terminal.modes()).toEqual({ alternate: true, cursor: false })
      expect(lines).toHaveLength(rows)
      expect(Math.max(...lines.map((line) => widthOf(line)))).toBe(columns)
      expect(lines[0]).toMatch(/^redis-test basic_rw · 127\.0\.0\.1:\d+$/)
      expect(lines[1]).toMatch(/^measuring +0:\d\d of 5:00 · 4:\d\d left$/)
      expect(lines[2]).toMatch(/^█*░+$/)
      expect(lines.at(-1)).toBe('space pause   + more   - less   n next phase   ? help   q end')
      const text = lines.join('\n')
      for (const part of [
        /^response ok( +[\d.]+){4}/m,
        /^service ok( +[\d.]+){4}/m,
        /errors +none/,
        /connections 10 of 10 ready · none lost/,
        /generator +CPU [\d.]+ of 1 core /,
        /✓ p99 < 10s +[\d.]+s/,
        /✓ outages == 0 +0/,
      ])
        expect(text).toMatch(part)
      expect(/run p99/.test(text)).toBe(columns === 200)
      await terminal.press('Space')
      await terminal.saw(/PAUSED[^]* 0 ops\/s of 0/)
      await terminal.press('Space')
      await terminal.saw(/ops\/s of 1,000/)
      await terminal.press('+')
      await terminal.saw(/110 %[^]*ops\/s of 1,100/)
      await terminal.press('?')
      await terminal.saw(/^Ctrl-Z +stop everything/m)
      await terminal.press('?')
      await terminal.resize(60, 16)
      expect(await terminal.saw(/^measuring[^]*left$[^]*\? help {3}q end$/m)).toHaveLength(16)
      await terminal.resize(30, 8)
      await terminal.saw(/too small \(40×10\)/)
      await terminal.resize(columns, rows)
      await terminal.press('q')
      await terminal.saw(/code=130/)
      await expectRestored()
      const { adjustments, audit, intervals, totals, end_reason } = result()
      expect([end_reason, audit.ok]).toEqual(['signal', true])
      expect(adjustments.map(({ kind, factor }) => [kind, factor])).toEqual([
        ['pause', 0],
        ['resume', 1],
        ['rate', 1.1],
      ])
      expect(intervals.some(({ target_ops_per_second }) => target_ops_per_second === 0)).toBe(true)
      expect(totals.dropped_generator_late).toBe(0)
      // What the plan asks for, but for the pause: the rest of it comes neither in the pause nor after it.
      const { run_start, run_end } = result()
      const [paused, resumed, raised] = adjustments.map(({ at_ms }) => at_ms / 1000)
      const asked = 1000 * (paused! - run_start) + 1000 * (raised! - resumed!) + 1100 * (run_end - raised!)
      // The threads hear a little later that it is over.
      expect(Math.abs(asked - totals.scheduled)).toBeLessThan(200)
    },
    120_000,
  )

  it('goes on to the next phase, and the run ends sooner', async () => {
    terminal = await openTmux(80, 24)
    await typeRun('--duration 63s', `--stages 'slow:60s:200,fast:3s:1500'`)
    await terminal.saw(/measuring · slow[^]*ops\/s of 200/)
    await terminal.press('n')
    await terminal.saw(/measuring · fast[^]*ops\/s of 1,500/)
    await terminal.saw(/code=0/)
    const { phases, measured_seconds, adjustments, audit, run_start } = result()
    expect(audit.ok).toBe(true)
    expect(adjustments.map(({ kind }) => kind)).toEqual(['next_phase'])
    expect(measured_seconds).toBeCloseTo(63 - adjustments[0]!.skipped_ms / 1000, 1)
    expect(phases.map(({ name }) => name)).toEqual(['slow', 'fast'])
    const slowSeconds = adjustments[0]!.at_ms / 1000 - run_start
    const scheduled = phases.reduce((sum, phase) => sum + phase.scheduled, 0)
    expect(Math.abs(scheduled - (200 * slowSeconds + 3 * 1500))).toBeLessThanOrEqual(1)
  }, 60_000)

  it.each<[string, () => Promise<void> | void, RegExp]>([
    ['Ctrl-C', () => terminal.press('C-c'), /code=130/],
    ['SIGTERM', () => void process.kill(pid(), 'SIGTERM'), /code=143/],
    ['SIGHUP', () => void process.kill(pid(), 'SIGHUP'), /code=143/],
    [
      'Ctrl-C twice',
      async () => {
        await terminal.press('C-c')
        await terminal.press('C-c')
      },
      /code=130/,
    ],
  ])('leaves the terminal as it was after %s', async (_, leave, code) => {
    terminal = await openTmux(80, 24)
    await typeRun()
    await terminal.saw(/ops\/s of 1,000/)
    await leave()
    await terminal.saw(code)
    await expectRestored()
  })

  it('stops with Ctrl-Z, and goes on with fg', async () => {
    terminal = await openTmux(80, 24)
    await typeRun()
    await terminal.saw(/ops\/s of 1,000/)
    await terminal.press('C-z')
    await terminal.saw(/Stopped/)
    expect(await terminal.modes()).toEqual({ alternate: false, cursor: true })
    await terminal.type('clear; bg')
    await terminal.type('sleep 1; jobs')
    await terminal.saw(/Running/)
    expect(await terminal.modes()).toEqual({ alternate: false, cursor: true })
    await terminal.type('fg')
    await until('the view is back', async () => (await terminal.modes()).alternate)
    await terminal.saw(/^measuring[^]*ops\/s of 1,000/m)
    await terminal.press('q')
    await terminal.saw(/removed: [^]*ready>\s*$/)
    await expectRestored()
  })

  it('is for each run of a series in turn, and q ends all of it', async () => {
    terminal = await openTmux(200, 50)
    await typeRun('--duration 3', '--repeat 3')
    await terminal.saw(/^redis-test basic_rw · run 1 of 3 · 127[^]*ops\/s of 1,000/)
    await terminal.saw(/^redis-test basic_rw · run 2 of 3 · 127[^]*ops\/s of 1,000/)
    await terminal.press('q')
    const text = (await terminal.saw(/code=130/)).join('\n')
    expect(text).toMatch(/^run 1 of 3: (?!.*cut short).* ops\/s/m)
    expect(text).toMatch(/^run 2 of 3: .* · cut short/m)
    expect(text).not.toContain('run 3 of 3')
    await expectRestored()
  })

  it('prints what was logged meanwhile, after it', async () => {
    terminal = await openTmux(200, 50)
    await typeRun()
    await terminal.saw(/ops\/s of 1,000/)
    await until('a journal', () => existsSync(`${file}.ndjson`))
    await terminal.press('q')
    const lines = await terminal.saw(/code=130/)
    expect(lines.join('\n')).toContain('redis-test: q: ending the load, then reporting')
    expect(lines.join('\n')).toContain('INFO: result written')
  })

  it('watches a run that goes on elsewhere, when it goes and comes back as well', async () => {
    terminal = await openTmux(80, 24)
    const other = await openTmux(80, 24)
    try {
      await typeRun(`--threshold 'ok == 0'`)
      await terminal.saw(/ops\/s of 1,000/)
      await other.type(`${process.execPath} ${MAIN} watch ${metricsPort}; echo code=$?`)
      const lines = await other.saw(/ops\/s of 1,000 [^]*response ok +~[^]*ops\/s · [\d.]+ % hits/)
      expect(lines[0]).toMatch(/^redis-test basic_rw · run [\w-]+/)
      expect(lines[1]).toMatch(/^measuring +0:\d\d of 5:00 · 4:\d\d left$/)
      expect(lines.join('\n')).toMatch(/✗ ok == 0 +[\d,]+$/m)
      await terminal.press('Space')
      await other.saw(/PAUSED[^]* 0 ops\/s of 0/)
      await terminal.press('Space')
      await other.saw(/adjusted 2 times[^]*ops\/s of 1,000/)
      process.kill(pid(), 'SIGKILL')
      await other.saw(/no answer for \d+ s \(ECONNREFUSED\), trying again/)
      await terminal.press('Enter')
      await terminal.type('reset')
      await typeRun('--run-id', 'second')
      await other.saw(/^redis-test basic_rw · run second[^]*another run[^]*/)
      await other.saw(/run second[^]*ops\/s of 1,000 /)
      await terminal.press('q')
      await other.press('q')
      await other.saw(/ops\/s[^]*code=0/)
      expect(await other.modes()).toEqual({ alternate: false, cursor: true })
    } finally {
      other.close()
    }
  }, 90_000)

  it('draws nothing where the terminal is a dumb one, or lines are asked for', async () => {
    terminal = await openTmux(120, 24)
    await terminal.type('export TERM=dumb')
    await typeRun()
    await terminal.saw(/measure +2\/300s/)
    expect((await terminal.modes()).alternate).toBe(false)
    await terminal.press('C-c')
    await terminal.saw(/code=130/)
    await terminal.type('clear; export TERM=screen')
    await typeRun('--progress lines')
    await terminal.saw(/measure +2\/300s/)
    await terminal.press('C-c')
    await terminal.saw(/code=130/)
  })
})
