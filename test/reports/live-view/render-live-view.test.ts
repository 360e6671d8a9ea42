import { describe, expect, it } from 'vitest'
import type { LiveState } from '../../../src/reports/live-view/live-state.ts'
import { renderLiveView } from '../../../src/reports/live-view/render-live-view.ts'
import { widthOf } from '../../../src/reports/live-view/text-width.ts'
import { NOON, RUNNING } from '../../support/live-state.ts'

const PLAIN = { hasColours: false, hasUnicode: true }

const view = (columns: number, rows: number, state: LiveState = RUNNING): string[] =>
  renderLiveView(state, { columns, rows }, PLAIN)

/** A picture of the whole terminal between two lines of its own. */
const linesOf = (picture: string): string[] => picture.split('\n').slice(1, -1)

describe('renderLiveView', () => {
  it('shows everything in 80×24', () => {
    expect(view(80, 24)).toEqual(
      linesOf(`
redis-test high_throughput · 127.0.0.1:6379
measuring · base                                        0:12 of 1:00 · 0:48 left
████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░

rate        9,998 ops/s of 10,000 · 12 in flight · 31 dropped · 119,994 in all
            ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇╌╌╌▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇
            ████████████████████████████▂▂▂█████████████████████████████████████
latency ms        p50      p99    p99.9      max
response ok     0.212    0.845    2.310    4.020
service ok      0.151    0.502    1.210    2.140
failed              -        -        -        -
errors      3 /s · 223 in all · 0.19 % of the commands
                    3 /s         9 in all  command_deadline
                    0 /s       214 in all  closed
connections 50 of 50 ready · 25 lost · 25 reconnected
faults      11:59:56  for 3.2 s  pause 127.0.0.1:6379
            11:59:20  over      client-kill: 25 connections
generator   CPU 0.35 of 2 cores · late starts p99 0.031 ms
server      memory 1.50 MiB · 52 clients · 10,012 ops/s · 99.2 % hits
thresholds  ✗ errors == 0  223
            ✓ p99 < 5ms  0.912ms
log         12:00:00 WARN a fault was injected

space pause   + more   - less   n next phase   ? help   q end
`),
    )
  })

  it('shows where the run is, and the worst of it, in 40×10', () => {
    expect(view(40, 10)).toEqual(
      linesOf(`
redis-test high_throughput
measuring · base               0:48 left
████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░
rate        9,998 ops/s of 10,000
latency ms        p50      p99    p99.9
response ok     0.212    0.845    2.310
errors      3 /s · 223 in all
faults      11:59:56  for 3.2 s  pause …
thresholds  ✗ errors == 0  223
space pause   + more   ? help   q end
`),
    )
  })

  it('uses the room of 200×50 for charts and the numbers of the whole run', () => {
    expect(view(200, 50)).toEqual(
      linesOf(`
redis-test high_throughput · 127.0.0.1:6379
measuring · base                                                                                                                                                                0:12 of 1:00 · 0:48 left
████████████████████████████████████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░

rate        9,998 ops/s of 10,000 · 12 in flight · 31 dropped · 119,994 in all                        errors      3 /s · 223 in all · 0.19 % of the commands
                                                                                                                          3 /s         9 in all  command_deadline · timeout, indeterminate
            ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁╌╌╌▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁                        0 /s       214 in all  closed · connection_error, indeterminate
            ██████████████████████████████████████████████   █████████████████████████████████████
            ██████████████████████████████████████████████   █████████████████████████████████████    connections 50 of 50 ready · 25 lost · 25 reconnected
            ██████████████████████████████████████████████   █████████████████████████████████████
            ██████████████████████████████████████████████   █████████████████████████████████████    faults      11:59:56  for 3.2 s  pause 127.0.0.1:6379
            ██████████████████████████████████████████████   █████████████████████████████████████                11:59:20  over      client-kill: 25 connections
            ██████████████████████████████████████████████   █████████████████████████████████████
            ██████████████████████████████████████████████   █████████████████████████████████████    generator   CPU 0.35 of 2 cores · late starts p99 0.031 ms · loop delay p99 0.520 ms
            ██████████████████████████████████████████████   █████████████████████████████████████
            ██████████████████████████████████████████████   █████████████████████████████████████    server      memory 1.50 MiB · 52 clients · 10,012 ops/s · 99.2 % hits
            ██████████████████████████████████████████████   █████████████████████████████████████
            ██████████████████████████████████████████████   █████████████████████████████████████    thresholds  ✗ errors == 0  223
            ██████████████████████████████████████████████   █████████████████████████████████████                ✓ p99 < 5ms  0.912ms
            ██████████████████████████████████████████████   █████████████████████████████████████
            ██████████████████████████████████████████████   █████████████████████████████████████    log         12:00:00 WARN a fault was injected
            ██████████████████████████████████████████████   █████████████████████████████████████
            ██████████████████████████████████████████████▁▁▁█████████████████████████████████████
            ██████████████████████████████████████████████████████████████████████████████████████
            ██████████████████████████████████████████████████████████████████████████████████████

latency ms        p50      p99    p99.9      max      run p50   run p99 run p99.9   run max
response ok     0.212    0.845    2.310    4.020        0.208     0.912     55.10     301.5
service ok      0.151    0.502    1.210    2.140        0.149     0.533     12.60     250.2
failed              -        -        -        -        1.250     102.3     250.1     251.3
                                                          ███
                                                          ███
                                                          ███
                                                          ███
                                                          ███
                                                          ███
                                                          ███
                                                          ███
                                                          ███
                                                          ███
                                                          ███
                                                          ███
                                                          ███
             ▁      ▁      ▁      ▁      ▁      ▁      ▁  ███ ▁      ▁      ▁      ▁      ▁      ▁
            ██▃▅▃▅▆██▃▅▃▅▆██▃▅▃▅▆██▃▅▃▅▆██▃▅▃▅▆██▃▅▃▅▆██▃▅█████▃▅▃▅▆██▃▅▃▅▆██▃▅▃▅▆██▃▅▃▅▆██▃▅▃▅▆██
            ██████████████████████████████████████████████████████████████████████████████████████
            ██████████████████████████████████████████████████████████████████████████████████████
            p99 of successes, 0.800 to 55.00 ms, logarithmic

space pause   + more   - less   n next phase   ? help   q end
`),
    )
  })

  it('does without Unicode', () => {
    expect(
      renderLiveView(RUNNING, { columns: 80, rows: 24 }, { hasColours: false, hasUnicode: false }),
    ).toEqual(
      linesOf(`
redis-test high_throughput - 127.0.0.1:6379
measuring - base                                        0:12 of 1:00 - 0:48 left
################................................................................

rate        9,998 ops/s of 10,000 - 12 in flight - 31 dropped - 119,994 in all
            ::::::::::::::::::::::::::::---:::::::::::::::::::::::::::::::::::::
            ||||||||||||||||||||||||||||...|||||||||||||||||||||||||||||||||||||
latency ms        p50      p99    p99.9      max
response ok     0.212    0.845    2.310    4.020
service ok      0.151    0.502    1.210    2.140
failed              -        -        -        -
errors      3 /s - 223 in all - 0.19 % of the commands
                    3 /s         9 in all  command_deadline
                    0 /s       214 in all  closed
connections 50 of 50 ready - 25 lost - 25 reconnected
faults      11:59:56  for 3.2 s  pause 127.0.0.1:6379
            11:59:20  over      client-kill: 25 connections
generator   CPU 0.35 of 2 cores - late starts p99 0.031 ms
server      memory 1.50 MiB - 52 clients - 10,012 ops/s - 99.2 % hits
thresholds  x errors == 0  223
            + p99 < 5ms  0.912ms
log         12:00:00 WARN a fault was injected

space pause   + more   - less   n next phase   ? help   q end
`),
    )
  })

  it('says that a terminal is too small, and still where the run is', () => {
    expect(view(39, 10).slice(0, 4)).toEqual([
      'measuring · base',
      '9,998 ops/s',
      '0:12 of 1:00 · 0:48 left',
      'too small (40×10)',
    ])
    expect(view(20, 2)).toEqual(['measuring · base', '9,998 ops/s'])
    const paused = { ...RUNNING, adjusted: { isPaused: true, factor: 1, count: 1 } }
    expect(view(20, 1, paused)).toEqual(['PAUSED measuring · …'])
  })

  it('fills any terminal exactly, and is never wider than it', () => {
    const strange = {
      ...RUNNING,
      title: '测试 🔥 load\u0301',
      notice: 'ein sehr langer Hinweis '.repeat(9),
      messages: [{ text: '警告 '.repeat(30), level: 'warning' as const }],
    }
    for (let columns = 20; columns < 210; columns += 19)
      for (const rows of [5, 10, 13, 24, 37, 60]) {
        const lines = view(columns, rows, strange)
        expect(lines).toHaveLength(rows)
        expect(Math.max(...lines.map((line) => widthOf(line)))).toBeLessThanOrEqual(columns)
      }
  })

  it('turns what is wrong red, and nothing else', () => {
    const coloured = (state: LiveState): string[] =>
      renderLiveView(state, { columns: 100, rows: 30 }, { hasColours: true, hasUnicode: true })
    // oxlint-disable-next-line no-control-regex -- that is what colours are
    const inRed = /\u001b\[1;31m(.*?)\u001b\[0m/g
    const red = (lines: string[]): string[] =>
      lines.flatMap((line) => [...line.matchAll(inRed)].map(([, text]) => text!.trim()))
    expect(red(coloured(RUNNING))).toEqual([
      '3 /s',
      '3 /s',
      'command_deadline',
      'for 3.2 s',
      '✗',
      'errors == 0',
      '223',
    ])
    const well: LiveState = {
      ...RUNNING,
      errors: { rows: [], settledTotal: 9 },
      faults: [],
      thresholds: RUNNING.thresholds.slice(0, 1),
    }
    expect(red(coloured(well))).toEqual([])
    const silent = { ...well, server: { ...RUNNING.server!, atMillis: NOON - 5000 } }
    expect(red(coloured(silent))).toEqual(['no answer for 5.0 s'])
  })

  it('shows an outage that goes on before all that is well', () => {
    const down: LiveState = {
      ...RUNNING,
      connections: {
        ...RUNNING.connections,
        active: 25,
        down: 25,
        lostNow: 25,
        disturbedSinceMillis: NOON - 3210,
      },
    }
    expect(view(40, 10, down)).toContain('connections DISTURBED for 3.2 s, since …')
    const lines = view(80, 24, down)
    expect(lines).toContain('connections DISTURBED for 3.2 s, since 11:59:56')
    expect(lines).toContain('            25 of 50 ready · 25 down · 25 lost (25 /s) · 25 reconnected')
  })

  it('says what somebody made of the load', () => {
    const adjusted = { ...RUNNING, adjusted: { isPaused: true, factor: 1.1, count: 2 }, notice: 'paused' }
    const lines = view(80, 24, adjusted)
    expect(lines[0]).toBe('redis-test high_throughput · 127.0.0.1:6379     PAUSED  110 %   adjusted 2 times')
    expect(lines[23]).toBe('paused   space go on   + more   - less   n next phase   ? help   q end')
    const long = { ...adjusted, title: 'a profile with a name that is longer than the terminal is wide' }
    expect(view(60, 24, long)[0]).toBe('redis-test a profile with…  PAUSED  110 %   adjusted 2 times')
  })

  it.each<[Partial<LiveState>, string]>([
    [
      { lengthMillis: null },
      'measuring · base                                       0:12 · until it is ended',
    ],
    [
      { lengthMillis: null, count: 500_000 },
      'measuring · base                                    119,994 of 500,000 commands',
    ],
    [{ count: 500_000 }, 'measuring · base                                    119,994 of 500,000 commands'],
    [
      { stage: { name: 'spike', leftMillis: 8400 } },
      'measuring · spike · 0:08 to the next                    0:12 of 1:00 · 0:48 left',
    ],
    [
      { lengthMillis: 'unknown' },
      'measuring · base                                              0:12 in this phase',
    ],
    [{ phase: 'done' }, 'over                                                               0:12 measured'],
    [
      { phase: 'warmup', elapsedMillis: 500, lengthMillis: 2000 },
      'warm-up                                                 0:01 of 0:02 · 0:02 left',
    ],
    [
      { elapsedMillis: 3_723_000, lengthMillis: 86_400_000 },
      'measuring · base                               1:02:03 of 24:00:00 · 22:57:57 left',
    ],
  ])('says how long it takes (%#)', (change, line) => {
    expect(view(80, 24, { ...RUNNING, ...change })[1]!.replaceAll(/ +/g, ' ')).toBe(
      line.replaceAll(/ +/g, ' '),
    )
  })

  it('says the time that is left, however narrow the terminal is', () => {
    const stage = { name: 'calm', leftMillis: 3000 }
    expect(view(45, 24, { ...RUNNING, stage })[1]).toBe('measuring · calm     0:12 of 1:00 · 0:48 left')
    const long = { name: 'a-long-name-of-a-stage', leftMillis: 3000 }
    expect(view(45, 24, { ...RUNNING, stage: long })[1]).toBe('measuring · a-long-name-of-a-stage  0:48 left')
    expect(view(40, 24, { ...RUNNING, stage: { ...long, leftMillis: null } })[1]).toBe(
      'measuring · a-long-name-of-a-stage',
    )
  })

  it('explains the keys', () => {
    const help = view(80, 24, { ...RUNNING, isHelpShown: true })
    expect(help[4]).toBe('space       pause the arrivals, and go on: what was not due is not made up for')
    expect(help[23]).toBe('? back   q end')
    expect(view(80, 24, { ...RUNNING, keys: 'none' })[23]).toBe('')
  })
})
