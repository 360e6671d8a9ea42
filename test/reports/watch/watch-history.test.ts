import { describe, expect, it } from 'vitest'
import { createToolCounters, NOT_BEGUN, type RunCourse } from '../../../src/model/run-view.ts'
import { bucketsOf, bucketsSince, quantileMillis } from '../../../src/reports/watch/bucket-counts.ts'
import { readExposition } from '../../../src/reports/watch/read-exposition.ts'
import { readScrape, type Scrape } from '../../../src/reports/watch/scrape.ts'
import { WatchHistory } from '../../../src/reports/watch/watch-history.ts'
import { renderWatchEnd, renderWatchLine } from '../../../src/reports/watch/watch-line.ts'
import { COMMAND_BOUNDS_SECONDS } from '../../../src/model/bounds.ts'
import { errorCodeIndex } from '../../../src/model/error-codes.ts'
import { MEASURE } from '../../../src/model/ledger.ts'
import { FAILED, OK } from '../../../src/model/outcome.ts'
import { ExemplarStore } from '../../../src/telemetry/exemplars.ts'
import { PrometheusExposition } from '../../../src/telemetry/prometheus.ts'
import { createLedger } from '../../support/ledger.ts'
import { planOf } from '../../support/plan.ts'

const AT = 1_700_000_000_000
const BEHIND = 120_000
const SHOWN = { from: 'here:8000', notice: null, keys: 'watch', isHelpShown: false, messages: [] } as const

/** A run whose numbers the test makes, seen as others see it. */
function createRun(flags: Record<string, string> = { 'load.target_ops_per_second': '100' }): {
  ledger: ReturnType<typeof createLedger>['ledger']
  tool: ReturnType<typeof createToolCounters>
  /** Of what is later than any scrape before it. */
  text: (atMillis: number, course?: RunCourse) => Promise<string>
  scrape: (atMillis: number, course?: RunCourse) => Promise<Scrape>
} {
  const { plan } = planOf({ 'identity.run_id': 'run-1', ...flags })
  const { ledger, read } = createLedger()
  const tool = createToolCounters(['pause'])
  let now = AT
  let shown = NOT_BEGUN
  const exposition = new PrometheusExposition(
    () => ({ plan, phase: 'measure', snapshot: read(now), targetOpsPerSecond: 100, course: shown, tool }),
    new ExemplarStore(COMMAND_BOUNDS_SECONDS),
  )
  const text = (atMillis: number, course = NOT_BEGUN): Promise<string> => {
    now = atMillis
    shown = course
    return exposition.render('text')
  }
  return {
    ledger,
    tool,
    text,
    // The clock of whoever watches is two minutes behind.
    scrape: async (atMillis, course) => readScrape(await text(atMillis, course), atMillis - BEHIND) as Scrape,
  }
}

describe('WatchHistory', () => {
  it('shows the differences between two scrapes of a real exposition', async () => {
    const { ledger, tool, scrape } = createRun()
    const history = new WatchHistory()
    for (let index = 0; index < 500; index++) ledger.record(MEASURE, 0, OK, 0, 900_000, 900_000)
    ledger.record(MEASURE, 0, FAILED, errorCodeIndex('OOM'), 100, 100)
    ledger.gauge('cpu_micros', 5e6)
    expect(history.add(await scrape(AT))).toBeUndefined()
    for (let index = 0; index < 98; index++) ledger.record(MEASURE, index % 2, OK, 0, 90, 400)
    ledger.record(MEASURE, 0, FAILED, errorCodeIndex('OOM'), 100, 100)
    ledger.countPhase(MEASURE, 'scheduled', 700)
    ledger.countPhase(MEASURE, 'dropped_max_in_flight', 7)
    ledger.countDrop(errorCodeIndex('closed'))
    ledger.gauge('in_flight', 3)
    ledger.gauge('connections_active', 9)
    ledger.gauge('connections_down', 1)
    ledger.gauge('cpu_micros', 5.5e6)
    tool.faults.set('pause', { ...tool.faults.get('pause')!, injected: 1, active: 1 })
    history.add(await scrape(AT + 2000))
    const state = history.state(AT + 2500 - BEHIND, SHOWN)
    expect(state.rate).toMatchObject({
      ...{ perSecond: 49.5, target: 100, history: [49.5], targets: [100] },
      ...{ inFlight: 3, dropped: 7, droppedTotal: 7, scheduled: 700 },
    })
    const [response, service, failed] = state.latency.rows
    // Spread over the bucket from 250 to 500 µs, and from 0 to 100 µs.
    expect(response!.now).toMatchObject({ p50: 0.375, p99: 0.4975, max: null })
    expect(service!.now.p50).toBe(0.05)
    expect(failed).toMatchObject({ name: 'failed', isFailed: true })
    expect(state.errors.rows).toEqual([expect.objectContaining({ code: 'OOM', now: 1, total: 2 })])
    expect(state.connections).toMatchObject({ active: 9, down: 1, lost: 1, lostNow: 1 })
    expect(state.generator.cpuCores).toBe(0.25)
    expect(state.faults).toEqual([{ atMillis: AT + 2000, text: 'pause', state: 'at work' }])
    expect(renderWatchLine(state)).toBe(
      'measure ·        50 ops/s of 100 · response p50 ~0.375 p99 ~0.497 ms · 3 in flight · 9 connections · 1 DOWN · 1 errors · 7 dropped · FAULT pause',
    )
    tool.faults.set('pause', { ...tool.faults.get('pause')!, active: 0 })
    ledger.gauge('connections_down', 0)
    history.add(await scrape(AT + 3000))
    const after = history.state(AT + 3000, SHOWN)
    expect(after.faults).toEqual([{ atMillis: AT + 2000, text: 'pause', state: 'over' }])
    expect(after.rate.history).toEqual([49.5, 0])
  })

  it('begins anew when the run does, and never shows a rate below nothing', async () => {
    const first = createRun()
    const history = new WatchHistory()
    for (let index = 0; index < 50; index++) first.ledger.record(MEASURE, 0, OK, 0, 90, 90)
    history.add(await first.scrape(AT))
    history.addGap()
    const second = createRun()
    second.ledger.record(MEASURE, 0, OK, 0, 90, 90)
    expect(history.add(await second.scrape(AT + 2000))).toBe('another run, or it was started again')
    expect(history.state(AT + 2000, SHOWN).rate.perSecond).toBe(0)
    second.ledger.record(MEASURE, 0, OK, 0, 90, 90)
    history.add(await second.scrape(AT + 3000))
    expect(history.state(AT + 3000, SHOWN).rate).toMatchObject({ perSecond: 1, history: [null, 1] })
    const third = createRun({ 'load.target_ops_per_second': '100', 'identity.run_id': 'run-2' })
    for (let index = 0; index < 9; index++) third.ledger.record(MEASURE, 0, OK, 0, 90, 90)
    expect(history.add(await third.scrape(AT + 4000))).toBe('another run, or it was started again')
    expect(history.state(AT + 4000, SHOWN).title).toBe('test · run run-2')
  })

  it('shows no target and no response time of a closed loop', async () => {
    const { ledger, scrape } = createRun({})
    const history = new WatchHistory()
    history.add(await scrape(AT))
    ledger.record(MEASURE, 0, OK, 0, 90, -1)
    history.add(await scrape(AT + 1000))
    const { rate, latency } = history.state(AT + 1000, SHOWN)
    expect(rate.target).toBeNull()
    expect(latency.rows.map(({ name }) => name)).toEqual(['service ok'])
  })

  const COURSE: RunCourse = {
    phaseStarts: { warmup: AT - 1000, measure: AT, drain: AT + 60_000 },
    stage: { name: 'spike', endMillis: AT + 20_000 },
    adjusted: { factor: 0, count: 3 },
    disturbedSinceMillis: AT + 8000,
    thresholds: [
      { expression: 'p99 < 5ms', actual: 12.345_678, unit: 'ms', isMet: false },
      { expression: 'error_rate < 0.1%', actual: 0.05, unit: '%', isMet: true },
      { expression: 'audit.lost == 0', actual: null, unit: '', isMet: null },
    ],
  }

  it('shows where the run is in its plan, by the clock of the run', async () => {
    const { scrape, ledger } = createRun({
      'load.target_ops_per_second': '100',
      'load.stages': 'base:20s:50,spike:10s:100',
    })
    const history = new WatchHistory()
    ledger.record(MEASURE, 0, OK, 0, 400, 400)
    history.add(await scrape(AT + 9000, COURSE))
    ledger.record(MEASURE, 0, OK, 0, 90, 90)
    history.add(await scrape(AT + 10_000, COURSE))
    const state = history.state(AT + 10_500 - BEHIND, SHOWN)
    expect(state).toMatchObject({
      nowMillis: AT + 10_500,
      target: '127.0.0.1:6379',
      stage: { name: 'spike', leftMillis: 9500 },
      elapsedMillis: 10_500,
      lengthMillis: 60_000,
      adjusted: { isPaused: true, factor: 1, count: 3 },
      connections: { disturbedSinceMillis: AT + 8000 },
      thresholds: [
        { expression: 'p99 < 5ms', actual: '12.35ms', state: 'missed' },
        { expression: 'error_rate < 0.1%', actual: '0.05%', state: 'met' },
      ],
      messages: [],
    })
    expect(state.latency.rows[0]).toMatchObject({ now: { p99: 0.099 }, run: { p99: 0.495 } })
    expect(renderWatchLine(state)).toMatch(
      /^measure {4}11\/60s · spike · PAUSED · {9}1 ops\/s of 100 .* · 1 of 2 thresholds NOT MET$/,
    )
    expect(history.isOver(AT + 59_000 - BEHIND)).toBe(false)
    expect(history.isOver(AT + 60_000 - BEHIND)).toBe(true)
    expect(renderWatchEnd(state)).toBe(
      'over   test · run run-1, as it was seen last · 0 commands · no errors · NOT MET p99 < 5ms (12.35ms)',
    )
  })

  it('stands still, and is over, when the run is', async () => {
    const { ledger, text } = createRun()
    const history = new WatchHistory()
    const over = { ...COURSE, phaseStarts: { ...COURSE.phaseStarts, done: AT + 61_000 } }
    const scrape = async (phase: string): Promise<void> => {
      const [from, to] = ['measure', phase].map((name) => `redis_test_phase{phase="${name}",`)
      const body = await text(AT + 61_000, over)
      const said = body
        .replace(new RegExp(`^(${from}.*) 1$`, 'm'), '$1 0')
        .replace(new RegExp(`^(${to}.*) 0$`, 'm'), '$1 1')
      history.add(readScrape(said, AT + 62_000) as Scrape)
    }
    ledger.record(MEASURE, 0, OK, 0, 90, 90)
    await scrape('drain')
    await scrape('done')
    const state = history.state(AT + 70_000, SHOWN)
    expect(state).toMatchObject({
      phase: 'done',
      elapsedMillis: 60_000,
      lengthMillis: 60_000,
      rate: { perSecond: 0 },
    })
    expect(state.latency.rows[0]).toMatchObject({ now: { p99: null }, run: { p50: 0.05 } })
    expect(history.isOver(0)).toBe(true)
  })

  it('says of an older version what it does not tell, and shows the rest', async () => {
    const { ledger, text } = createRun()
    const history = new WatchHistory()
    const older = async (atMillis: number): Promise<Scrape> => {
      const names =
        /^(# \w+ )?redis_test_(time|phase_start|stage|planned|load_factor|adjustments|disturbance|threshold)/
      const lines = (await text(atMillis, COURSE)).split('\n').filter((line) => !names.test(line))
      return readScrape(lines.join('\n'), atMillis) as Scrape
    }
    ledger.gauge('connections_down', 1)
    expect(history.add(await older(AT))).toMatch(/^an older redis-test: it does not say /)
    ledger.record(MEASURE, 0, OK, 0, 90, 90)
    history.add(await older(AT + 1000))
    const state = history.state(AT + 1500, SHOWN)
    expect(state).toMatchObject({
      ...{ elapsedMillis: 1500, lengthMillis: 'unknown', stage: null, thresholds: [] },
      rate: { perSecond: 1 },
      connections: { disturbedSinceMillis: AT + 1000 },
      messages: [{ level: 'info' }],
    })
    expect(history.isOver(AT + 1e9)).toBe(false)
  })

  it('is nobody’s run where redis_test_run_info is missing, and not one where there are several', () => {
    expect(readScrape('up 1\n', AT)).toBe('no run')
    expect(readScrape('redis_test_run_info{run_id="a"} 1\nredis_test_run_info{run_id="b"} 1\n', AT)).toBe(
      'several runs',
    )
  })
})

describe('readExposition', () => {
  it('reads names, labels with escapes, and values; comments and what is no sample are left out', () => {
    const text =
      '# HELP a b\na{x="1",y="q\\"\\n\\\\"} 2.5\na 3 1700000000\nb{le="+Inf"} +Inf\nc NaN\nnonsense\n'
    expect([...readExposition(text)]).toEqual([
      [
        'a',
        [
          { labels: { x: '1', y: 'q"\n\\' }, value: 2.5 },
          { labels: {}, value: 3 },
        ],
      ],
      ['b', [{ labels: { le: '+Inf' }, value: Number.POSITIVE_INFINITY }]],
    ])
  })
})

describe('buckets', () => {
  const samples = [
    { labels: { le: '0.001', status: 'success' }, value: 10 },
    { labels: { le: '0.01', status: 'success' }, value: 30 },
    { labels: { le: '+Inf', status: 'success' }, value: 40 },
    { labels: { le: '+Inf', status: 'error' }, value: 5 },
  ]

  it('interpolates within a bucket, and stays at the last bound', () => {
    const buckets = bucketsOf(samples, { status: 'success' })
    expect([0, 0.125, 0.5, 0.9].map((quantile) => quantileMillis(buckets, quantile))).toEqual([
      0, 0.5, 5.5, 10,
    ])
    expect(quantileMillis(new Map(), 0.5)).toBeNull()
  })

  it('subtracts, bucket by bucket', () => {
    const later = new Map([
      [0.001, 10],
      [0.01, 34],
      [Number.POSITIVE_INFINITY, 44],
    ])
    const since = bucketsSince(bucketsOf(samples, { status: 'success' }), later)
    expect([...since.values()]).toEqual([0, 4, 4])
    expect(quantileMillis(since, 1)).toBe(10)
  })
})
